"""Where matching finds the few items of a large book that payments can be about."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

import narwhals.stable.v2 as nw

from dunwell.engine.matching.inputs import (
    ITEM_COLUMNS,
    ITEM_TEXTS,
    AnyFrame,
    Item,
    Key,
    ordered,
    with_texts,
)
from dunwell.engine.matching.said_numbers import numbers_of, said_items
from dunwell.engine.names import normalised_name

Amount = tuple[str, int]
"""A currency and minor units of it."""
Hint = tuple[Key, str, int]
"""A customer of whom an item with this open amount is looked for."""


class ItemSource(Protocol):
    """A book as matching asks it; every answer is about the book as it was before the run."""

    def names(self) -> Mapping[Key, str]:
        """Return the normalised name of every customer that has items."""

    def named(self, said: Collection[str]) -> list[Item]:
        """Return every item, settled or not, one of whose numbers has a form that is said."""

    def equal(self, amounts: Collection[Amount]) -> Mapping[Amount, int]:
        """Return how many items have exactly this open amount, where there are any."""

    def items(
        self,
        *,
        keys: Collection[Key],
        customers: Collection[Key],
        most: int,
        amounts: Collection[Amount],
        hinted: Collection[Hint],
    ) -> list[Item]:
        """Return the items of the keys, and open ones: of the customers, of the amounts, and
        those of a hinted customer with its amount.

        Of a customer's debits in a currency at least the `most` oldest, by due day and key. More
        is allowed, twice the same is not.
        """


class FrameItems:
    """The items of a frame, of any engine Narwhals knows."""

    def __init__(self, items: AnyFrame) -> None:
        """Read the frame once; raise SchemaError for a missing column."""
        frame = with_texts(items, ITEM_COLUMNS, ITEM_TEXTS, name="items")
        number = nw.when(nw.col("number") == "").then(nw.col("item_id").cast(nw.String))
        self._rows = frame.with_columns(
            number.otherwise(nw.col("number")).alias("number")
        ).collect()

    @cached_property
    def _numbers(self) -> nw.DataFrame:
        return numbers_of(self._rows)

    def names(self) -> Mapping[Key, str]:
        """Return the normalised name of every customer that has items."""
        return customer_names(self._rows)

    def named(self, said: Collection[str]) -> list[Item]:
        """Return every item, settled or not, one of whose numbers has a form that is said."""
        keys = said_items(self._numbers, said)
        return items_of(self._rows.filter(nw.col("item_id").is_in(keys))) if keys else []

    def equal(self, amounts: Collection[Amount]) -> Mapping[Amount, int]:
        """Return how many items have exactly this open amount, where there are any."""
        found: dict[Amount, int] = {}
        for currency, minors in _by_currency(amounts).items():
            rows = self._rows.filter(_is_of(currency, minors))
            for minor in rows["open_minor"].to_list():
                found[currency, minor] = found.get((currency, minor), 0) + 1
        return found

    def items(
        self,
        *,
        keys: Collection[Key],
        customers: Collection[Key],
        most: int,  # noqa: ARG002  the whole frame is at hand, and more is allowed
        amounts: Collection[Amount],
        hinted: Collection[Hint],
    ) -> list[Item]:
        """Return what is asked for, see `ItemSource`."""
        is_open, wanted = nw.col("open_minor") != 0, []
        if keys:
            wanted.append(nw.col("item_id").is_in(sorted(keys, key=ordered)))
        if customers:
            of_customers = nw.col("customer_id").is_in(sorted(customers, key=ordered))
            wanted.append(is_open & of_customers)
        wanted += [_is_of(*one) for one in _by_currency(amounts).items()]
        if hinted:
            told = dict(
                zip(_HINT, zip(*sorted(hinted, key=_hint_order), strict=True), strict=True)
            )
            schema = {name: self._rows.schema[name] for name in _HINT}
            hints = nw.from_dict(told, schema, backend=self._rows.implementation)
            these = self._rows.join(hints, on=list(_HINT), how="semi")["item_id"].to_list()
            wanted.append(nw.col("item_id").is_in(these))
        if not wanted:
            return []
        return items_of(self._rows.filter(nw.any_horizontal(*wanted, ignore_nulls=True)))


_HINT = ("customer_id", "currency", "open_minor")


def _hint_order(hint: Hint) -> tuple[object, ...]:
    return (ordered(hint[0]), *hint[1:])


def _by_currency(amounts: Iterable[Amount]) -> dict[str, list[int]]:
    """Return the amounts that are not 0 by their currency, in order."""
    found: dict[str, list[int]] = {}
    for currency, minor in sorted(set(amounts)):
        if minor:
            found.setdefault(currency, []).append(minor)
    return found


def _is_of(currency: str, minors: list[int]) -> nw.Expr:
    return (nw.col("currency") == currency) & nw.col("open_minor").is_in(minors)


def customer_names(items: nw.DataFrame) -> dict[Key, str]:
    """Return every customer's normalised name (of several spellings the first in order)."""
    names = items.group_by("customer_id").agg(nw.col("customer").min())
    whole = names.with_columns(normalised_name(nw.col("customer").fill_null("")))
    return dict(zip(whole["customer_id"].to_list(), whole["customer"].to_list(), strict=True))


def normalised_texts(texts: Iterable[str], like: nw.DataFrame) -> dict[str, str]:
    """Return each text's normalised form, computed on the engine that `like` lives on."""
    unique = sorted(set(texts))
    if not unique:
        return {}
    frame = nw.from_dict({"text": unique}, backend=like.implementation)
    plain = frame.with_columns(normalised_name(nw.col("text")).alias("plain"))
    return dict(zip(plain["text"].to_list(), plain["plain"].to_list(), strict=True))


def items_of(rows: nw.DataFrame) -> list[Item]:
    """Return the rows of a frame, in the columns ITEM_COLUMNS and ITEM_TEXTS, as items.

    Texts that many items share are kept once: books of several batches are in memory.
    """
    columns = (
        _shared(rows[name].to_list()) if name in _SHARED else rows[name].to_list()
        for name in Item._fields
    )
    return [Item._make(row) for row in zip(*columns, strict=True)]


_SHARED = ("customer", "currency", "terms", "status", "issued_day", "due_day")


def _shared(values: list[Any]) -> list[Any]:
    """Return the values, of equal ones the first in the place of all."""
    once: dict[Any, Any] = {}
    return [once.setdefault(one, one) for one in values]
