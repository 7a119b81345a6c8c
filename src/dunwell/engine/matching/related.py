"""Names of those who pay for others, looked up so that a payment costs the same in any book."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from dunwell.engine.matching.names import (
    CLOSE_WHOLE,
    FORMS,
    GENERIC,
    NOISE,
    SHORT,
    SHORTEST_PREFIX,
    TRUNCATED,
    TYPO,
    Likeness,
    likeness,
    name_words,
    squeezed,
)

MAPPED = 4
"""Letters by which a usual short form meets the word it stands for, as `word_fits` has it."""


@dataclass(slots=True)
class NameIndex:
    """Normalised names; `close` finds those a name is at least close to.

    Exact: `likeness` compares everything that can be close, and only that. What can be is told
    by its own conditions: a telling word that fits, the same first word, one being the beginning
    of the other, or the same first letters and nearly the same whole.
    """

    names: Iterable[str]
    _by_whole: dict[str, list[str]] = field(default_factory=dict)
    _by_first: dict[str, list[str]] = field(default_factory=dict)
    _by_two: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _by_start: dict[str, list[str]] = field(default_factory=dict)
    _by_word: dict[str, list[str]] = field(default_factory=dict)
    _words: dict[str, list[str]] = field(default_factory=dict)
    _fitting: dict[str, frozenset[str]] = field(default_factory=dict)
    _close: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the dictionaries once, in the order of the names."""
        for name in sorted(set(self.names) - {""}):
            whole = squeezed(name)
            words = [word for word in name_words(name) if word not in FORMS]
            self._by_whole.setdefault(whole, []).append(name)
            self._by_start.setdefault(whole[:TRUNCATED], []).append(name)
            if words:
                self._by_first.setdefault(words[0], []).append(name)
                self._by_two.setdefault(words[0][:2], {}).setdefault(whole, []).append(name)
            for word in dict.fromkeys(words):
                if word not in GENERIC and not word.isdigit():
                    self._by_word.setdefault(word, []).append(name)
        for word in self._by_word:
            starts = {word[:1], word[:SHORTEST_PREFIX], word[:MAPPED]}
            for start in starts:
                self._words.setdefault(start, []).append(word)

    def close(self, name: str) -> list[str]:
        """Return the names that this one is close to or the same as, in their order."""
        if name not in self._close:
            found = [one for one in self._possible(name) if likeness(name, one) >= Likeness.CLOSE]
            self._close[name] = sorted(found)
        return self._close[name]

    def forget(self) -> None:
        """Forget what was asked so far, which would grow with the number of payments."""
        self._close.clear()
        self._fitting.clear()

    def _possible(self, name: str) -> set[str]:
        found = set(self._by_whole.get(squeezed(name), ()))
        mine = [word for word in name_words(name) if word not in NOISE and word not in FORMS]
        if not mine:
            return found
        found.update(self._by_first.get(mine[0], ()))
        for word in mine:
            for theirs in self._fits(word):
                found.update(self._by_word[theirs])
        short = squeezed(" ".join(mine))
        found.update(self._by_start.get(short[:TRUNCATED], ()))
        wholes = self._by_two.get(mine[0][:2], {})
        for whole, _, _ in extract(
            short, wholes.keys(), scorer=ratio, score_cutoff=CLOSE_WHOLE, limit=None
        ):
            found.update(wholes[whole])
        return found

    def _fits(self, word: str) -> frozenset[str]:
        """Return the telling words that `names.word_fits` may let pass for this one."""
        if word not in self._fitting:
            found = {one for one in (word, SHORT.get(word)) if one in self._by_word}
            alike = self._words.get(word[:SHORTEST_PREFIX], ())
            found.update(one for one in alike if one.startswith(word) or word.startswith(one))
            found.update(self._words.get(SHORT.get(word, "-")[:MAPPED], ()))
            near = self._words.get(word[:1], ())
            like = extract(word, near, scorer=ratio, score_cutoff=TYPO, limit=None)
            found.update(one for one, _, _ in like)
            self._fitting[word] = frozenset(found)
        return self._fitting[word]
