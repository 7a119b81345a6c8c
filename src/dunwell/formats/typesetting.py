"""Documents as PDF, set by typst: archival and accessible where fonts allow, same bytes each time.

Every text reaches a template as data in one JSON document and is shown as text, whatever it
looks like: nothing of it is ever read as markup. Fonts are those inside typst, so that a
document looks the same on every machine; characters they lack are taken from the machine's
own fonts, and where it has none either, the PDF keeps a box in their place and is a plain one.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date
from babel.numbers import format_decimal

from dunwell.engine.money import from_minor, minor_digits

TEMPLATES = Path(__file__).parent / "typst"
TRIES: tuple[tuple[bool, list[Any]], ...] = (
    (False, ["a-3b", "ua-1"]),
    (True, ["a-3b", "ua-1"]),
    (True, []),
)
"""With the machine's own fonts or without, and to which standards; the first that works."""
MINUS = "\N{MINUS SIGN}"
BREAK = "\N{ZERO WIDTH SPACE}"
PART = 10
LONG_WORD = re.compile(r"\S{23,}")
NO_GLYPH = "could not be displayed"
"""What typst says when no font has a character that an archival PDF needs."""


class TypesettingError(RuntimeError):
    """The document could not be set; the message is typst's."""


def typeset(template: str, data: Mapping[str, object], *, on: date) -> bytes:
    """Return the PDF of `template`.typ with `data` as sys.inputs.data, dated `on`.

    The same template, data and day give the same bytes. Raises TypesettingError when typst
    cannot set it.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}
    made_at = datetime.combine(on, time(), tzinfo=UTC)
    for with_system_fonts, standards in TRIES:
        try:
            found = _compiler(template, with_system_fonts=with_system_fonts).compile(
                sys_inputs=inputs, format="pdf", pdf_standards=standards, timestamp=made_at
            )
        except typst.TypstError as error:
            if standards and NO_GLYPH in str(error):
                continue
            raise TypesettingError(f"The document cannot be set: {error}") from error
        if isinstance(found, bytes):
            return found
    raise TypesettingError("The document cannot be set: typst gave no file.")


@lru_cache(maxsize=8)
def _compiler(template: str, *, with_system_fonts: bool) -> typst.Compiler:
    """Return a compiler that keeps its fonts and the parsed template from one to the next."""
    fonts = typst.Fonts(include_system_fonts=with_system_fonts)
    path = TEMPLATES / f"{template}.typ"
    return typst.Compiler(input=str(path), root=str(TEMPLATES), font_paths=fonts)


def plain(value: str) -> str:
    """Return a text without control characters, which no font can show.

    A word longer than a column may be broken: it gets places where a line can end.
    """
    shown = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in value)
    return LONG_WORD.sub(lambda word: BREAK.join(_parts(word.group())), shown)


def plain_lines(value: str) -> list[str]:
    """Return the lines of a text that hold something, each as `plain` shows it."""
    parts = [plain(part).strip() for part in value.splitlines()]
    return [part for part in parts if part]


@lru_cache(maxsize=4096)
def shown_day(value: date, language: str) -> str:
    """Return a day as its language writes it: Mar 5, 2026 or 05.03.2026."""
    return format_date(value, "medium", locale=language)


def shown_money(minor: int, currency: str, language: str) -> str:
    """Return an amount of minor units without its currency: 1,234.50 or 1.234,50."""
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text: str = format_decimal(abs(from_minor(minor, currency)), pattern, locale=language)
    return f"{MINUS}{text}" if minor < 0 else text


def _parts(word: str) -> list[str]:
    return [word[at : at + PART] for at in range(0, len(word), PART)]
