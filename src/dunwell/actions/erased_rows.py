"""Personal words taken out of rows: the whole value, or the words alone where others stand too."""

import json
import re
from collections.abc import Collection
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Model, QuerySet

from dunwell.models import Customer
from dunwell.models.sealed import blind_indexes, with_marks
from dunwell.queries.personal import PersonalField
from dunwell.queries.persons import rows_of

ERASED = "[erased]"
"""What stands where a word was."""


def replace_rows(
    customer: Customer,
    goes: str,
    *,
    words: Collection[str] | None,
    ended: Collection[int] | None = None,
) -> dict[str, int]:
    """Replace the words, without words the whole values, in rows of a customer; count the rows."""
    counts: dict[str, int] = {}
    if words is not None and not words:
        return counts
    for row, found in rows_of(customer, goes, words=words, ended=ended):
        values = {one.field: left_of(row, one, words) for one in found}
        if all(getattr(row, name) == value for name, value in values.items()):
            continue  # replaced before
        QuerySet(type(row)).filter(pk=row.pk).update(**with_marks(type(row), values))
        name = row._meta.model_name or ""
        counts[name] = counts.get(name, 0) + 1
    return counts


def left_of(row: Model, one: PersonalField, words: Collection[str] | None) -> Any:
    """Return what is left of a field without the words, or without its whole value."""
    field = row._meta.get_field(one.field)
    value = getattr(row, one.field)
    if isinstance(field, models.JSONField):
        if words is None:
            return type(value)()
        text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
        return json.loads(_blanked(text, words))
    if isinstance(field, models.EmailField) or one.field == "email":
        return ""
    text = str(value)
    if not isinstance(value, str):  # a sealed document
        return {}
    most = field.max_length if isinstance(field, models.CharField) else None
    left = ERASED if words is None else _blanked(text, words)
    if left != text and _is_told_apart_by(type(row), one.field):
        left = f"{left} {row.pk}"
    return left[:most] if most else left


def _is_told_apart_by(model: type[Model], field: str) -> bool:
    """Return whether two rows of a customer may not have the same value there."""
    marks = blind_indexes(model)
    names = {field, marks[field].name} if field in marks else {field}
    return any(
        names & set(one.fields)
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint)
    )


def _blanked(text: str, words: Collection[str]) -> str:
    for word in words:
        text = re.sub(re.escape(word), ERASED, text, flags=re.IGNORECASE)
    return text
