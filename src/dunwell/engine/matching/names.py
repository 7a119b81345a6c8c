"""How alike two company names are, as one of a few grades with a reason a person can check.

Names come normalised (`engine.names.normalised_name`: lower case, no accents, no legal form).
No statistics over the book: a customer more or less must not change what others are compared to.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.fuzz import ratio

_GENERIC_TEXT = (
    "the and und et of der die das de la le les group gruppe groupe holding holdings "
    "international intl services service solutions systems company companies enterprises "
    "enterprise industries industrial corp corporation consulting trading partners beheer "
    "management global worldwide europe deutschland france nederland usa us uk division div "
    "branch dept company firm north south east west"
)
GENERIC = frozenset(_GENERIC_TEXT.split())
"""Words many companies share: alone they prove nothing."""
_NOISE_TEXT = (
    "ap ar dept department treasury accounts payable payments payment wire ach eft check "
    "cheque transfer ref from by order ordering customer ck sepa ct giro bank online pmt via "
    "shared service center centre finance"
)
NOISE = frozenset(_NOISE_TEXT.split())
"""Words banks and payers add around a name."""
SHORT = {
    "mfg": "manufacturing",
    "mfr": "manufacturer",
    "intl": "international",
    "int": "international",
    "dist": "distribution",
    "distr": "distributors",
    "svcs": "services",
    "svc": "service",
    "mgmt": "management",
    "bros": "brothers",
    "grp": "group",
    "natl": "national",
    "assn": "association",
    "assoc": "associates",
    "hldgs": "holdings",
    "hldg": "holding",
    "ctr": "center",
    "mktg": "marketing",
    "pkg": "packaging",
    "equip": "equipment",
    "stg": "stichting",
    "univ": "university",
    "gen": "general",
    "log": "logistics",
    "tech": "technologies",
}
"""Usual short forms; others are recognised as the beginning of the word."""
TYPO = 84.0
CLOSE_WHOLE = 91.0
TRUNCATED = 10
MOST_INITIALS = 6
SHORTEST_PREFIX = 3
READ = 65_536
"""Names that are kept as they were read, to compare them with the next."""


class Likeness(IntEnum):
    """How well a payer's name fits a customer's."""

    OTHER = 0
    HINT = 1
    LOOSE = 2
    CLOSE = 3
    SAME = 4


@lru_cache(maxsize=READ)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a normalised name."""
    return tuple(re.findall(r"\w+", name))


@lru_cache(maxsize=READ)
def squeezed(name: str) -> str:
    """Return the name without blanks."""
    return "".join(name_words(name))


_FORMS_TEXT = (
    "inc corp corporation llc ltd limited plc gmbh ag kg sarl sas sa spa srl sl bv nv ab as "
    "aps oy kk pty pte llp lp co fze fzco vof cv ohg mbh"
)
FORMS = frozenset(_FORMS_TEXT.split())
"""Legal forms that stand inside a name (`Acme Inc Division 4`): no evidence either way."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A name as it is compared: its words, the numbers among them, the others, all in one."""

    words: tuple[str, ...]
    numbers: frozenset[str]
    letters: tuple[str, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class _Payer(_Read):
    """A payer's name: `plain` is all of it in one, whatever its words.

    `begins` are signs one of which begins the first word of every customer it may be like.
    """

    plain: str
    begins: str


@lru_cache(maxsize=READ)
def _payer(name: str) -> _Payer:
    """Return a payer's name as it is compared."""
    words = tuple(w for w in name_words(name) if w not in NOISE and w not in FORMS)
    letters = tuple(w for w in words if not w.isdigit())
    begins = "".join({sign[0] for w in words for sign in (w, SHORT.get(w, w))})
    return _Payer(words, _numbers(words), letters, "".join(words), squeezed(name), begins)


@lru_cache(maxsize=READ)
def _customer(name: str) -> _Read:
    """Return a customer's name as it is compared; its initials may be those of a legal form."""
    every = name_words(name)
    words = tuple(w for w in every if w not in FORMS)
    letters = tuple(w for w in every if not w[0].isdigit())
    return _Read(words, _numbers(words), letters, "".join(every))


def _begins(customer: str) -> str:
    """Return the sign a customer's first word begins with, none where likeness may do without.

    Most customers are told apart by it, before their names are read.
    """
    first = customer.split(" ", 1)[0]
    is_telling = first not in FORMS and first not in GENERIC and not first[0].isdigit()
    return first[0] if is_telling else ""


def _numbers(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(w for w in words if w.isdigit())


def likeness(payer: str, customer: str) -> Likeness:
    """Return how well a normalised payer name fits a normalised customer name."""
    if not payer or not customer:
        return Likeness.OTHER
    mine = _payer(payer)
    if payer == customer or mine.plain == customer.replace(" ", ""):
        return Likeness.SAME
    is_other = not mine.words or _begins(customer) not in mine.begins
    if is_other or not (theirs := _customer(customer)).words:
        return Likeness.OTHER
    if mine.words == theirs.words:
        return Likeness.SAME
    has_extra_number = mine.numbers != theirs.numbers
    if has_extra_number and mine.numbers and theirs.numbers:
        return Likeness.OTHER
    grade = _aligned(mine.words, theirs.words)
    if grade < Likeness.CLOSE and not has_extra_number and _is_one_word(mine, theirs):
        grade = Likeness.CLOSE
    if grade < Likeness.LOOSE and _is_short_name(mine.letters, theirs.letters):
        grade = Likeness.LOOSE
    if grade < Likeness.HINT and len(mine.words) == 1 and _skeleton(mine.whole, theirs.whole):
        grade = Likeness.HINT
    return min(grade, Likeness.LOOSE) if has_extra_number else grade


def _is_one_word(mine: _Read, theirs: _Read) -> bool:
    """Return whether the names without blanks are one, but for slips or an end cut off."""
    if len(mine.whole) >= TRUNCATED and theirs.whole.startswith(mine.whole):
        return True
    is_first = mine.words[0][:2] == theirs.words[0][:2]
    return is_first and ratio(mine.whole, theirs.whole, score_cutoff=CLOSE_WHOLE) > 0


def word_fits(mine: str, theirs: str) -> bool:
    """Return whether a word is the other, its beginning, its usual short form or a slip of it."""
    if mine == theirs or SHORT.get(mine) == theirs:
        return True
    if mine[0] != theirs[0] or mine.isdigit() or theirs.isdigit():
        return False
    shorter, longer = sorted((mine, theirs), key=len)
    if len(shorter) >= SHORTEST_PREFIX and longer.startswith(shorter):
        return True
    if SHORT.get(mine, "-")[:4] == theirs[:4]:
        return True
    if any(sign.isdigit() for sign in mine + theirs):
        return False
    return len(shorter) > SHORTEST_PREFIX and ratio(mine, theirs, score_cutoff=TYPO) > 0


def _aligned(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Likeness:
    """Return the grade from how many words of each side find a partner in order."""
    met_mine, met_theirs = _partners(mine, theirs)
    telling = sum(w not in GENERIC and not w.isdigit() for w in met_theirs)
    left_theirs = _left(theirs, met_theirs) if telling else 0
    starts = telling > 0 and theirs[0] in met_theirs
    if not telling or (left_theirs and not starts):
        return Likeness.OTHER
    left_mine = _left(mine, met_mine)
    if not starts:
        return Likeness.OTHER if left_mine else Likeness.CLOSE
    several = len(met_theirs) > 1
    is_all_mine = not left_mine and telling * 2 >= left_theirs
    is_all_theirs = not left_theirs and several
    if is_all_mine or is_all_theirs:
        is_close = several if is_all_mine else left_mine <= len(met_mine)
        # what meets in all words is alike, were it one word
        is_close = is_close or not (left_mine or left_theirs)
        return Likeness.CLOSE if is_close else Likeness.LOOSE
    if telling * 2 > left_theirs + left_mine:
        return Likeness.LOOSE
    return Likeness.HINT if len(theirs[0]) > SHORTEST_PREFIX else Likeness.OTHER


def _partners(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the words of both sides that find a partner, in order."""
    at, met_mine, met_theirs = 0, [], []
    for word in mine:
        first, short = word[0], SHORT.get(word)
        for place in range(at, len(theirs)):
            other = theirs[place]
            # only these can fit, and most do not
            if (other[0] == first or other == short) and word_fits(word, other):
                met_mine.append(word)
                met_theirs.append(other)
                at = place + 1
                break
    return met_mine, met_theirs


def _left(words: tuple[str, ...], met: list[str]) -> int:
    """Return how many telling words found no partner."""
    return sum(w not in met and w not in GENERIC for w in words)


def _is_short_name(words: tuple[str, ...], letters: tuple[str, ...]) -> bool:
    """Return whether the payer writes initials (`CMI`, `Obsidian DC`, `CMI 7`)."""
    if not words or not letters:
        return False
    if len(words) > 1:
        if words[0] != letters[0]:
            return False
        words, letters = words[1:], letters[1:]
    short, joined = "".join(words), "".join(w[0] for w in letters)
    if len(short) < 2 or len(short) > MOST_INITIALS:  # noqa: PLR2004 -- one letter says nothing
        return False
    spare = letters[len(short) :]
    if joined.startswith(short):
        return all(w in GENERIC or w in FORMS for w in spare)
    # The letter of a legal form that was taken off the customer's name.
    return len(joined) > 1 and short[:-1] == joined


def _skeleton(short: str, whole: str) -> bool:
    """Return whether two to four letters stand in the name in this order, the first in front."""
    if not 2 <= len(short) <= 4 or short[0] != whole[0]:  # noqa: PLR2004 -- length of a short name
        return False
    at = 0
    for sign in short:
        at = whole.find(sign, at) + 1
        if not at:
            return False
    return True
