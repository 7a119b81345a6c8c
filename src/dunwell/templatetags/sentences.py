"""What the desk says when it refuses, in the language of who reads it.

Rules say no in English sentences with their values written in, and records keep them so. The
catalogs hold each sentence with names in place of values (`tools/sentences.py` collects them): a
sentence is told in another language by the template it fits.
"""

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from babel.messages.mofile import read_mo
from django import template
from django.utils.translation import get_language, gettext, pgettext

from dunwell.formats.figures_told import figures_told
from dunwell.templatetags.authority_words import told_part
from dunwell.templatetags.sentence_words import OWN_WORDS, WORDS

register = template.Library()

CONTEXT = "sentence"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
DEEPEST = 3
"""A sentence may stand in a sentence: the reason after a line's number, the step after that."""


PLACES = (
    "bin {number}",
    "case {number}",
    "column {number}",
    "entry {number}",
    "line {number}",
    "page {number}",
    "rate {number}",
    "row {number}",
    "rows {number}",
    "rule {number}",
    "rung {number}",
    "scenario {number}",
    "sheet {number}",
    "step {number}",
    "tier {number}",
    "window {number}",
)
"""Where in a file or document something is wrong: these fit numbers alone."""

NUMBERED = re.compile(
    rf"({'|'.join(one.removesuffix(' {number}') for one in PLACES)}) (\d[\d.,]*)"
)

TAIL = re.compile(r"(?: \(at [^()]*\))?(?: \[[\w.:-]+\])?\.?$")
"""What a wrapper sets behind a sentence: its place, the rule it breaks, its full stop."""

LONGEST = 5_000
"""A text with more characters is told as it is."""


CALLED = frozenset(["code", "key", "name", "number", "reference", "username"])
"""Values that are what something is called: they stay as they are, whatever they look like."""

TYPED = re.compile(r"\bno(t an?)? (amount|day|number)\b")
"""A sentence about what somebody typed shows it as it was typed."""


class Pattern(NamedTuple):
    """A template of a sentence, how it begins and ends, its longest words, and its translation."""

    text: str
    begins: str
    ends: str
    longest: str
    told: str


@register.filter
def spoken(text: object) -> str:
    """Return a sentence in the reader's language; one that no catalog knows stays as it is."""
    sentence, language = str(text), get_language() or "en"
    if not sentence or language.startswith("en"):
        return sentence
    return _spoken(sentence, language, DEEPEST)


def _spoken(sentence: str, language: str, deep: int) -> str:
    if len(sentence) > LONGEST:
        return sentence
    found = _whole(sentence, language, deep) or _placed(sentence, language, deep)
    if found is not None:
        return found
    parts, between = ENDS.split(sentence), " "
    if len(parts) == 1:
        # what is wrong with a line, one after the other
        parts, between = sentence.split("; "), "; "
    if len(parts) == 1:
        return sentence
    told = [_whole(one, language, deep) or _placed(one, language, deep) for one in parts]
    return between.join(one or part for one, part in zip(told, parts, strict=True))


def _whole(sentence: str, language: str, deep: int) -> str | None:
    """Return a sentence by the template it fits, with or without what a wrapper set behind."""
    if (found := _fitted(sentence, language, deep)) is not None:
        return found
    match = TAIL.search(sentence)
    if match is None or not match.group():
        return None
    found = _fitted(sentence[: match.start()], language, deep)
    return None if found is None else found + match.group().replace(" (at ", " (")


def _placed(sentence: str, language: str, deep: int) -> str | None:
    """Return a sentence that stands behind its places, such as `file.csv, row 4: it is empty`."""
    places, parting, rest = sentence.partition(": ")
    while parting:
        if (found := _whole(rest, language, deep)) is not None:
            return f"{_told_places(places)}: {found}"
        more, parting, rest = rest.partition(": ")
        places = f"{places}: {more}"
    return None


def _told_places(places: str) -> str:
    return "".join(map(_told_place, re.split(r"(, |: )", places)))


def _told_place(place: str) -> str:
    if (match := NUMBERED.fullmatch(place)) is not None:
        return pgettext(CONTEXT, f"{match[1]} {{number}}").replace("{number}", match[2])
    # a place without a number, such as the whole file
    return pgettext(CONTEXT, place) if place.strip() else place


def _fitted(sentence: str, language: str, deep: int) -> str | None:
    # what nobody wrote is not looked up: an empty text is the catalog's own head
    known = pgettext(CONTEXT, sentence) if sentence else sentence
    if known == sentence and sentence.endswith(".") and " " in sentence:
        # a page may say it too, as contact rules are told
        known = gettext(sentence)
    if known != sentence:
        return known
    for pattern in _patterns(language):
        if not (
            sentence.startswith(pattern.begins)
            and sentence.endswith(pattern.ends)
            and pattern.longest in sentence
        ):
            continue
        if (match := _fitting(pattern.text).fullmatch(sentence)) is not None:
            values = match.groupdict()
            if TYPED.search(pattern.text) is None:
                values |= {
                    name: figures_told(value, language)
                    for name, value in values.items()
                    if name.rstrip("0123456789") not in CALLED
                }
            return _filled(pattern.told, values, language, deep)
    return None


def _value(name: str, value: str, language: str, deep: int) -> str:
    """Return a value told: a rule's word, part of a verdict, a sentence, or places of a file."""
    if name.rstrip("0123456789") in OWN_WORDS and value in WORDS:
        return str(WORDS[value])
    if (part := told_part(name, value, language)) is not None:
        return part
    told = _spoken(value, language, deep - 1)
    return _told_places(value) if told == value else told


def _filled(told: str, values: dict[str, str], language: str, deep: int) -> str:
    """Return words with the values in their places, each told in the language where it can be."""
    if deep:
        values = {name: _value(name, value, language, deep) for name, value in values.items()}
    return PLACEHOLDER.sub(lambda place: values[place[1]], told)


@cache
def _patterns(language: str) -> tuple[Pattern, ...]:
    """Return the templates with values of a language, the most telling first."""
    place = resources.files("dunwell") / "locale" / language / "LC_MESSAGES" / "django.mo"
    if not place.is_file():
        return ()
    with place.open("rb") as file:
        catalog = read_mo(file)
    found = [
        (str(message.id), str(message.string))
        for message in catalog
        # Babel reads a context as the bytes it is written in
        if message.context in (CONTEXT, CONTEXT.encode())
        and message.string
        and PLACEHOLDER.search(str(message.id))
        and str(message.id) not in PLACES
    ]
    found.sort(key=lambda one: (-len(PLACEHOLDER.sub("", one[0])), one[0]))
    ends = [PLACEHOLDER.split(text) for text, _told in found]
    return tuple(
        # a split by the names leaves the words at the even places
        Pattern(text, parts[0], parts[-1], max(parts[::2], key=len), told)
        for (text, told), parts in zip(found, ends, strict=True)
    )


@cache
def _fitting(text: str) -> re.Pattern[str]:
    """Return what a template fits; a value that is told twice is the same both times."""
    seen: set[str] = set()
    parts = []
    for n, part in enumerate(PLACEHOLDER.split(text)):
        if n % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(f"(?P<{part}>.*?)")
    return re.compile("".join(parts), re.DOTALL)
