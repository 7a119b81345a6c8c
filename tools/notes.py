"""Collect what files and records are noted with, beside the errors of `tools/sentences.py`.

Findings about single rows, questions about a file, and problems of a line are no errors: they are
noted as a keyword of a call (`log.rows(..., reason="...")`), put together by expressions of
polars, or appended to a list of problems. A page tells them in its reader's language too.
"""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import product

from tools.told import NOTES, PROBLEMS

Texts = Callable[[ast.expr], list[str]]
"""Returns the templates that an expression may come to."""


def noted(call: ast.Call) -> list[ast.expr]:
    """Return the words a call notes: those of a keyword, or what is appended to problems."""
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name == "append" and isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return list(call.args) if func.value.id in PROBLEMS else []
    return [one.value for one in call.keywords if (name, one.arg) in NOTES]


def of_frame(call: ast.Call, texts: Texts) -> list[str]:
    """Return the templates of an expression of polars that puts a text together."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pl"), attr="lit"), args=[one]):
            return texts(one)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="pl"), attr="format"), args=[form, *rest]
        ):
            return [text for one in texts(form) for text in _formatted(one, rest)]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pl"), attr="concat_str"), args=parts):
            return ["".join(one) for one in product(*(_part(one, texts) for one in parts))]
        case ast.Call(func=ast.Attribute(value=before, attr="then" | "otherwise"), args=[one]):
            return [*texts(before), *texts(one)]
    return []


def added(left: ast.expr, right: ast.expr, texts: Texts) -> list[str]:
    """Return the templates of two parts set together, where at least one is written words."""
    pairs = product(_part(left, texts), _part(right, texts))
    return [one + other for one, other in pairs] if texts(left) or texts(right) else []


def _part(node: ast.expr, texts: Texts) -> list[str]:
    return texts(node) or ["{" + _name(node) + "}"]


def _formatted(form: str, parts: list[ast.expr]) -> Iterator[str]:
    pieces = form.split("{}")
    if len(pieces) == len(parts) + 1:
        names: list[str] = []
        for node in parts:
            name = _name(node)
            names.append(f"{name}{len(names) + 1}" if name in names else name)
        yield pieces[0] + "".join(
            "{" + name + "}" + piece for name, piece in zip(names, pieces[1:], strict=True)
        )


def _name(node: ast.expr) -> str:
    """Return a name for a value of a frame: that of its column, else the last of its code."""
    columns = [
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    words = re.findall(r"[a-z]\w*", (columns[0] if columns else ast.unparse(node)).lower())
    return words[-1] if words else "value"
