"""How alike two company names are, as one of a few grades with a reason a person can check.

Names come normalised (`engine.names.normalised_name`: lower case, no accents, no legal form).
No statistics over the book: a customer more or less must not change what others are compared to.
"""

import re
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


class Likeness(IntEnum):
    """How well a payer's name fits a customer's."""

    OTHER = 0
    HINT = 1
    LOOSE = 2
    CLOSE = 3
    SAME = 4


@lru_cache(maxsize=65_536)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a normalised name."""
    return tuple(re.findall(r"\w+", name))


@lru_cache(maxsize=65_536)
def squeezed(name: str) -> str:
    """Return the name without blanks."""
    return "".join(name_words(name))


_FORMS_TEXT = (
    "inc corp corporation llc ltd limited plc gmbh ag kg sarl sas sa spa srl sl bv nv ab as "
    "aps oy kk pty pte llp lp co fze fzco vof cv ohg mbh"
)
FORMS = frozenset(_FORMS_TEXT.split())
"""Legal forms that stand inside a name (`Acme Inc Division 4`): no evidence either way."""


@lru_cache(maxsize=65_536)
def _payer_words(name: str) -> tuple[list[str], frozenset[str]]:
    """Return the words of a payer's name that are compared, and the numbers among them."""
    words = [w for w in name_words(name) if w not in NOISE and w not in FORMS]
    return words, frozenset(w for w in words if w.isdigit())


@lru_cache(maxsize=65_536)
def _customer_words(name: str) -> tuple[list[str], frozenset[str]]:
    """Return the words of a customer's name that are compared, and the numbers among them."""
    words = [w for w in name_words(name) if w not in FORMS]
    return words, frozenset(w for w in words if w.isdigit())


def likeness(payer: str, customer: str) -> Likeness:
    """Return how well a normalised payer name fits a normalised customer name."""
    if not payer or not customer:
        return Likeness.OTHER
    if payer == customer or squeezed(payer) == squeezed(customer):
        return Likeness.SAME
    (mine, my_numbers), (theirs, their_numbers) = _payer_words(payer), _customer_words(customer)
    if not mine or not theirs:
        return Likeness.OTHER
    if mine == theirs:
        return Likeness.SAME
    numbers = my_numbers, their_numbers
    if numbers[0] and numbers[1] and numbers[0] != numbers[1]:
        return Likeness.OTHER
    has_extra_number = numbers[0] != numbers[1]
    grade = _aligned(mine, theirs)
    if grade < Likeness.CLOSE and not has_extra_number:
        short, long = squeezed(" ".join(mine)), squeezed(customer)
        if (len(short) >= TRUNCATED and long.startswith(short)) or (
            ratio(short, long, score_cutoff=CLOSE_WHOLE) and _first_fits(mine, theirs)
        ):
            grade = Likeness.CLOSE
    if grade < Likeness.LOOSE and _is_short_name(mine, list(name_words(customer))):
        grade = Likeness.LOOSE
    if grade < Likeness.HINT and len(mine) == 1 and _skeleton(mine[0], squeezed(customer)):
        grade = Likeness.HINT
    return min(grade, Likeness.LOOSE) if has_extra_number else grade


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


def _aligned(mine: list[str], theirs: list[str]) -> Likeness:
    """Return the grade from how many words of each side find a partner in order."""
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
    telling = [w for w in met_theirs if w not in GENERIC and not w.isdigit()]
    if not telling:
        return Likeness.OTHER
    left_mine = [w for w in mine if w not in met_mine and w not in GENERIC]
    left_theirs = [w for w in theirs if w not in met_theirs and w not in GENERIC]
    starts = theirs[0] in met_theirs
    if not left_mine and not left_theirs:
        return Likeness.CLOSE
    if not left_mine and starts and len(telling) * 2 >= len(left_theirs):
        return Likeness.CLOSE if len(met_theirs) > 1 else Likeness.LOOSE
    if not left_theirs and starts and len(met_theirs) > 1:
        return Likeness.CLOSE if len(left_mine) <= len(met_mine) else Likeness.LOOSE
    if starts and len(telling) * 2 > len(left_theirs) + len(left_mine):
        return Likeness.LOOSE
    return Likeness.HINT if starts and len(theirs[0]) > SHORTEST_PREFIX else Likeness.OTHER


def _first_fits(mine: list[str], theirs: list[str]) -> bool:
    return mine[0][:2] == theirs[0][:2]


def _is_short_name(mine: list[str], theirs: list[str]) -> bool:
    """Return whether the payer writes initials (`CMI`, `Obsidian DC`, `CMI 7`)."""
    words = [w for w in mine if not w.isdigit()]
    letters = [w for w in theirs if not w[0].isdigit()]
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
