"""Columns that are sealed at rest, the marks by which they are found, and the keyring's file.

In Python a sealed field is its plain text; in the database it is `formats.sealing`. An empty text
stays empty, so that "has none" can be asked; every other comparison goes by the mark.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from dunwell import walls
from dunwell.formats.sealing import (
    MARK,
    Keyring,
    KeyringError,
    SealError,
    mark,
    new_keyring,
    opened,
    read_keyring,
    sealed,
    write_keyring,
)

SIGN_IN = "mfa_authenticator.data"
"""Secrets of a second factor: texts inside the JSON of allauth's table."""


class _Held:
    """The keyring as it was read last and which file that was, as one value: threads share it."""

    last: tuple[tuple[object, ...], Keyring] | None = None


def keyring() -> Keyring:
    """Return the keyring of the file; a desk without sealed rows gets a new one.

    Raises KeyringError when the file is missing though rows are sealed, or is damaged: a new key
    would not open them.
    """
    path = Path(settings.KEYRING_FILE)
    try:
        seen = _seen(path)
    except FileNotFoundError:
        if has_sealed_rows():
            raise KeyringError(
                f"The keyring {path} is missing, and rows are sealed with it. Bring back your"
                " copy; without it they cannot be opened."
            ) from None
        lay_first(path)
        seen = _seen(path)
    last = _Held.last
    if last is None or last[0] != seen:
        last = _Held.last = (seen, read_keyring(path.read_text(encoding="utf-8")))
    return last[1]


def lay_first(path: Path) -> None:
    """Write a new keyring where none lies, whole or not at all; the first of several wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(write_keyring(new_keyring()), encoding="utf-8")
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _seen(path: Path) -> tuple[object, ...]:
    told = path.stat()
    return (str(path), told.st_ino, told.st_mtime_ns, told.st_size)


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed in the database; only "is it empty" can be asked of the column."""

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return what goes into the column."""
        if hasattr(value, "as_sql") or not value:
            return super().get_db_prep_save(value, connection)
        return sealed(str(value), ring=keyring(), place=place_of(self))

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        """Return the plain text; raise SealError where it cannot be opened."""
        return opened(value, ring=keyring(), place=place_of(self)) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Refuse to compare with a text: a column under fresh nonces equals nothing."""
        if value and not hasattr(value, "as_sql"):
            raise FieldError(f"{self.name} is sealed; look it up by its mark.")
        return super().get_prep_value(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the lookups that make sense: is it empty, is it told."""
        return super().get_lookup(lookup_name) if lookup_name in {"exact", "isnull"} else None


class SealedJSONField(SealedTextField):
    """A document (a dict) that is sealed whole in the database; an empty one is empty text."""

    # what type checkers take and give in place of the text of the column
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return what goes into the column."""
        if isinstance(value, dict):
            value = json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder) if value else ""
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        """Return the document; raise SealError where it cannot be opened."""
        text = super().from_db_value(value, _expression, _connection)
        return json.loads(text) if text else {}

    def get_prep_value(self, value: Any) -> Any:
        """Refuse to compare with a document, but for an empty one."""
        return super().get_prep_value("" if value == {} else value)

    def to_python(self, value: Any) -> Any:
        """Leave a document as it is."""
        return value


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The mark of a sealed field beside it; it is written whenever the row is saved.

    `update()` of the sealed field has to give the mark too: `mark_of`.
    """

    def __init__(self, *args: Any, of: str = "", form: str = "exact", **kwargs: Any) -> None:
        """Take the sealed field's name and its normal form."""
        self.of, self.form = of, form
        kwargs.setdefault("max_length", MARK)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what migrations write down."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of, "form": self.form}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001
        """Return the mark of the sealed field as it is now."""
        text = getattr(model_instance, self.of) or ""
        told = mark_of(type(model_instance), self.of, text) if text else ""
        setattr(model_instance, self.attname, told)
        return told


def blind_indexes(model: type[models.Model]) -> dict[str, BlindIndexField]:
    """Return the marks of a model by the sealed field that each is of."""
    return {one.of: one for one in model._meta.local_fields if isinstance(one, BlindIndexField)}


def place_of(one: "models.Field[Any, Any]") -> str:
    """Return table.column, to which a sealed value is bound."""
    return f"{one.model._meta.db_table}.{one.column}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedColumn:
    """A sealed column of a table, and the column and normal form of its mark where it has one."""

    table: str
    column: str
    marked: str = ""
    form: str = ""

    @property
    def place(self) -> str:
        """Return table.column."""
        return f"{self.table}.{self.column}"


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Return every sealed column of the desk, by table and column."""
    found = []
    for model in apps.get_app_config("dunwell").get_models():
        marks = blind_indexes(model)
        for one in model._meta.local_fields:
            if isinstance(one, SealedTextField):
                of = marks.get(one.name)
                found.append(
                    SealedColumn(
                        table=model._meta.db_table,
                        column=str(one.column),
                        marked=str(of.column) if of else "",
                        form=of.form if of else "",
                    )
                )
    return tuple(sorted(found, key=lambda one: one.place))


@walls.everything()
def has_sealed_rows() -> bool:
    """Return whether any row would be lost with the keyring."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for one in sealed_columns():
            if one.table in tables:
                # names are our own
                cursor.execute(f"SELECT 1 FROM {one.table} WHERE {one.column} LIKE '~%%' LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    return True
        if SIGN_IN.split(".", maxsplit=1)[0] in tables:
            cursor.execute(
                "SELECT 1 FROM mfa_authenticator WHERE CAST(data AS text) LIKE %s LIMIT 1",
                ['%"~%'],
            )
            return cursor.fetchone() is not None
    return False


def mark_of(model: type[models.Model], name: str, text: str) -> str:
    """Return the mark by which rows with this text in a sealed field are found; may be empty."""
    return marks_of(model, name, [text])[0]


def marks_of(model: type[models.Model], name: str, texts: Sequence[str]) -> list[str]:
    """Return the marks of many texts of one sealed field."""
    form = blind_indexes(model)[name].form
    ring, place = keyring(), place_of(model._meta.get_field(name))  # type: ignore[arg-type]
    return [mark(text, ring=ring, place=place, form=form) for text in texts]


def as_seen(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as conditions on columns: a sealed field goes by its mark."""
    return {
        (f"{name}_mark" if value and _is_sealed(model, name) else name): (
            mark_of(model, name, value) if value and _is_sealed(model, name) else value
        )
        for name, value in values.items()
    }


def with_marks(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values for `update()`, those of marked fields with their marks."""
    marks = {
        one.name: mark_of(model, name, values[name]) if values[name] else ""
        for name, one in blind_indexes(model).items()
        if name in values
    }
    return {**values, **marks}


def _is_sealed(model: type[models.Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), SealedTextField)


def sealed_texts(model: type[models.Model], name: str, texts: Iterable[str]) -> list[str]:
    """Return many texts sealed for one field, for rows that are written without the model."""
    ring, place = keyring(), place_of(model._meta.get_field(name))  # type: ignore[arg-type]
    return [sealed(text, ring=ring, place=place) if text else "" for text in texts]


def opened_texts(model: type[models.Model], name: str, values: Iterable[str]) -> list[str]:
    """Return many values of one sealed column opened, for rows that were read as columns."""
    ring, place = keyring(), place_of(model._meta.get_field(name))  # type: ignore[arg-type]
    return [opened(value, ring=ring, place=place) if value else "" for value in values]


__all__ = [
    "SIGN_IN",
    "BlindIndexField",
    "KeyringError",
    "SealError",
    "SealedColumn",
    "SealedJSONField",
    "SealedTextField",
    "as_seen",
    "blind_indexes",
    "has_sealed_rows",
    "keyring",
    "lay_first",
    "mark_of",
    "marks_of",
    "opened_texts",
    "place_of",
    "sealed_columns",
    "sealed_texts",
    "with_marks",
]
