"""Customers by the words of their names, as far as payments ask for them.

A large book has far more names than a day's payments could mean: what their texts say is looked
up, all of it in one walk over the names.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dunwell.engine.matching.inputs import Key, keys_in_order
from dunwell.engine.matching.names import (
    GENERIC,
    MOST_INITIALS,
    NOISE,
    name_words,
    squeezed,
)

MOST_CANDIDATES = 64
"""Customers compared per name; more sharing one word prove that the word says nothing."""
PREFIX = 4
WALKS = 3
"""Walks over the names in the time it takes to note every word of them."""
Index = dict[str, list[Key]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a normalised text asks of the names, in the order in which it is looked up.

    `starts` are beginnings of its words, `initials` those that it may be.
    """

    whole: str
    words: Sequence[str]
    starts: Sequence[str]
    initials: Sequence[str]


def asked_of(text: str) -> Asked:
    """Return what a normalised text asks for."""
    whole = squeezed(text)
    words = [word for word in name_words(text) if word not in NOISE]
    telling = [word for word in words if word not in GENERIC]
    starts = [word[:length] for word in telling for length in (PREFIX, PREFIX - 1)]
    short = [cut for one in (whole, *words[:1]) for cut in (one, one[:-1])]
    return Asked(
        whole=whole,
        words=telling,
        starts=list(dict.fromkeys((*starts, whole[:PREFIX]))),
        initials=[one for one in dict.fromkeys(short) if 1 < len(one) <= MOST_INITIALS],
    )


class _Everything:
    """Holds every text."""

    def __contains__(self, text: object) -> bool:
        return True


@dataclass(slots=True)
class KnownNames:
    """Customers by their normalised names; only what was looked for last is found."""

    names: Mapping[Key, str]
    _by_whole: Index = field(default_factory=dict)
    _by_word: Index = field(default_factory=dict)
    _by_start: Index = field(default_factory=dict)
    _by_initials: Index = field(default_factory=dict)
    _wholes: dict[str, list[str]] = field(default_factory=dict)
    _asked: dict[str, Asked] = field(default_factory=dict)
    _walks: int = 0

    def look_for(self, texts: Iterable[str]) -> None:
        """Find what these normalised texts ask for; who asks often has every word noted."""
        self._asked = {text: asked_of(text) for text in texts}
        self._walks += 1
        if self._walks <= WALKS:
            every = self._asked.values()
            self._note(
                {one.whole for one in every},
                {word for one in every for word in one.words},
                {start for one in every for start in one.starts},
                {short for one in every for short in one.initials},
                {short[:2] for one in every for short in one.initials},
            )
        elif self._walks == WALKS + 1:
            self._note(*[_Everything()] * 5)

    def asked(self, text: str) -> Asked:
        """Return what a text that was looked for asks for."""
        return self._asked[text]

    def called(self, whole: str) -> Sequence[Key]:
        """Return the customers whose name is this one without blanks."""
        return self._by_whole.get(whole, ())

    def with_word(self, word: str) -> Sequence[Key]:
        """Return the customers with a word in their name, none when it is too much to tell."""
        return _few(self._by_word, word)

    def beginning(self, start: str) -> Sequence[Key]:
        """Return the customers with a word that begins so, none when it is too much to tell."""
        return _few(self._by_start, start)

    def wholes(self, start: str) -> Sequence[str]:
        """Return the names of those `beginning` so, without blanks; texts share beginnings."""
        if start not in self._wholes:
            self._wholes[start] = [squeezed(self.names[key]) for key in self.beginning(start)]
        return self._wholes[start]

    def with_initials(self, short: str) -> Sequence[Key]:
        """Return the customers whose initials begin so, none when it is too much to tell."""
        return _few(self._by_initials, short)

    def _note(
        self,
        wholes: Container[str],
        words: Container[str],
        starts: Container[str],
        initials: Container[str],
        heads: Container[str],
    ) -> None:
        """Note the customers in the order of their keys, in place of what was noted before."""
        by_whole: Index = {}
        by_initials: Index = {}
        noted = _Noted(words, starts)
        for key in keys_in_order(self.names):
            name, short = self.names[key], ""
            # normalised: blanks part the words, and nothing else but letters and digits is there
            if (whole := name.replace(" ", "")) in wholes:
                by_whole.setdefault(whole, []).append(key)
            for word in name.split():
                indexes, initial = noted[word]
                short += initial
                for these in indexes:
                    # once, unless more are noted than are ever compared
                    if len(these) <= MOST_CANDIDATES and (not these or these[-1] != key):
                        these.append(key)
            if short[:2] in heads:
                cuts = (short[:n] for n in range(2, min(len(short), MOST_INITIALS) + 1))
                for these in [by_initials.setdefault(one, []) for one in cuts if one in initials]:
                    if len(these) <= MOST_CANDIDATES:
                        these.append(key)
        self._by_whole, self._by_initials = by_whole, by_initials
        self._by_word, self._by_start = noted.by_word, noted.by_start
        self._wholes = {}


class _Noted(dict[str, tuple[Sequence[list[Key]], str]]):
    """Words with the lists their customers are noted in, and their initial.

    Names share words, so all of that is found out once for each.
    """

    def __init__(self, words: Container[str], starts: Container[str]) -> None:
        """Take the words and beginnings that are asked for."""
        self.words, self.starts = words, starts
        self.by_word: Index = {}
        self.by_start: Index = {}

    def __missing__(self, word: str) -> tuple[Sequence[list[Key]], str]:
        start = word[: PREFIX - (len(word) == PREFIX)]
        indexes = [self.by_word.setdefault(word, [])] if word in self.words else []
        if len(word) >= PREFIX and start in self.starts:
            indexes.append(self.by_start.setdefault(start, []))
        found = self[word] = (indexes, "" if word[0].isdigit() else word[0])
        return found


def _few(index: Mapping[str, list[Key]], text: str) -> Sequence[Key]:
    these = index.get(text, ())
    return these if len(these) <= MOST_CANDIDATES else ()
