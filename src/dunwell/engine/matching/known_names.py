"""Customers by the words of their names, as far as payments ask for them.

A large book has far more names than a day's payments could mean: what their texts say is looked
up, all of it in one walk over the names.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dunwell.engine.matching.inputs import Key, ordered
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
            )
        elif self._walks == WALKS + 1:
            self._note(_Everything(), _Everything(), _Everything(), _Everything())

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

    def with_initials(self, short: str) -> Sequence[Key]:
        """Return the customers whose initials begin so, none when it is too much to tell."""
        return _few(self._by_initials, short)

    def _note(
        self,
        wholes: Container[str],
        words: Container[str],
        starts: Container[str],
        initials: Container[str],
    ) -> None:
        """Note the customers in the order of their keys, in place of what was noted before."""
        by_whole: Index = {}
        by_word: Index = {}
        by_start: Index = {}
        by_initials: Index = {}
        # names share words: what one is noted under, and its initial, is found out once
        under: dict[str, tuple[list[list[Key]], str]] = {}
        for key in sorted(self.names, key=ordered):
            name, short = self.names[key], ""
            # normalised: blanks part the words, and nothing else but letters and digits is there
            if (whole := name.replace(" ", "")) in wholes:
                by_whole.setdefault(whole, []).append(key)
            for word in name.split():
                if (known := under.get(word)) is None:
                    start = word[: PREFIX - (len(word) == PREFIX)]
                    indexes = [by_word.setdefault(word, [])] if word in words else []
                    if len(word) >= PREFIX and start in starts:
                        indexes.append(by_start.setdefault(start, []))
                    known = under[word] = (indexes, "" if word[0].isdigit() else word[0])
                for these in known[0]:
                    _note(these, key)
                short += known[1]
            for length in range(2, min(len(short), MOST_INITIALS) + 1):
                if short[:length] in initials:
                    _note(by_initials.setdefault(short[:length], []), key)
        self._by_whole, self._by_word = by_whole, by_word
        self._by_start, self._by_initials = by_start, by_initials


def _few(index: Mapping[str, list[Key]], text: str) -> Sequence[Key]:
    these = index.get(text, ())
    return these if len(these) <= MOST_CANDIDATES else ()


def _note(these: list[Key], key: Key) -> None:
    """Note a customer once, unless more are noted than are ever compared."""
    if len(these) <= MOST_CANDIDATES and (not these or these[-1] != key):
        these.append(key)
