"""Queries that are put together once and then only get their values.

For a page of fifty queries Django spends more on composing SQL than the database on answering:
the same text each time, with other values. What `prepared` marks is composed at the first call
for each shape of its arguments and read with the values of every call.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    Field,
    Model,
    Q,
    QuerySet,
)

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
R = TypeVar("R")

MOST_SHAPES = 64
"""So many ways of calling one function are kept; they differ by lengths and names, not values."""
LARGEST = 2**63
"""Integers from here on fit into no column; Django knows what a comparison with one means."""
COMPARED = frozenset({"exact", "gt", "gte", "lt", "lte"})
"""Comparisons of a condition that take a value later; others only a list of records' own keys."""

_FIELDS: "Sequence[tuple[type, Field[Any, Any]]]" = (
    (bool, BooleanField()),
    (int, BigIntegerField()),
    (str, CharField()),
    (datetime, DateTimeField()),
    (date, DateField()),
)
"""The field by which a value is written; a bool is an int and a datetime a date, so first."""

_OTHERS = frozenset(name for _, field in _FIELDS for name in field.get_lookups()) - COMPARED


class _Anew(Exception):
    """These arguments hold something that a prepared query cannot be given."""


class _Given(Expression):
    """The place of a value in a query that is put together before the value is known."""

    def __init__(self, place: int, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.place = place

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        """Return a placeholder with itself as the value, to be found again."""
        return "%s", (self,)

    def get_group_by_cols(self) -> list[Any]:
        """Return no column: a value is the same for every row."""
        return []


@dataclass(frozen=True, slots=True)
class _Plan:
    """A query put together, its SQL, and where its values come from; no SQL finds no row."""

    rows: QuerySet[Any, Any]
    compiler: Any
    sql: str
    values: Sequence[Any]
    places: Sequence[tuple[int, _Given]]
    converters: Mapping[int, Any]
    has_pairs: bool = False
    """Whether a column of several is read, which is the same for every call."""

    @property
    def is_lock(self) -> bool:
        """Return whether it locks what it finds, which only a transaction may."""
        return bool(self.rows.query.select_for_update)

    def read(self, given: Sequence[Any]) -> list[Any]:
        """Return what the query finds with the values of this call."""
        if not self.sql:
            return []
        line = connections[DEFAULT_DB_ALIAS]
        values = list(self.values)
        for at, one in self.places:
            values[at] = one.output_field.get_db_prep_value(given[one.place], line)
        # a compiler holds the connection of one thread, so each call has its own
        compiler = _twin(self.compiler)
        compiler.connection = line
        compiler.as_sql = lambda *_, **__: (self.sql, tuple(values))
        compiler.get_converters = lambda _: self.converters
        compiler.has_composite_fields = lambda _: self.has_pairs
        query = _twin(self.rows.query)
        query.get_compiler = lambda *_, **__: compiler
        return list(_of(self.rows, query))


def prepared(build: Callable[P, QuerySet[M, R]]) -> Callable[P, list[R]]:
    """Let a function that returns a query return its rows, composed once and read each time.

    Arguments given by position are values: numbers, texts, days, moments and records, sequences
    of them, mappings of names to them, and conditions (`Q`) with them, though none of what lies
    within JSON. They may stand only where a query takes an expression, and the function may not
    look at them. Those given by name shape the query and are themselves. With anything else (None,
    a condition by a subquery) the query is composed anew, as without this. The function may ask
    neither the clock nor for a translation, which the first call would settle for all.
    """
    plans: OrderedDict[Any, _Plan | None] = OrderedDict()
    guard = threading.Lock()

    @wraps(build)
    def read(*args: P.args, **named: P.kwargs) -> list[R]:
        given: list[Any] = []
        try:
            shape = tuple(_shape(value, given) for value in args)
        except _Anew:
            return list(build(*args, **named))
        key = (connections[DEFAULT_DB_ALIAS].vendor, shape, tuple(sorted(named.items())))
        with guard:
            is_known, plan = key in plans, plans.get(key)
        if not is_known:
            places = iter([_Given(n, _field(value)) for n, value in enumerate(given)])
            try:
                plan = _planned(build(*(_placed(value, places) for value in args), **named))
            except (TypeError, ValueError):
                # a field that works with the value itself, as a list of foreign keys does
                plan = None
            with guard:
                plans[key] = plan
                while len(plans) > MOST_SHAPES:
                    plans.popitem(last=False)
        if plan is None or (plan.is_lock and connections[DEFAULT_DB_ALIAS].get_autocommit()):
            # where there is no transaction Django refuses to lock, as it composes
            return list(build(*args, **named))
        return plan.read(given)

    return read


def _planned(rows: QuerySet[Any, Any]) -> _Plan:
    compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return _Plan(rows, compiler, "", (), (), {})
    places = [(at, value) for at, value in enumerate(values) if isinstance(value, _Given)]
    shown = compiler.select[: compiler.col_count]
    fields = [one for one, *_ in shown]
    converters, has_pairs = compiler.get_converters(fields), compiler.has_composite_fields(fields)
    return _Plan(rows, compiler, sql, values, places, converters, has_pairs)


def _twin(one: Any) -> Any:
    """Return another object with the same attributes; `copy` takes three times as long."""
    twin = object.__new__(type(one))
    vars(twin).update(vars(one))
    return twin


def _of(rows: QuerySet[Any, Any], query: Any) -> QuerySet[Any, Any]:
    """Return the rows by another query, unread; a chained copy would copy the query as well."""
    found = type(rows)(model=rows.model, query=query, using=DEFAULT_DB_ALIAS)
    for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
        setattr(found, name, getattr(rows, name))
    return found


def _field(value: object) -> "Field[Any, Any]":
    for kind, field in _FIELDS:
        if isinstance(value, kind):
            return field
    raise _Anew


def _shape(value: Any, given: list[Any]) -> Any:
    """Return what of a value shapes the query, and add what does not to the given values."""
    if isinstance(value, Q):
        parts = tuple(_leaf_shape(one, given) for one in value.children)
        return (value.connector, value.negated, parts)
    if isinstance(value, Mapping):
        return tuple((name, _shape(one, given)) for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_shape(one, given) for one in value)
    if isinstance(value, Model):
        value = value.pk
    field = _field(value)
    if isinstance(value, int) and not -LARGEST <= value < LARGEST:
        raise _Anew
    given.append(value)
    return field


def _leaf_shape(one: Any, given: list[Any]) -> Any:
    if not isinstance(one, tuple):
        # a condition within, or an expression, which is composed anew
        if isinstance(one, Q):
            return _shape(one, given)
        raise _Anew
    name, value = one
    if _is_constant(name, value):
        return (name, value)
    known = name.rpartition("__")[2]
    if known in _OTHERS and not name.endswith(("pk__in", "id__in")):
        raise _Anew
    return (name, _shape(value, given))


def _placed(value: Any, places: Iterator[_Given]) -> Any:
    """Return a value with the places of what was given, in the order of `_shape`."""
    if isinstance(value, Q):
        parts = [_leaf_placed(one, places) for one in value.children]
        return Q(*parts, _connector=value.connector, _negated=value.negated)
    if isinstance(value, Mapping):
        return {name: _placed(one, places) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_placed(one, places) for one in value)
    return next(places)


def _leaf_placed(one: Any, places: Iterator[_Given]) -> Any:
    if isinstance(one, Q) or _is_constant(*one):
        return _placed(one, places) if isinstance(one, Q) else one
    name, value = one
    return (name, _placed(value, places))


def _is_constant(name: str, value: Any) -> bool:
    """Return whether a condition is one of its own by its value: that something is empty."""
    return value is None or name.endswith("__isnull")
