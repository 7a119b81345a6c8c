"""Texts with placeholders filled in: one text at a time, or one per row of a frame.

What a placeholder is, and which there are, says `engine.wording`.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter

import narwhals.stable.v2 as nw

TOKEN = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
"""A brace that is meant, a placeholder with its name, or a lone brace."""

_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\x85]"
_BREAKS = r"[\r\n\x0b\x0c\x85\u2028\u2029]+"
CONTROL, BREAK = re.compile(_CONTROLS), re.compile(_BREAKS)
_WIDE = "\n" * 3
_GAP = re.compile(rf"{_WIDE}+")

_Form = tuple[str, Callable[[Mapping[str, str]], object] | None]


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[tuple[str, str | None], ...]:
    """Return the text cut into (what stands there, name of the fact to put in its place or None).

    Kept, because a day's cycle fills the same few texts a hundred thousand times.
    """
    found: list[tuple[str, str | None]] = []
    end = 0
    for token in TOKEN.finditer(text):
        whole, name = token.group(0), token.group(1)
        found.append((text[end : token.start()], None))
        found.append((whole[0], None) if whole in {"{{", "}}"} else (whole, name or whole))
        end = token.end()
    return (*found, (text[end:], None))


def names(text: str) -> list[str]:
    """Return the names of the facts a text asks for, in its order."""
    return [name for _, name in parts(text) if name is not None]


@lru_cache(maxsize=4096)
def _form(text: str) -> _Form:
    """Return the text for the % operator, and what takes its facts in their order."""
    cut = parts(text)
    form = "".join(literal.replace("%", "%%") if name is None else "%s" for literal, name in cut)
    asked = names(text)
    return form, itemgetter(*asked) if asked else None


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its facts; KeyError with the placeholder of the first one missing."""
    form, taken = _form(text)
    if taken is None:
        return form % ()
    try:
        return form % taken(values)
    except KeyError:
        missing = (whole for whole, name in parts(text) if name and name not in values)
        raise KeyError(next(missing)) from None


def one_line(text: str) -> str:
    """Return a value without line breaks and control characters."""
    if text.isprintable():
        # most are: neither a line break nor a control character is printable
        return text
    return CONTROL.sub(" ", BREAK.sub(" ", text))


def without_gaps(text: str) -> str:
    """Return a text in which one empty line stands where there were several."""
    # a search for few characters that hardly any text has costs a twentieth of the pattern
    return _GAP.sub("\n\n", text) if _WIDE in text else text


def filled_rows(text: str) -> nw.Expr:
    """Return the text filled with the columns of each row, whose values are one line each."""
    cut = [(word, name) for word, name in parts(text) if word]
    return nw.concat_str(*[nw.lit(word) if name is None else nw.col(name) for word, name in cut])


def one_line_rows(column: str, *, longest: int) -> nw.Expr:
    """Return a column of values as `one_line` gives them; null for one longer than `longest`."""
    value = nw.col(column)
    one = value.str.replace_all(_BREAKS, " ").str.replace_all(_CONTROLS, " ")
    return nw.when(value.str.len_chars() <= longest).then(one)


def breaks_rows(column: str) -> nw.Expr:
    """Return whether a value holds a line break."""
    return nw.col(column).str.contains(_BREAKS)


def gapless_rows(text: nw.Expr) -> nw.Expr:
    """Return texts as `without_gaps` gives them."""
    return text.str.replace_all(_GAP.pattern, "\n\n")
