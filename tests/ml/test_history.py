"""What a model may learn from: nothing of a later day, the same by either way back in time."""

from dataclasses import fields, replace
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine import schema
from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.ledger import Ledger
from dunwell.ml.history import HISTORY_ITEMS, History, as_known, codes, first_day, history
from tests.ml.books import AS_OF, COUNTRIES, sample_history, sample_ledger, table

FIRST = day_number(date(2026, 1, 1))
LAST = FIRST + 30


def booked(draw, item, amount, issued):
    """Draw what is booked on an item: never more than its amount, reversals among it."""
    rows, left = [], amount
    day = issued - draw(st.integers(0, 3))
    for _ in range(draw(st.integers(0, 4))):
        day += draw(st.integers(0, 9))
        if left == 0 or (left < amount and draw(st.integers(0, 5)) == 0):
            back = draw(st.sampled_from(rows))
            if back["amount_minor"] <= 0 or back["amount_minor"] > amount - left:
                continue
            rows.append({**back, "amount_minor": -back["amount_minor"], "applied_day": day})
            left += back["amount_minor"]
            continue
        part = left if draw(st.booleans()) else draw(st.integers(1, left))
        source = draw(st.sampled_from(("payment", "payment", "payment", "credit", "write_off")))
        value = day - draw(st.sampled_from((0, 0, 0, 1, 4, -2))) * (source == "payment")
        rows.append(
            {
                "item_id": item,
                "payment_id": len(rows) + 100 * item if source == "payment" else None,
                "source": source,
                "amount_minor": part,
                "paid_minor": part,
                "value_day": value,
                "applied_day": day,
                "recorded_day": day,
            }
        )
        left -= part
    return rows


@st.composite
def ledgers(draw):
    """Draw a small ledger with every way in which an item is lowered, disputed and promised."""
    items, money, disputes, promises = [], [], [], []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        issued = FIRST + draw(st.integers(0, 25))
        is_credit = draw(st.integers(0, 7)) == 0
        amount = draw(st.integers(1, 500))
        customer = draw(st.integers(1, 3))
        items.append(
            {
                "item_id": number,
                "customer_id": customer,
                "kind": "credit_note" if is_credit else "invoice",
                "currency": draw(st.sampled_from(("EUR", "USD"))),
                "amount_minor": -amount if is_credit else amount,
                "issued_day": issued,
                "due_day": issued + draw(st.integers(-2, 20)),
                "recorded_day": issued,
            }
        )
        if not is_credit:
            money += booked(draw, number, amount, issued)
        opened, days = issued + draw(st.integers(0, 9)), st.none() | st.integers(0, 9)
        lasts = draw(days)
        who = {"item_id": number, "customer_id": customer, "amount_minor": 1}
        end = None if lasts is None else opened + lasts
        disputes.append({**who, "dispute_id": number, "opened_day": opened, "closed_day": end})
        promised = {"promise_id": number, "currency": "EUR", "tolerance_days": 2}
        days = {"made_day": opened, "due_day": opened + 7, "withdrawn_day": end}
        promises.append({**who, **promised, **days})

    def frame(columns, rows):
        return table(columns, {name: [row[name] for row in rows] for name in columns})

    return Ledger(
        items=frame(schema.ITEMS, items),
        allocations=frame(schema.ALLOCATIONS, money),
        payments=frame(schema.PAYMENTS, []),
        disputes=frame(schema.DISPUTES, disputes),
        promises=frame(schema.PROMISES, promises),
    )


def contents(known: History) -> dict[str, object]:
    """The frames of a history as sorted rows."""
    frames = {field.name: getattr(known, field.name) for field in fields(History)}
    day = frames.pop("as_of")
    return {"as_of": day} | {
        name: frame.select(sorted(frame.columns)).sort(pl.all(), nulls_last=True).rows()
        for name, frame in frames.items()
    }


@settings(max_examples=40)
@given(ledgers(), st.integers(FIRST - 3, LAST), st.integers(0, 30))
def test_the_way_back_from_a_later_day_shows_what_the_ledger_showed_then(book, day, later):
    then = history(book, as_of=day_date(day))
    back = as_known(history(book, as_of=day_date(day + later)), as_of=day)
    assert contents(back) == contents(then)
    assert back.items["item_id"].is_sorted()


@settings(max_examples=20)
@given(ledgers(), st.integers(FIRST, LAST))
def test_rows_of_later_days_do_not_exist(book, day):
    cut = Ledger(
        items=book.items.filter(nw.col("issued_day") <= day),
        allocations=book.allocations.filter(nw.col("applied_day") <= day),
        payments=book.payments,
        disputes=book.disputes.filter(nw.col("opened_day") <= day),
        promises=book.promises.filter(nw.col("made_day") <= day),
    )
    as_of = day_date(day)
    assert contents(history(cut, as_of=as_of)) == contents(history(book, as_of=as_of))


@settings(max_examples=20)
@given(ledgers(), st.integers(FIRST, LAST))
def test_open_and_paid_are_what_plain_counting_gives(book, day):
    known = history(book, as_of=day_date(day))
    rows = book.items.collect().to_native().to_dicts()
    money = book.allocations.collect().to_native().to_dicts()
    expected = []
    for row in rows:
        if row["issued_day"] > day or row["amount_minor"] < 0:
            continue
        on_it = [m for m in money if m["item_id"] == row["item_id"] and m["applied_day"] <= day]
        left = row["amount_minor"] - sum(m["amount_minor"] for m in on_it)
        came = [m for m in on_it if m["source"] == "payment"]
        paid = ended = None
        if left == 0:
            ended = max(row["issued_day"], *(m["applied_day"] for m in on_it))
            if sum(m["amount_minor"] for m in came) > 0:
                last = max(m["value_day"] for m in came if m["amount_minor"] > 0)
                paid = ended = min(max(last, row["issued_day"]), day)
        told = {**row, "open_minor": left, "paid_day": paid, "ended_day": ended}
        expected.append(tuple(told[name] for name in HISTORY_ITEMS))
    assert known.items.rows() == expected
    assert known.open["item_id"].to_list() == [row[0] for row in expected if row[4]]
    assert known.paid_items == sum(row[7] is not None for row in expected)


def test_the_order_of_the_ledgers_rows_changes_nothing():
    book = sample_ledger(items=200)

    def shuffled(frame):
        native = frame.collect().to_native().sample(fraction=1, shuffle=True, seed=3)
        return nw.from_native(native.lazy())

    mixed = Ledger(**{field.name: shuffled(getattr(book, field.name)) for field in fields(Ledger)})
    one, two = (history(ledger, as_of=AS_OF) for ledger in (book, mixed))
    assert contents(one) == contents(two)
    assert one.items.equals(two.items) and one.parts.equals(two.parts)


def test_contacts_and_countries_are_kept_as_known():
    known = sample_history(items=200)
    back = as_known(known, as_of=known.as_of - 100)
    earlier = known.contacts.filter(pl.col("day") <= known.as_of - 100)
    assert 0 < back.contacts.height < known.contacts.height
    assert back.contacts.equals(earlier)
    assert back.countries.equals(known.countries)
    assert set(known.countries["country"]) == set(COUNTRIES)


def test_a_ledger_without_contacts_and_countries_has_empty_ones():
    known = history(sample_ledger(items=20), as_of=AS_OF)
    assert known.contacts.schema == sample_history(items=20).contacts.schema
    assert (known.contacts.height, known.countries.columns) == (0, ["customer_id", "country"])


def test_the_first_day_is_that_of_the_first_item():
    known = sample_history(items=50)
    assert first_day(known) == known.items["issued_day"].min()
    assert first_day(replace(known, items=known.items.head(0))) == known.as_of


def test_codes_number_the_distinct_values_in_their_order():
    numbers, names = codes(["b", "a", "b", "c"])
    assert (numbers.tolist(), names.to_list()) == ([1, 0, 1, 2], ["a", "b", "c"])
