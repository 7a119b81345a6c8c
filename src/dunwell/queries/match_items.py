"""The items of a company as matching asks for them: looked up in the records, not read whole.

Everything is found by key, customer, amount, or the last digits of a number. Only where a run says
nearly as many numbers as the book has are all of them read, once. What is answered is what stands
in the records at that moment, which is why posting compares what was open then with what is open
under its locks.
"""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property

import narwhals.stable.v2 as nw
import polars as pl
from django.db import connection

from dunwell.engine.calendars import day_number
from dunwell.engine.matching.inputs import Item, Key
from dunwell.engine.matching.said_numbers import last_digits, numbers_of, said_items
from dunwell.engine.matching.shortlist import Amount, Hint, customer_names, items_of
from dunwell.models import Company
from dunwell.models.number_ends import ending_sql, only_ending_sql
from dunwell.queries.frames import date_of, day, listed, read_rows

SETTLED_DAYS = 400
"""Items settled within so many days are still recognised: as paid already, or paid twice."""
PACKED = 50_000
"""Items whose numbers PostgreSQL tells in one row, which is far quicker than a row each."""

READ_FOR = 4
"""Numbers that are read in the time it takes to look for one ending."""

_NUMBERS = """
SELECT i.id AS item_id, i.number, i.reference
FROM dunwell_openitem o CROSS JOIN dunwell_item i
WHERE i.id = o.item_id AND i.company_id = %(company)s AND i.kind <> 'refund'
  AND i.issued_on <= {today}
UNION ALL
SELECT i.id, i.number, i.reference FROM dunwell_item i
WHERE i.company_id = %(company)s AND i.kind <> 'refund' AND i.issued_on <= {today}
  AND NOT EXISTS (SELECT 1 FROM dunwell_openitem o WHERE o.item_id = i.id)
  AND i.id IN (SELECT item_id FROM dunwell_allocation
               WHERE company_id = %(company)s AND applied_on > {settled})
"""
"""SQLite reads tables in the order of a CROSS JOIN: by the few that are open, not by all items."""
_ENDS = """
SELECT i.id AS item_id, i.number, i.reference
FROM (SELECT e.id FROM {ends} w {by_number} UNION SELECT e.id FROM {ends} w {by_reference}) f
{item}
WHERE +i.company_id = %(company)s AND i.kind <> 'refund' AND i.issued_on <= {today}
  AND (EXISTS (SELECT 1 FROM dunwell_openitem o WHERE o.item_id = i.id)
       OR EXISTS (SELECT 1 FROM dunwell_allocation a
                  WHERE a.item_id = i.id AND +a.company_id = %(company)s
                    AND a.applied_on > {settled}))
"""
"""The same rows as _NUMBERS, of items whose number or reference may end so."""
_END: Mapping[str, str] = {
    "sqlite": "CROSS JOIN dunwell_item e WHERE {end} = w.value AND +e.company_id = %(company)s",
    "postgresql": """CROSS JOIN LATERAL (
  SELECT e.id FROM dunwell_item e WHERE {end} = w.value AND +e.company_id = %(company)s OFFSET 0) e
""",
}
"""Each wanted ending by its index, as _BY_KEY has it."""
_FEW = """
SELECT COUNT(*) FROM (
  SELECT 1 FROM dunwell_openitem o WHERE o.company_id = %(company)s LIMIT %(most)s) n
"""
_NAMES = """
SELECT k.id, k.name FROM dunwell_customer k WHERE k.company_id = %(company)s AND (
  EXISTS (SELECT 1 FROM dunwell_openitem o WHERE o.customer_id = k.id)
  OR EXISTS (SELECT 1 FROM dunwell_item i CROSS JOIN dunwell_allocation a
             WHERE i.customer_id = k.id AND a.item_id = i.id AND a.applied_on > {settled}))
"""
"""Only of a customer that owes nothing are the settled items looked at, as far as the first."""
_EQUAL = """
SELECT o.currency, o.open_minor, COUNT(*) FROM dunwell_openitem o
WHERE o.company_id = %(company)s AND o.currency IN {currencies} AND o.open_minor IN {minors}
GROUP BY o.currency, o.open_minor
"""
_STOPS = """
h.reason IN ('legal', 'insolvency') AND h.released_on IS NULL
AND {from_day} <= %(today)s AND (h.until_on IS NULL OR {until_day} >= %(today)s)
"""
"""Holds that stop posting. The others (an agreement, a plan) only stop chasing: what is paid
under them is just what was agreed."""
_ITEMS = """
SELECT i.id, i.customer_id, k.name, i.number, i.reference, {issued_day}, {due_day},
       i.amount_minor, w.open_minor, i.currency,
       k.terms || COALESCE((SELECT '; ' || f.terms FROM dunwell_earlypaymentoffer f
                            WHERE f.item_id = i.id AND f.status IN ('open', 'accepted')), ''),
       CASE WHEN EXISTS (SELECT 1 FROM dunwell_dispute d
                         WHERE d.item_id = i.id AND d.closed_on IS NULL) THEN 'disputed'
            WHEN EXISTS (SELECT 1 FROM dunwell_hold h WHERE h.item_id = i.id AND {stops})
              OR EXISTS (SELECT 1 FROM dunwell_hold h
                         WHERE h.customer_id = i.customer_id AND h.item_id IS NULL AND {stops})
            THEN 'legal_hold' ELSE '' END
FROM ({wanted}) w
{item}
JOIN dunwell_customer k ON k.id = i.customer_id
WHERE +i.company_id = %(company)s AND i.kind <> 'refund' AND i.issued_on <= {today}
"""
"""The sign before the company keeps SQLite from walking through all items of the company."""
_BY_KEY: Mapping[str, str] = {
    "sqlite": "JOIN dunwell_item i ON i.id = {from_}.id",
    "postgresql": """CROSS JOIN LATERAL (
  SELECT * FROM dunwell_item WHERE id = {from_}.id OFFSET 0) i""",
}
"""Each wanted item by its key. PostgreSQL takes reading all items to be cheaper than a thousand of
them, which costs twice as much and grows with the book; the OFFSET leaves it no choice."""
_NUMBER_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "number": pl.String,
    "reference": pl.String,
}
_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "customer": pl.String,
    "number": pl.String,
    "reference": pl.String,
    "issued_day": pl.Int32,
    "due_day": pl.Int32,
    "amount_minor": pl.Int64,
    "open_minor": pl.Int64,
    "currency": pl.String,
    "terms": pl.String,
    "status": pl.String,
}
_WANTED: Mapping[str, str] = {
    "keys": """
SELECT w.value AS id, COALESCE(o.open_minor, 0) AS open_minor
FROM {keys} w LEFT JOIN dunwell_openitem o ON o.item_id = w.value
""",
    "customers": """
SELECT id, open_minor FROM (
  WITH asked AS (
    SELECT w.value AS customer_id, (SELECT COUNT(*) FROM (
      SELECT 1 FROM dunwell_openitem o WHERE o.customer_id = w.value LIMIT %(most)s + 1) n
    ) > %(most)s AS has_more FROM {customers} w)
  SELECT o.item_id AS id, o.open_minor, 1 AS place
  FROM asked a CROSS JOIN dunwell_openitem o
  WHERE o.customer_id = a.customer_id AND NOT a.has_more
  UNION ALL
  SELECT o.item_id, o.open_minor, ROW_NUMBER() OVER (
    PARTITION BY o.customer_id, o.currency, o.open_minor > 0 ORDER BY o.due_on, o.item_id)
  FROM dunwell_openitem o WHERE o.customer_id IN (SELECT customer_id FROM asked WHERE has_more)
) n WHERE place <= %(most)s OR open_minor < 0
""",
    "minors": """
SELECT o.item_id AS id, o.open_minor FROM dunwell_openitem o
WHERE o.company_id = %(company)s AND o.currency IN {currencies} AND o.open_minor IN {minors}
""",
    "hinted": """
SELECT o.item_id AS id, o.open_minor FROM {hinted} h JOIN dunwell_openitem o
  ON o.customer_id = h.customer_id AND o.open_minor = h.open_minor
""",
}
"""Keys of the items that are asked for, with what is open of them, which would cost another
look-up; those of another company are left out when rows are read. Only where a customer has more
items than are asked for are they ranked. A company's index would lead SQLite through all its open
items where a customer's is at hand."""


class MatchItems:
    """A company's items of a day for `engine.matching.match` (an `ItemSource`).

    Those open, or settled in the last SETTLED_DAYS.
    """

    def __init__(self, company: Company, *, as_of: date) -> None:
        """Take the company and the day; nothing is read before it is asked for."""
        today = day_number(as_of)
        self._given: dict[str, int | str] = {
            "company": company.pk,
            "today": today,
            "settled": today - SETTLED_DAYS,
            "packed": PACKED,
        }
        self._looked_for = 0

    def names(self) -> Mapping[Key, str]:
        """Return the normalised name of every customer that has items."""
        return customer_names(nw.from_native(self._names, eager_only=True))

    def customers(self) -> pl.Series:
        """Return the keys of the customers that have items."""
        return self._names["customer_id"]

    @cached_property
    def _names(self) -> pl.DataFrame:
        query = _NAMES.format(settled=date_of("settled"))
        return read_rows(query, self._given, {"customer_id": pl.Int64, "customer": pl.String})

    def named(self, said: Collection[str]) -> list[Item]:
        """Return every item, settled or not, one of whose numbers has a form that is said."""
        keys = said_items(self._numbers_of(said), said) if said else []
        return self._read([_WANTED["keys"]], keys=keys) if keys else []

    def equal(self, amounts: Collection[Amount]) -> Mapping[Amount, int]:
        """Return how many items have exactly this open amount, where there are any."""
        types: Mapping[str, type[pl.DataType]] = {
            "currency": pl.String,
            "open_minor": pl.Int64,
            "times": pl.Int64,
        }
        given = self._given | {
            "currencies": _list({currency for currency, _ in amounts}),
            "minors": _list({minor for _, minor in amounts}),
        }
        query = _EQUAL.format(minors=listed("minors"), currencies=_texts("currencies"))
        rows = read_rows(query, given, types)
        return {(currency, minor): times for currency, minor, times in rows.iter_rows()}

    def items(
        self,
        *,
        keys: Collection[Key],
        customers: Collection[Key],
        most: int,
        amounts: Collection[Amount],
        hinted: Collection[Hint],
    ) -> list[Item]:
        """Return what is asked for, see `ItemSource`; by amount in whatever currency."""
        asked: dict[str, Collection[object]] = {
            "keys": list(keys),
            "customers": list(customers),
            "minors": list({minor for _, minor in amounts}),
            "hinted": [[key, minor] for key, _, minor in hinted],
        }
        wanted = [_WANTED[name] for name, one in asked.items() if one]
        currencies = {currency for currency, _ in amounts}
        return self._read(wanted, most=most, currencies=currencies, **asked) if wanted else []

    def _read(self, wanted: Sequence[str], **asked: int | Collection[object]) -> list[Item]:
        query = _ITEMS.format(
            item=_BY_KEY[connection.vendor].format(from_="w"),
            issued_day=day("i.issued_on"),
            due_day=day("i.due_on"),
            today=date_of("today"),
            stops=_STOPS.format(from_day=day("h.from_on"), until_day=day("h.until_on")),
            wanted=" UNION ".join(wanted).format(
                **{name: listed(name) for name in ("keys", "customers", "minors")},
                currencies=_texts("currencies"),
                hinted=_pairs("hinted"),
            ),
        )
        lists = {name: one if isinstance(one, int) else _list(one) for name, one in asked.items()}
        given = self._given | lists
        rows = read_rows(query, given, _TYPES)
        return items_of(nw.from_native(rows, eager_only=True))

    def _numbers_of(self, said: Collection[str]) -> nw.DataFrame:
        """Return the numbers of all items that may be said, and maybe of others."""
        ends = ["", *last_digits(said)]
        if "_numbers" not in self.__dict__:
            self._looked_for += len(ends)
            if self._has_many(READ_FOR * self._looked_for):
                return self._ending_in(ends)
        return self._numbers

    def _has_many(self, items: int) -> bool:
        """Return whether more items than these are open."""
        types: Mapping[str, type[pl.DataType]] = {"count": pl.Int64}
        found = read_rows(_FEW, self._given | {"most": items + 1}, types)
        return int(found.item()) > items

    def _ending_in(self, ends: Sequence[str]) -> nw.DataFrame:
        end, vendor = _END[connection.vendor], connection.vendor
        is_said = f"NOT (e.reference = '') AND {only_ending_sql('e.reference')}"
        query = _ENDS.format(
            ends=_values("ends"),
            by_number=end.format(end=ending_sql("e.number")),
            by_reference=end.format(end=is_said),
            item=_BY_KEY[vendor].format(from_="f"),
            today=date_of("today"),
            settled=date_of("settled"),
        )
        rows = read_rows(query, self._given | {"ends": _list(ends)}, _NUMBER_TYPES)
        return numbers_of(nw.from_native(rows, eager_only=True))

    @cached_property
    def _numbers(self) -> nw.DataFrame:
        query = _NUMBERS.format(today=date_of("today"), settled=date_of("settled"))
        if connection.vendor == "postgresql":
            rows = self._unpacked(query, _NUMBER_TYPES)
        else:
            rows = read_rows(query, self._given, _NUMBER_TYPES)
        return numbers_of(nw.from_native(rows, eager_only=True))

    def _unpacked(self, query: str, types: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
        """Return the rows of a query of items as PostgreSQL packs them: a list each column."""
        told = ", ".join(f"CAST(json_agg(n.{name}) AS text)" for name in types)
        packs = f"SELECT {told} FROM ({query}) n GROUP BY n.item_id / %(packed)s"
        rows = read_rows(packs, self._given, dict.fromkeys(types, pl.String))
        unpacked = [pl.col(name).str.json_decode(pl.List(kind)) for name, kind in types.items()]
        return rows.select(unpacked).explode(*types)


def _list(values: Collection[object]) -> str:
    """Return whole numbers, or pairs of them, as the one parameter that holds them all."""
    return json.dumps(list(values))


def _values(name: str) -> str:
    """Return SQL for a table of the texts of a parameter, in a column `value`."""
    if connection.vendor == "postgresql":
        return f"(SELECT value FROM json_array_elements_text(%({name})s::json))"
    return f"json_each(%({name})s)"


def _texts(name: str) -> str:
    """Return SQL for the texts of a parameter."""
    if connection.vendor == "postgresql":
        return f"(SELECT value FROM json_array_elements_text(%({name})s::json))"
    return f"(SELECT value FROM json_each(%({name})s))"


def _pairs(name: str) -> str:
    """Return SQL for the pairs of a parameter: customer_id, open_minor."""
    if connection.vendor == "postgresql":
        one, rows = "CAST(value ->> {} AS bigint)", f"json_array_elements(%({name})s::json)"
    else:
        one, rows = "json_extract(value, '$[{}]')", f"json_each(%({name})s)"
    columns = f"{one.format(0)} AS customer_id, {one.format(1)} AS open_minor"
    return f"(SELECT DISTINCT {columns} FROM {rows})"
