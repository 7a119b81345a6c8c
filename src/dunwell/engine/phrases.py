"""Phrases that do not go out: each with its reason, its source and what to say instead.

An entry lists ways of saying a thing. A way is made of words; `word*` stands for every word
that begins so, `...` for up to NEAR words in between. Texts are compared without case, accents,
invisible characters and letters that only look alike, so that writing a word oddly is no way
around. Nothing in a way is a pattern of its own: what a company writes cannot become costly.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

BLOCK, WARN = "block", "warn"
ACTS = (BLOCK, WARN)
NEAR = 5
"""So many words may stand where a way says `...`."""

LONGEST_WAY = 120
MOST_ENTRIES = 200
MOST_WAYS = 40
MOST_TOKENS = 60_000
"""Words of a text that are looked at; a text that may be sent has fewer."""

MOST_HITS = 100
"""So many places are told; a text with more of them is not read on."""

SPELLED = 4
"""So many single letters in a row are read as one word: t h r e a t."""

_WORD = re.compile(r"\w+")
_LOOK_ALIKE = str.maketrans("асеорхуіјѕԁһκοαρτνι", "aceopxyijsdhkoaptvi")
"""Cyrillic and Greek letters that are drawn like Latin ones."""
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


class PhraseError(DocumentError):
    """A list of phrases cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One thing that is not said in a language, the ways of saying it, and why not.

    `is_law`: a company cannot allow it; of the others it may say that it does.
    """

    id: str
    language: str
    act: str
    ways: tuple[tuple[str, ...], ...]
    why: str
    source: str
    instead: str
    is_law: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseHit:
    """A place of a text that says what is not said: line from 1, and the words as they stand."""

    phrase: Phrase
    part: str
    line: int
    quote: str

    @property
    def is_blocking(self) -> bool:
        """Return whether the text may not go out with it."""
        return self.phrase.act == BLOCK

    @property
    def text(self) -> str:
        """Return the finding in a sentence: where, what, why and what to write."""
        place = f"{self.part}, line {self.line}" if self.part else f"line {self.line}"
        return (
            f"{place}: “{self.quote}”. {self.phrase.why} ({self.phrase.source}) "
            f"Instead: {self.phrase.instead}"
        )


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def read_phrases(document: object, where: str = "phrases") -> tuple[Phrase, ...]:
    """Return the entries of a list, in its order.

    Raises PhraseError for an unknown field or act, an id twice, and a way that is empty, begins
    or ends with `...`, or is too long.
    """
    try:
        listed = documents.rows(document, "phrases", where)
        found = tuple(
            _phrase(stated, f"{where}, phrase {number}") for number, stated in enumerate(listed, 1)
        )
        documents.refuse_twice([phrase.id for phrase in found], where)
    except PhraseError:
        raise
    except DocumentError as error:
        raise PhraseError(str(error)) from error
    if len(found) > MOST_ENTRIES:
        raise PhraseError(f"{where}: {len(found)} entries are too many; keep {MOST_ENTRIES}")
    return found


def allowed_phrases(phrases: Sequence[Phrase], allow: Collection[str]) -> tuple[Phrase, ...]:
    """Return the phrases that still hold where a company allows some by their ids.

    Raises PhraseError for one that is not there, and for one that the law forbids.
    """
    known = {phrase.id: phrase for phrase in phrases}
    for name in allow:
        if name not in known:
            raise PhraseError(f"allow: there is no phrase {name!r}; use {', '.join(known)}")
        if known[name].is_law:
            raise PhraseError(
                f"allow: {name!r} is forbidden by law ({known[name].source}) and stays so"
            )
    return tuple(phrase for phrase in phrases if phrase.id not in allow)


def phrase_hits(
    text: str, phrases: Iterable[Phrase], *, language: str, part: str = ""
) -> tuple[PhraseHit, ...]:
    """Return every place of a text that says something forbidden in its language, by line.

    `part` names the text, such as subject or body. The time taken grows with the length of the
    text alone; words beyond MOST_TOKENS are not looked at.
    """
    tokens = _tokens(text)
    if not tokens:
        return ()
    starts: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        starts.setdefault(token.word, []).append(place)
    breaks = [place for place, character in enumerate(text) if character == "\n"]
    hits: dict[tuple[int, str], PhraseHit] = {}
    for phrase, first, last in _places(tokens, starts, phrases, language):
        begin, end = tokens[first].start, tokens[last].end
        hits.setdefault(
            (begin, phrase.id),
            PhraseHit(
                phrase=phrase,
                part=part,
                line=bisect_right(breaks, begin) + 1,
                quote=" ".join(text[begin:end].split())[:LONGEST_WAY],
            ),
        )
        if len(hits) >= MOST_HITS:
            break
    return tuple(_apart(hits[key] for key in sorted(hits)))


def _apart(hits: Iterable[PhraseHit]) -> Iterator[PhraseHit]:
    """Yield the hits without those that say again what the one before on the line said."""
    before: PhraseHit | None = None
    for hit in hits:
        if before is None or not (
            (before.phrase.id, before.line) == (hit.phrase.id, hit.line)
            and hit.quote in before.quote
        ):
            before = hit
            yield hit


def _places(
    tokens: Sequence[_Token],
    starts: Mapping[str, list[int]],
    phrases: Iterable[Phrase],
    language: str,
) -> Iterator[tuple[Phrase, int, int]]:
    """Yield each phrase of the language that stands in a text, with its first and last token."""
    for phrase in phrases:
        if phrase.language != language:
            continue
        for way in phrase.ways:
            for first in _firsts(starts, way[0]):
                last = _matched(tokens, first, way)
                if last is not None:
                    yield phrase, first, last


def _phrase(stated: object, where: str) -> Phrase:
    fields = documents.fields(stated, where)
    documents.known(
        fields, ("id", "language", "act", "say", "why", "source", "instead", "is_law"), where
    )
    ways = documents.names(fields.get("say"), "say", where)
    if not ways or len(ways) > MOST_WAYS:
        raise PhraseError(f"{where}: say must list 1 to {MOST_WAYS} ways, found {len(ways)}")
    return Phrase(
        id=documents.text(fields, "id", where),
        language=documents.text(fields, "language", where),
        act=documents.choice(fields.get("act", BLOCK), "act", ACTS, where),
        ways=tuple(_way(way, where) for way in ways),
        why=documents.text(fields, "why", where),
        source=documents.text(fields, "source", where),
        instead=documents.text(fields, "instead", where),
        is_law=documents.switch(fields, "is_law", where),
    )


def _way(way: str, where: str) -> tuple[str, ...]:
    """Return the words of a way as texts are compared; `...` and a star at the end are kept."""
    if len(way) > LONGEST_WAY:
        raise PhraseError(f"{where}: say {way[:20]!r} is longer than {LONGEST_WAY} characters")
    words: list[str] = []
    for word in way.split():
        if word == "...":
            words.append(word)
            continue
        star = "*" if word.endswith("*") else ""
        words += _words(word.rstrip("*"))
        if star and words:
            words[-1] += star
    if not words or "..." in (words[0], words[-1]) or words[0] == "*":
        raise PhraseError(f"{where}: say {way!r} must begin and end with a word")
    return tuple(words)


def _words(text: str) -> list[str]:
    return [token.word for token in _tokens(text)]


def _tokens(text: str) -> list[_Token]:
    """Return the words of a text as they are compared, with where each stands in it."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for plain in _plain(character):
            letters.append(plain)
            places.append(place)
    found = [
        _Token(match.group(), places[match.start()], places[match.end() - 1] + 1)
        for match, _ in zip(_WORD.finditer("".join(letters)), range(MOST_TOKENS), strict=False)
    ]
    return _joined(found)


def _plain(character: str) -> str:
    """Return a character without case, accent and look; nothing for one that is not seen."""
    if character.isascii():
        return character.lower()
    if character == "\xad" or unicodedata.category(character) == "Cf":
        return ""
    apart = unicodedata.normalize("NFKD", character)
    bare = "".join(one for one in apart if not unicodedata.combining(one)).casefold()
    return bare.translate(_LOOK_ALIKE).translate(_LETTERS)


def _joined(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens, letters that were written one by one read as the word they spell."""
    found: list[_Token] = []
    spelled: list[_Token] = []
    for token in [*tokens, _Token("", 0, 0)]:
        if len(token.word) == 1 and token.word.isalpha():
            spelled.append(token)
            continue
        if len(spelled) >= SPELLED:
            word = "".join(one.word for one in spelled)
            found.append(_Token(word, spelled[0].start, spelled[-1].end))
        else:
            found += spelled
        spelled = []
        if token.word:
            found.append(token)
    return found


def _firsts(starts: Mapping[str, list[int]], word: str) -> list[int]:
    if not word.endswith("*"):
        return starts.get(word, [])
    stem = word[:-1]
    return [
        place for known, all_of in starts.items() if known.startswith(stem) for place in all_of
    ]


def _matched(tokens: Sequence[_Token], first: int, way: Sequence[str]) -> int | None:
    """Return the last token of a way that begins at a token, None where it does not stand there.

    Of several ends the nearest is taken after each `...`; the places tried are a set, so that
    many gaps cost their number times NEAR and no more.
    """
    ends = {first}
    gap = 0
    for word in way[1:]:
        if word == "...":
            gap = NEAR
            continue
        ends = {
            place
            for end in ends
            for place in range(end + 1, min(end + 2 + gap, len(tokens)))
            if _is(tokens[place].word, word)
        }
        if not ends:
            return None
        gap = 0
    return min(ends)


def _is(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
