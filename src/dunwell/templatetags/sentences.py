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
from django.utils.translation import get_language, pgettext

register = template.Library()

CONTEXT = "sentence"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
DEEPEST = 3
"""A sentence may stand in a sentence: the reason after a line's number, the step after that."""


class Pattern(NamedTuple):
    """A template of a sentence, how it begins and ends, and its words in another language."""

    text: str
    begins: str
    ends: str
    told: str


@register.filter
def spoken(text: object) -> str:
    """Return a sentence in the reader's language; one that no catalog knows stays as it is."""
    sentence, language = str(text), get_language() or "en"
    if not sentence or language.startswith("en"):
        return sentence
    return _spoken(sentence, language, DEEPEST)


def _spoken(sentence: str, language: str, deep: int) -> str:
    found = _whole(sentence, language, deep)
    if found is not None:
        return found
    parts = ENDS.split(sentence)
    if len(parts) == 1:
        return sentence
    told = [_whole(part, language, deep) for part in parts]
    return " ".join(one or part for one, part in zip(told, parts, strict=True))


def _whole(sentence: str, language: str, deep: int) -> str | None:
    known = pgettext(CONTEXT, sentence)
    if known != sentence:
        return known
    for pattern in _patterns(language):
        if not (sentence.startswith(pattern.begins) and sentence.endswith(pattern.ends)):
            continue
        if (match := _fitting(pattern.text).fullmatch(sentence)) is not None:
            return _filled(pattern.told, match.groupdict(), language, deep)
    return None


def _filled(told: str, values: dict[str, str], language: str, deep: int) -> str:
    """Return words with the values in their places, each told in the language where it can be."""
    if deep:
        values = {name: _spoken(value, language, deep - 1) for name, value in values.items()}
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
    ]
    found.sort(key=lambda one: (-len(PLACEHOLDER.sub("", one[0])), one[0]))
    ends = [PLACEHOLDER.split(text) for text, _told in found]
    return tuple(
        Pattern(text, begins=parts[0], ends=parts[-1], told=told)
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
