"""The few items and names of a large book that a batch of payments can be about, set-based."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import ascii_uppercase

import narwhals.stable.v2 as nw

from dunwell.engine.matching.inputs import (
    ITEM_COLUMNS,
    ITEM_TEXTS,
    AnyFrame,
    Item,
    Key,
    lazy,
    ordered,
    with_texts,
)
from dunwell.engine.names import normalised_name
from dunwell.engine.number_forms import plain_text

SEVERAL = r"[\s;,|]"
_SPLIT = re.compile(rf"{SEVERAL}+")


def item_rows(items: AnyFrame) -> nw.LazyFrame:
    """Return the items with every column matching reads; `number` falls back to the key."""
    frame = with_texts(items, ITEM_COLUMNS, ITEM_TEXTS, name="items")
    number = nw.when(nw.col("number") == "").then(nw.col("item_id").cast(nw.String))
    return frame.with_columns(number.otherwise(nw.col("number")).alias("number"))


def customer_names(items: nw.LazyFrame) -> dict[Key, str]:
    """Return every customer's normalised name (of several spellings the first in order)."""
    names = items.group_by("customer_id").agg(nw.col("customer").min())
    whole = names.with_columns(normalised_name(nw.col("customer").fill_null(""))).collect()
    return dict(zip(whole["customer_id"].to_list(), whole["customer"].to_list(), strict=True))


def normalised_texts(texts: Iterable[str], like: nw.DataFrame) -> dict[str, str]:
    """Return each text's normalised form, computed on the engine that `like` lives on."""
    unique = sorted(set(texts))
    if not unique:
        return {}
    frame = nw.from_dict({"text": unique}, backend=like.implementation)
    plain = frame.with_columns(normalised_name(nw.col("text")).alias("plain"))
    return dict(zip(plain["text"].to_list(), plain["plain"].to_list(), strict=True))


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Items in the order of their keys, and which of them may be named by number."""

    items: dict[Key, Item]
    named: frozenset[Key]


def items_about(
    items: nw.LazyFrame,
    *,
    keys: Iterable[str],
    customers: Iterable[Key],
    amounts: Iterable[int],
) -> Shortlist:
    """Return the items whose number is said, or open ones of the customers or of the amounts.

    `keys` are forms of numbers (`claims.said_keys`). Settled items come only by their number.
    """
    said = sorted(keys)
    number = nw.col("number").fill_null("").str.to_uppercase()
    other = nw.col("reference").str.to_uppercase()
    is_open = nw.col("open_minor") != 0
    is_named = _is_said(number, said) | ((other != "") & _is_said(other, said))
    listed = _named_by_one_of_several(items, frozenset(said))
    if listed:
        is_named = is_named | nw.col("item_id").is_in(listed)
    wanted = (
        nw.col("is_named")
        | (is_open & nw.col("customer_id").is_in(sorted(set(customers), key=ordered)))
        | (is_open & nw.col("open_minor").is_in(sorted(set(amounts))))
    )
    frame = lazy(items).with_columns(is_named.alias("is_named")).filter(wanted)
    rows = frame.select(*ITEM_COLUMNS, *ITEM_TEXTS, "is_named").collect()
    keys, flags = rows["item_id"].to_list(), rows["is_named"].to_list()
    found = dict(zip(keys, _items(rows), strict=True))
    is_numbered = all(isinstance(key, int) for key in found)
    order = sorted(found) if is_numbered else sorted(found, key=ordered)
    return Shortlist(
        {key: found[key] for key in order},
        frozenset(key for key, flag in zip(keys, flags, strict=True) if flag),
    )


def _items(rows: nw.DataFrame) -> Iterator[Item]:
    """Yield the rows as items; spelled out, for a large book has many that fit by amount."""
    columns = (rows[name].to_list() for name in (*ITEM_COLUMNS, *ITEM_TEXTS))
    for row in zip(*columns, strict=True):
        yield Item(
            item_id=row[0],
            customer_id=row[1],
            customer=row[2],
            issued_day=row[3],
            due_day=row[4],
            amount_minor=row[5],
            open_minor=row[6],
            currency=row[7],
            number=row[8],
            reference=row[9],
            terms=row[10],
            status=row[11],
        )


def _is_said(text: nw.Expr, said: list[str]) -> nw.Expr:
    """Return whether one of the forms of an item's number is among those said."""
    digits = text.str.replace_all("[^0-9]", "")
    return (
        plain_text(text).is_in(said)
        | digits.is_in(said)
        | _core(text).is_in(said)
        | _tail(text).is_in(said)
    )


def _named_by_one_of_several(items: nw.LazyFrame, said: frozenset[str]) -> list[Key]:
    """Return the items of which one of several other numbers is said."""
    several = nw.col("reference").str.contains(SEVERAL)
    rows = lazy(items).filter(several).select("item_id", "reference").collect()
    pairs = zip(rows["item_id"].to_list(), rows["reference"].to_list(), strict=True)
    return [key for key, text in pairs if not said.isdisjoint(_parts(text))]


def _parts(text: str) -> Iterator[str]:
    """Return the plain and the digits' form of each number in a list of them."""
    for one in _SPLIT.split(text.upper()):
        plain = "".join(sign for sign in one if sign.isalnum())
        yield plain
        yield plain.lstrip(ascii_uppercase).lstrip("0")


def _core(upper: nw.Expr) -> nw.Expr:
    parted = upper.str.replace_all("[^0-9]+", " ").str.replace_all(r"\b0+", "")
    return parted.str.replace_all(" ", "")


def _tail(upper: nw.Expr) -> nw.Expr:
    last = upper.str.replace_all("[^0-9]+$", "").str.replace_all("^.*[^0-9]", "")
    return last.str.replace_all("^0+", "")
