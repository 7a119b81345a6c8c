"""What a full export holds: every table of records with its columns, and their rows as stored.

Left out is what lets somebody in (passwords, second factors, sessions, links and codes) and what
Django makes by itself. Tokens of programs stay as the hashes they are: nobody can use those.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import ForeignKey, TextField, Value
from django.db.models.functions import Cast
from django.db.models.query import QuerySet

from dunwell.formats.record_files import PIECE, Column, Kind
from dunwell.formats.sealing import opened
from dunwell.models import Company, PortalPerson, User
from dunwell.models.sealed import (
    BlindIndexField,
    SealedTextField,
    keyring,
    place_of,
)
from dunwell.queries.export_columns import meaning_of, unit_of

LEFT_OUT: Mapping[str, str] = {
    "auth.Group": "made by `migrate`; Dunwell's rights hang on memberships",
    "auth.Group_permissions": "made by `migrate`",
    "auth.Permission": "made by `migrate`",
    "contenttypes.ContentType": "made by `migrate`",
    "dunwell.User_groups": "not used",
    "dunwell.User_user_permissions": "not used",
    "sessions.Session": "who is signed in",
    "usersessions.UserSession": "who is signed in",
    "account.EmailConfirmation": "codes sent to prove an address",
    "mfa.Authenticator": "second factors",
    "socialaccount.SocialApp": "secret of a provider of identities",
    "socialaccount.SocialToken": "tokens of a provider of identities",
    "dunwell.SignInLink": "links that sign somebody in",
    "dunwell.SamlAnswer": "marks of answers that signed somebody in, until they have ended",
    "dunwell.SamlKey": "key pairs for which a provider of identities encrypts; make a new one",
    "dunwell.PortalCode": "codes that sign a debtor in",
    "dunwell.PortalKnock": "counts of wrong codes",
    "dunwell.PortalPasskey": "passkeys, bound to the address of the desk",
    "dunwell.IdempotencyKey": "answers kept for repeated requests",
}
"""Tables that are no part of an export, and why."""

BLANKED: Mapping[str, str] = {
    "dunwell_user.password": "!",
    "dunwell_portalperson.session_nonce": "",
}
"""Columns that are written as these values: a password that no word fits, no session, no token."""

KINDS: Mapping[str, Kind] = {
    "BooleanField": "yes or no",
    "DateField": "day",
    "DateTimeField": "moment",
    "JSONField": "document",
    "BinaryField": "bytes",
    "CharField": "text",
    "EmailField": "text",
    "TextField": "text",
    "GenericIPAddressField": "text",
    **dict.fromkeys(
        (
            *("AutoField", "BigAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"),
            *("PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField"),
        ),
        "whole number",
    ),
}
"""How a column of a type is written; another type has to be given its kind here first."""
EVERYBODYS = (PortalPerson, User)
"""Tables of persons: an export of one company holds those that its rows name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table of an export. `fields` are the model's, in the order of `columns`."""

    model: type[models.Model]
    name: str
    fields: tuple["models.Field[Any, Any]", ...]
    columns: tuple[Column, ...]


@cache
def export_tables(*, is_opened: bool) -> tuple[Table, ...]:
    """Return every table of an export, persons last; an opened one holds no marks."""
    found = [
        _table(model, is_opened=is_opened)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in LEFT_OUT and model._meta.managed
    ]
    last = {model: place for place, model in enumerate(EVERYBODYS, 1)}

    def order(table: Table) -> tuple[int, bool, str]:
        is_ours = table.model._meta.app_label == "dunwell"
        return last.get(table.model, 0), not is_ours, table.name

    others = [one for one in found if one.model._meta.app_label != "dunwell"]
    ours = sorted((one for one in found if one not in others), key=order)
    return (*ours, *sorted(others, key=order))


def by_keys(tables: Iterable[Table]) -> list[Table]:
    """Return tables in an order to write them in: each after those that its rows point to.

    PostgreSQL looks up the keys of the ledger when a row is written, not at the transaction's end.
    Of tables that point to each other one comes first all the same.
    """
    waiting = {table.model: table for table in tables}
    told: list[Table] = []

    def put(table: Table) -> None:
        for field in table.fields:
            if isinstance(field, ForeignKey) and field.related_model in waiting:
                put(waiting.pop(field.related_model))
        told.append(table)

    while waiting:
        put(waiting.pop(next(iter(waiting))))
    return told


def _table(model: type[models.Model], *, is_opened: bool) -> Table:
    fields = tuple(
        one
        for one in model._meta.local_concrete_fields
        if not (is_opened and isinstance(one, BlindIndexField))
    )
    return Table(
        model=model,
        name=model._meta.db_table,
        fields=fields,
        columns=tuple(
            Column(name=str(one.column), kind=kind_of(one), unit=unit_of(one),
                   meaning=meaning_of(one))
            for one in fields
        ),
    )  # fmt: skip


def kind_of(field: "models.Field[Any, Any]") -> Kind:
    """Return what kind of value a column holds."""
    if isinstance(field, ForeignKey):
        return kind_of(field.target_field)
    if isinstance(field, SealedTextField):
        return "text"
    return KINDS[field.get_internal_type()]


@contextmanager
def one_moment() -> Iterator[None]:
    """Show one state of the database in the block, while others write."""
    is_outermost = not connection.in_atomic_block
    if connection.vendor == "postgresql":
        with transaction.atomic():
            if is_outermost:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    mode = connection.transaction_mode  # type: ignore[attr-defined]
    # a reader of a WAL sees one state and holds no writer up
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]


class Rows:
    """The rows of an export, table by table, in the order of their keys.

    With a company only its rows, and of persons those that rows read before named: read the
    tables in the order of `export_tables`.
    """

    def __init__(self, *, company: Company | None, is_opened: bool) -> None:
        self.company, self.is_opened = company, is_opened
        self.named: dict[type[models.Model], set[int]] = {model: set() for model in EVERYBODYS}
        self.hashes: set[str] = set()

    def of(self, table: Table) -> Iterator[list[tuple[Any, ...]]]:
        """Yield a table's rows in pieces, their values as the column's kind says."""
        if (found := self._scope(table.model)) is None:
            return
        values = found.order_by("pk").values_list(*(self._stored(one) for one in table.fields))
        turned = [self._turn(one) for one in table.fields]
        named = [
            (place, self.named[one.related_model])
            for place, one in enumerate(table.fields)
            if isinstance(one, ForeignKey) and one.related_model in self.named
        ]
        hashed = [n for n, one in enumerate(table.fields) if one.name.endswith("sha256")]
        rows = values.iterator(chunk_size=PIECE)
        while piece := list(islice(rows, PIECE)):
            told = [
                tuple(turn(value) if turn else value
                      for turn, value in zip(turned, row, strict=True))
                for row in piece
            ]  # fmt: skip
            for place, keys in named:
                keys.update(row[place] for row in told if row[place] is not None)
            for place in hashed:
                self.hashes.update(row[place] for row in told)
            yield told

    def _scope(self, model: type[models.Model]) -> "QuerySet[models.Model] | None":
        rows: QuerySet[models.Model] = QuerySet(model)
        if self.company is None:
            return rows
        if model is Company:
            return rows.filter(pk=self.company.pk)
        if model in self.named:
            return rows.filter(pk__in=self.named[model])
        path = company_path(model)
        if path == "user":
            return rows.filter(user__in=self.named[User])
        return rows.filter(**{path: self.company.pk}) if path else None

    def _stored(self, field: "models.Field[Any, Any]") -> Any:
        """Return how a column is read: documents and sealed values as their text."""
        blank = BLANKED.get(f"{field.model._meta.db_table}.{field.column}")
        if blank is not None:
            return Value(blank)
        if isinstance(field, SealedTextField) or kind_of(field) == "document":
            return Cast(field.attname, TextField())
        return field.attname

    def _turn(self, field: "models.Field[Any, Any]") -> Any:
        if kind_of(field) == "bytes":
            return lambda value: None if value is None else bytes(value)
        if self.is_opened and isinstance(field, SealedTextField):
            place = place_of(field)
            return lambda value: opened(value, ring=keyring(), place=place) if value else value
        return None


@cache
def company_path(model: type[models.Model]) -> str:
    """Return the condition that leads from a row to its company; empty where none does."""
    keys = [one for one in model._meta.local_fields if isinstance(one, ForeignKey)]
    if any(one.column == "company_id" for one in keys):
        return "company"
    if model._meta.app_label != "dunwell":
        return "user" if any(one.name == "user" for one in keys) else ""
    for one in keys:
        related = one.related_model
        if one.null or related is model or related in EVERYBODYS or related is Company:
            continue
        if path := company_path(related):
            return f"{one.name}__{path}"
    return ""


class Digest:
    """SHA-256 over the rows of a table, the same for every form of file and either database."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.documents = [n for n, one in enumerate(columns) if one.kind == "document"]
        self.total, self.rows = hashlib.sha256(), 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take some rows, in the order of their keys."""
        for row in rows:
            told = list(row)
            for place in self.documents:
                if told[place] is not None:
                    told[place] = [_plain(json.loads(told[place]))]
            self.total.update(
                json.dumps(told, default=_told, sort_keys=True, ensure_ascii=False).encode()
            )
            self.rows += 1

    def told(self) -> str:
        """Return the digest of what was taken."""
        return self.total.hexdigest()


def _plain(value: Any) -> Any:
    """Return a document's value with numbers as PostgreSQL keeps them: 1e3 is 1000."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _told(value: Any) -> str:
    """Return a day, a moment or bytes as text."""
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value.isoformat()
