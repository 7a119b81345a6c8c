"""Who of ours is called like somebody on a sanction list: names by their words, in any order.

Names are brought to plain Latin letters without accents, legal forms and titles; words meet
where they are equal, sound alike in the usual transliterations, or are a slip apart. The different
words of many subjects are compared with the different words of all lists in one matrix, and only
names that share enough of them are looked at. Birth and country are evidence: they move a score.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import text_unidecode
from rapidfuzz import process
from rapidfuzz.distance import OSA

from dunwell.engine.matching.names import FORMS, GENERIC

PPM = 1_000_000
DEFAULT_THRESHOLD_PPM = 800_000
_FORMS_TEXT = (
    "gmbh mbh kgaa ug ek eg ev eurl sasu spz zoo kft sro doo ooo oao zao pao ojsc jsc pjsc lda "
    "ltda sca scs snc sapi cv co and und et y e i the der die das la le"
)
MORE_FORMS = frozenset(_FORMS_TEXT.split())
"""Legal forms and small words that say nothing about who it is."""
_TITLES_TEXT = "mr mrs ms dr prof sheikh shaykh haji hajji mullah maulawi general gen"
TITLES = frozenset(_TITLES_TEXT.split())
_SILENT = FORMS | MORE_FORMS | TITLES
"""Words that are left out of a name as long as others are left."""
_PREFIXES_TEXT = "al el ul ibn bin bint abu abd van von de da di del des du"
PREFIXES = frozenset(_PREFIXES_TEXT.split())
"""Parts of names that are written joined, apart or not at all."""
SHORT_WORD, LONG_WORD = 4, 8
GENERIC_SHARE, PREFIX_SHARE = 3, 2
"""Tenths that a word many share, and a part of a name, count of a telling one."""
LEAST_WORD, TELLING_WORD = 0.70, 0.80
SAME_DAY, NEAR_YEAR, OTHER_YEAR = 40_000, 20_000, -150_000
OTHER_KIND, SAME_COUNTRY = -60_000, 10_000
"""What birth, kind and country add to a score, ppm."""
YEARS = 1
BATCH = 200
"""Subjects whose words are compared in one matrix: about 10 MB against all lists."""
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"}
)
_SOUNDS = (
    ("sch", "sh"),
    ("tsch", "ch"),
    ("ph", "f"),
    ("kh", "k"),
    ("gh", "g"),
    ("dh", "d"),
    ("th", "t"),
    ("ck", "k"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("aa", "a"),
    ("ei", "i"),
    ("ey", "i"),
    ("ay", "i"),
    ("iy", "i"),
    ("yi", "i"),
    ("j", "i"),
    ("y", "i"),
    ("w", "v"),
    ("q", "k"),
    ("x", "ks"),
    ("o", "u"),
    ("e", "i"),
)
"""Spellings of one sound; what is left compares consonants and the vowels a, i, u."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """Somebody on a list: every name, birth as YYYY or YYYY-MM-DD, countries by code."""

    source: str
    uid: str
    kind: str
    names: tuple[str, ...]
    birth: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Somebody of ours; `kind` person, entity or empty (not known)."""

    key: str
    names: tuple[str, ...]
    kind: str = ""
    birth: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """A subject and an entry that may be the same: the best pair of names, and what speaks."""

    key: str
    source: str
    uid: str
    subject_name: str
    entry_name: str
    score_ppm: int
    name_ppm: int
    birth: str
    country: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Name:
    entry: int
    name: str
    words: tuple[str, ...]
    weight: int


@dataclass(slots=True)
class SanctionIndex:
    """The lists, ready to be asked; made once and asked for any number of subjects."""

    entries: Sequence[Listed]
    _names: list[_Name] = field(default_factory=list)
    _by_sound: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _sounds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note every word of every name by its sound, and each name joined to one word."""
        for at, entry in enumerate(self.entries):
            for name in dict.fromkeys(entry.names):
                words = name_words(name)
                if not words:
                    continue
                place = len(self._names)
                self._names.append(_Name(entry=at, name=name, words=words, weight=_weight(words)))
                for word in {*words, *_joined(words)}:
                    self._by_sound[sound(word)].add(place)
        self._sounds = sorted(self._by_sound)

    def screen(
        self, subjects: Iterable[Subject], *, threshold_ppm: int = DEFAULT_THRESHOLD_PPM
    ) -> tuple[Likeness, ...]:
        """Return every entry at least so like a subject, the likest first of each subject."""
        found: list[Likeness] = []
        waiting = list(subjects)
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            near = self._near(
                {
                    sound(word)
                    for one in batch
                    for name in one.names
                    for word in (*name_words(name), *_joined(name_words(name)))
                }
            )
            for subject in batch:
                found += self._best(subject, near, threshold_ppm)
        return tuple(found)

    def _best(
        self, subject: Subject, near: Mapping[str, Sequence[str]], threshold_ppm: int
    ) -> list[Likeness]:
        best: dict[int, Likeness] = {}
        for name in dict.fromkeys(subject.names):
            for entry, like in self._like(subject, name, near, threshold_ppm):
                before = best.get(entry)
                if before is None or like.score_ppm > before.score_ppm:
                    best[entry] = like
        return sorted(best.values(), key=lambda one: (-one.score_ppm, one.source, one.uid))

    def _near(self, sounds: Iterable[str]) -> dict[str, list[str]]:
        """Return the sounds of the lists that are a slip (of long words two) from each."""
        asked = sorted(sounds)
        found: dict[str, list[str]] = {one: [] for one in asked}
        if not asked or not self._sounds:
            return found
        slips = process.cdist(
            asked, self._sounds, scorer=OSA.distance, score_cutoff=2, dtype="uint8"
        )
        for mine, theirs in zip(*(slips <= 2).nonzero(), strict=True):  # noqa: PLR2004
            word, other = asked[mine], self._sounds[theirs]
            if slips[mine, theirs] <= min(_slips(word), _slips(other)):
                found[word].append(other)
        return found

    def _like(
        self, subject: Subject, name: str, near: Mapping[str, Sequence[str]], threshold_ppm: int
    ) -> Iterable[tuple[int, Likeness]]:
        """Yield the entries at least so like a name of the subject, each with its place."""
        words = name_words(name)
        weight = _weight(words)
        for place in self._candidates(words, weight, near):
            listed = self._names[place]
            entry = self.entries[listed.entry]
            named = max(_name_score(words, weight, listed), _whole_score(words, listed.words))
            birth, moved = _birth(subject, entry)
            is_other = _is_other_kind(subject, entry)
            moved += OTHER_KIND if is_other else 0
            country = "same" if subject.country and subject.country in entry.countries else ""
            moved += SAME_COUNTRY if country else 0
            score = max(0, min(PPM, named + moved))
            if score < threshold_ppm:
                continue
            yield (
                listed.entry,
                Likeness(
                    key=subject.key,
                    source=entry.source,
                    uid=entry.uid,
                    subject_name=name,
                    entry_name=listed.name,
                    score_ppm=score,
                    name_ppm=named,
                    birth=birth,
                    country=country,
                    kind="other" if is_other else "",
                ),
            )

    def _candidates(
        self, words: tuple[str, ...], mine: int, near: Mapping[str, Sequence[str]]
    ) -> list[int]:
        """Return the places of names that share enough with these words (weight `mine`)."""
        shared: dict[int, int] = defaultdict(int)
        for word in dict.fromkeys(words):
            for place in self._places(word, near):
                shared[place] += _word_weight(word)
        enough = {
            place
            for place, weight in shared.items()
            if 2 * weight >= min(mine, self._names[place].weight)
        }
        whole = {place for word in _joined(words) for place in self._places(word, near)}
        return sorted(enough | whole)

    def _places(self, word: str, near: Mapping[str, Sequence[str]]) -> set[int]:
        return {place for one in near[sound(word)] for place in self._by_sound[one]}


def _joined(words: Sequence[str]) -> tuple[str, str]:
    """Return a name as one word, as it stands and in the order of the alphabet."""
    return "".join(words), "".join(sorted(words))


def _slips(told: str) -> int:
    """Return how many slips a word of this length may hold."""
    if len(told) < SHORT_WORD or told.isdigit():
        return 0
    return 2 if len(told) >= LONG_WORD else 1


@lru_cache(maxsize=65_536)
def name_words(name: str) -> tuple[str, ...]:
    """Return the telling words of a name in plain Latin letters: Łukasz and Лукаш meet."""
    lower = unicodedata.normalize("NFC", name).lower().translate(_UMLAUTS)
    plain = text_unidecode.unidecode(lower).lower()
    # dots and apostrophes join: "G.m.b.H." and "O'Neill" are one word
    joined = re.sub(r"[.'`\u2019]", "", plain)
    words = re.findall(r"[a-z0-9]+", joined)
    telling = [w for w in words if w not in _SILENT]
    return tuple(telling or words)


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Return a word as it sounds: Mohammed, Muhammad and Mohamed are one."""
    told = word
    for spelling, letter in _SOUNDS:
        told = told.replace(spelling, letter)
    return re.sub(r"(.)\1+", r"\1", told)


def _word_weight(word: str) -> int:
    size = min(len(word), LONG_WORD)
    if word in GENERIC:
        return size * GENERIC_SHARE
    return size * PREFIX_SHARE if word in PREFIXES else size * 10


def _weight(words: Sequence[str]) -> int:
    return sum(_word_weight(word) for word in words)


@lru_cache(maxsize=262_144)
def _word_score(mine: str, theirs: str) -> float:
    """Return how alike two words are, 0 below what a slip explains."""
    if mine == theirs:
        return 1.0
    if mine.isdigit() or theirs.isdigit():
        return 0.0
    if len(mine) == 1 or len(theirs) == 1:
        # an initial
        return 0.8 if mine[0] == theirs[0] else 0.0
    heard = (sound(mine), sound(theirs))
    if heard[0] == heard[1]:
        return 0.97
    written = 1 - OSA.distance(mine, theirs) / max(len(mine), len(theirs))
    spoken = 1 - OSA.distance(*heard) / max(map(len, heard))
    likeness = max(written, spoken)
    return likeness if likeness >= LEAST_WORD else 0.0


def _name_score(words: tuple[str, ...], weight: int, listed: _Name) -> int:
    """Return the share of both names that has a partner, ppm; each word has one at most.

    A name that lies wholly in the other (a middle name more) counts nearly as the whole, as
    long as two telling words meet.
    """
    pairs = sorted(
        (
            (score, mine, theirs)
            for mine, word in enumerate(words)
            for theirs, other in enumerate(listed.words)
            if (score := _word_score(word, other))
        ),
        reverse=True,
    )
    used: tuple[set[int], set[int]] = (set(), set())
    mine_met = theirs_met = 0.0
    telling = 0
    for score, mine, theirs in pairs:
        if mine in used[0] or theirs in used[1]:
            continue
        used[0].add(mine)
        used[1].add(theirs)
        # a slip in a short name is worth as much as one in a long name
        mine_met += score * _word_weight(words[mine])
        theirs_met += score * _word_weight(listed.words[theirs])
        telling += (
            words[mine] not in GENERIC and words[mine] not in PREFIXES and score > TELLING_WORD
        )
    shares = sorted((mine_met / weight, theirs_met / listed.weight))
    is_enough = telling > 1
    least, most = (0.4, 0.6) if is_enough else (0.75, 0.25)
    return round(PPM * (least * shares[0] + most * shares[1]))


def _whole_score(words: tuple[str, ...], others: tuple[str, ...]) -> int:
    """Return how alike the names are without blanks: Alkaida and Al Qaida are one, ppm."""
    mine, theirs = sound("".join(words)), sound("".join(others))
    share = 1 - OSA.distance(mine, theirs) / max(len(mine), len(theirs), 1)
    return round(PPM * 0.97 * share)


def _birth(subject: Subject, entry: Listed) -> tuple[str, int]:
    """Return what births say (same, near, other or nothing) and what that adds."""
    if not subject.birth or not entry.birth:
        return "", 0
    if subject.birth in entry.birth:
        return "same", SAME_DAY
    year = int(subject.birth[:4])
    years = [int(one[:4]) for one in entry.birth if one[:4].isdigit()]
    if not years:
        return "", 0
    if min(abs(year - one) for one in years) <= YEARS:
        return "near", NEAR_YEAR
    return "other", OTHER_YEAR


def _is_other_kind(subject: Subject, entry: Listed) -> bool:
    return bool(subject.kind and entry.kind) and subject.kind != entry.kind
