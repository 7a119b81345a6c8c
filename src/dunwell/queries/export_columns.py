"""What a column of an export means, and in which unit: from its name, its choices, its words.

Names follow the house's grammar (docs/glossary.md), so that a suffix tells the unit; where a
model says more about a field, its own words are taken.
"""

import ast
import inspect
import sys
from functools import cache
from typing import Any

from django.db import models
from django.db.models import ForeignKey
from django.utils.translation import override

from dunwell.models.sealed import BlindIndexField, SealedTextField

UNITS = {
    "_minor": "whole minor units of the row's currency",
    "_ppm": "parts per million",
    "_bp": "basis points",
    "_days": "days",
    "_minutes": "minutes",
    "_hours": "hours",
    "_seconds": "seconds",
    "_bytes": "bytes",
    "_on": "day in the company's time zone",
    "_at": "moment in UTC",
    "_sha256": "SHA-256, hexadecimal",
    "_hash": "SHA-256, hexadecimal",
}
NAMES = {
    "id": "key of the row",
    "currency": "ISO 4217 code",
    "country": "ISO 3166-1 code",
    "language": "language code",
    "zone": "IANA time zone",
    "sha256": "of the kept bytes",
    "by": "who did it",
    "recorded_at": "when the row was written",
    "recorded_on": "day the row was written",
}


def unit_of(field: "models.Field[Any, Any]") -> str:
    """Return the unit of a column's values; empty where there is none."""
    name = "_sha256" if field.name == "sha256" else field.name
    return next((unit for suffix, unit in UNITS.items() if name.endswith(suffix)), "")


def meaning_of(field: "models.Field[Any, Any]") -> str:
    """Return what a column holds, in a few words of English."""
    parts = [_own_words(field) or NAMES.get(field.name) or _words(field.name)]
    if isinstance(field, ForeignKey):
        parts.append(f"key of a row of {field.related_model._meta.db_table}")
    if isinstance(field, BlindIndexField):
        parts.append(f"mark by which {field.of} is found; not in an opened export")
    if isinstance(field, SealedTextField):
        parts.append("sealed, unless the export is opened")
    if field.choices:
        parts.append("one of " + ", ".join(str(value) for value, _ in _choices(field)))
    if field.null:
        parts.append("may be missing")
    return "; ".join(parts)


def _words(name: str) -> str:
    """Return a name as words, without the suffix that its unit tells."""
    suffix = next((suffix for suffix in UNITS if name.endswith(suffix)), "")
    return name.removesuffix(suffix if suffix not in {"_on", "_at"} else "").replace("_", " ")


def table_meaning(model: type[models.Model]) -> str:
    """Return the first sentence of what a model says of itself."""
    text = inspect.getdoc(model) or ""
    if not model.__module__.startswith("dunwell.") or text.startswith(f"{model.__name__}("):
        return str(model._meta.verbose_name).capitalize() + "."
    return " ".join(text.split("\n\n")[0].split())


def _choices(field: "models.Field[Any, Any]") -> list[tuple[Any, Any]]:
    with override("en"):
        return [
            pair
            for value, label in field.choices or ()
            for pair in (label if isinstance(label, (list, tuple)) else [(value, label)])
        ]


def _own_words(field: "models.Field[Any, Any]") -> str:
    return _words_of(field.model.__module__).get((field.model.__name__, field.name), "")


@cache
def _words_of(module: str) -> dict[tuple[str, str], str]:
    """Return the texts that stand under fields in a file, by model and field."""
    if not module.startswith("dunwell."):
        return {}
    found = {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    for model in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for first, then in zip(model.body, model.body[1:], strict=False):
            if not (isinstance(first, ast.Assign) and isinstance(first.targets[0], ast.Name)):
                continue
            if isinstance(then, ast.Expr) and isinstance(then.value, ast.Constant):
                text = " ".join(str(then.value.value).split()).rstrip(".")
                found[model.name, first.targets[0].id] = text
    return found
