"""Items and payments unlike the others: each sign, the laws, and how often it is a false alarm."""

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest

from dunwell.demo.ledger import demo_ledger
from dunwell.engine.anomalies import ANOMALIES, ANOMALY_KINDS, anomalies
from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.item_anomalies import ITEM_SIGNS, item_signs
from dunwell.engine.ledger import Ledger
from dunwell.engine.number_forms import ITEM_TEXTS, PAYMENT_TEXTS
from dunwell.engine.payment_anomalies import PAYMENT_SIGNS, payment_signs
from dunwell.engine.usual import USUAL, with_usual
from dunwell.formats.frames import file_frames
from dunwell.formats.ledger import read_ledger
from tests.engine.ledgers import FIRST, LAST, random_rows
from tests.engine.planted import lazy, native, told
from tests.engine.rows import allocations, answers, disputes, items, payments, promises, table

AS_OF = date(2026, 6, 30)
DAY = date(2026, 3, 3)
DATA = Path(__file__).parents[3] / "shared" / "data"
WEEKS = calendar_days("DE", first=date(2024, 6, 1), last=AS_OF)
PLAIN = (9_107, 10_243, 11_311, 10_009, 9_803, 10_517, 9_991, 10_801, 9_707, 10_333)


def ask(billed=(), booked=(), paid=(), *, as_of=AS_OF, calendar=WEEKS, limit_ppm=1_000_000):
    """Return the anomalies of rows that carry their own texts."""
    told_items = [{"item_id": n, **row} for n, row in enumerate(billed, 1)]
    told_paid = [{"payment_id": n, **row} for n, row in enumerate(paid, 1)]
    texts = ("number", "reference", "payer")
    ledger = Ledger(
        items(*[without(row, *texts) for row in told_items]),
        allocations(*booked),
        payments(*[without(row, *texts) for row in told_paid]),
        disputes(),
        promises(),
    )
    item_texts = named(ITEM_TEXTS, told_items)
    signs = item_signs(ledger, item_texts, calendar, as_of=as_of)
    paid_signs = payment_signs(ledger, named(PAYMENT_TEXTS, told_paid), item_texts, as_of=as_of)
    return anomalies(lazy(native(signs)), lazy(native(paid_signs)), limit_ppm=limit_ppm)


def brief(*given, **asked):
    shown = ("subject", "subject_id", "code", "measured", "usual", "rests_on")
    return [tuple(row.values()) for row in answers(ask(*given, **asked), *shown)]


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


def named(columns, rows):
    return table(columns, [{name: row.get(name, "") for name in columns} for row in rows])


def day(later):
    return DAY + timedelta(days=later)


def usual(amounts=PLAIN, **more):
    """Return an item every Tuesday."""
    return [
        {"amount_minor": amount, "issued_day": day(7 * n), **more}
        for n, amount in enumerate(amounts)
    ]


def test_a_usual_ledger_has_no_anomalies():
    assert brief(usual()) == []


def test_an_anomaly_is_told_with_what_was_measured_and_what_is_usual():
    assert answers(ask([*usual(), {"amount_minor": 80_003, "issued_day": day(1)}])) == [
        {
            "subject": "item",
            "subject_id": 11,
            "code": "amount_high",
            "customer_id": 1,
            "currency": "EUR",
            "amount_minor": 80_003,
            "day": day_number(day(1)),
            "measured": 80_003,
            "usual": 10_243,
            "rests_on": 11,
            "basis": "customer",
            "other_id": None,
            "severity": 100,
            "rank": 1,
            "is_within_limit": True,
        }
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"amount_minor": 102_430}, "ten_times"),
        ({"amount_minor": 80_003}, "amount_high"),
        ({"amount_minor": 40_001}, "amount_high"),
        ({"amount_minor": -80_003, "kind": "credit_note"}, None),
        ({"amount_minor": 12_001}, None),
    ],
)
def test_amounts_are_measured_against_the_customers_own(row, code):
    assert [r[2] for r in brief([*usual(), {"issued_day": day(1), **row}])] == (
        [code] if code else []
    )


def test_a_large_round_sum_from_a_customer_billed_exact_amounts():
    wide = [round(100_003 * 1.15 ** (n % 7 - 3)) + n for n in range(30)]
    billed = [*usual(wide), {"amount_minor": 300_000, "issued_day": day(1)}]

    assert [row[2] for row in brief(billed)] == ["amount_round"]


def test_a_very_large_first_item_of_a_new_customer():
    others = [
        {"customer_id": n, "amount_minor": 10_000 + 101 * n, "issued_day": day(7 * (n % 9))}
        for n in range(2, 32)
    ]
    new = {"customer_id": 99, "amount_minor": 900_001, "issued_day": day(1)}

    assert brief([*others, new]) == [("item", 31, "first_large", 900_001, 11_717, 31)]


def test_an_issue_date_on_a_closed_day_where_that_is_rare():
    many = [row for n in range(30) for row in usual(customer_id=n)]
    sunday = {"amount_minor": 10_001, "issued_day": date(2026, 3, 8)}

    assert brief([*many, sunday]) == [
        ("item", 301, "closed_day", *[day_number(date(2026, 3, 8))] * 2, 301)
    ]
    assert brief([*many, *[sunday] * 9]) == []


def test_a_record_far_from_the_issue_date_but_not_a_load_of_history():
    late = {"amount_minor": 10_001, "issued_day": day(1), "recorded_day": day(60)}
    load = [{**late, "customer_id": n} for n in range(25)]

    assert brief([*usual(), late]) == [("item", 11, "recorded_far", 59, 0, 11)]
    assert [row[2] for row in brief([*usual() * 9, *load])] == []


def test_other_terms_than_the_customers_own_until_they_are_agreed():
    other = {"amount_minor": 10_001, "issued_day": day(1), "due_day": day(61)}

    assert brief([*usual(), other]) == [("item", 11, "terms_unusual", 60, 30, 11)]
    assert brief([*usual(), *[other] * 3]) == []


def test_a_number_out_of_order_and_numbers_that_are_missing():
    series = [
        {
            "amount_minor": 10_000 + 7 * n,
            "issued_day": day((n - 1_000) // 20 * 7),
            "number": f"R-{n}",
        }
        for n in range(1_000, 1_240)
    ]
    gone = [row for n, row in enumerate(series) if n not in (50, 51)]
    early = [{**row, "issued_day": day(-200)} if n == 120 else row for n, row in enumerate(series)]

    assert brief(gone) == [("item", 51, "number_gap", 2, 0, 238)]
    assert [row[:3] for row in brief(early)] == [("item", 121, "number_order")]


def paying(*leads, amount=10_000):
    """Return items and the payments that settle them so many days after they are due."""
    billed = [
        {"issued_day": day(-90 + 7 * n), "amount_minor": amount + n} for n in range(len(leads))
    ]
    paid_on = [day(-60 + 7 * n + lead) for n, lead in enumerate(leads)]
    paid = [{"value_day": on, "amount_minor": amount + n} for n, on in enumerate(paid_on)]
    booked = [
        {"item_id": n + 1, "payment_id": n + 1, "amount_minor": amount + n, "applied_day": on}
        for n, on in enumerate(paid_on)
    ]
    return billed, booked, paid


def test_money_that_nothing_asked_for():
    billed, booked, paid = paying(3, 4, 2, 3, 5, 3)
    nothing = {"value_day": day(80), "amount_minor": 9_000}
    more = {"value_day": day(80), "amount_minor": 12_000}
    owed = {"issued_day": day(60), "amount_minor": 10_000}

    assert brief(billed, booked, [*paid, nothing]) == [
        ("payment", 7, "no_open_items", 9_000, 0, 7)
    ]
    assert brief([*billed, owed], booked, [*paid, more]) == [
        ("payment", 7, "overpayment", 12_000, 10_000, 7)
    ]
    assert brief([*billed, {**owed, "amount_minor": 12_000}], booked, [*paid, more]) == []


def test_a_payment_far_above_the_usual_unless_items_explain_it():
    billed, booked, paid = paying(3, 4, 2, 3, 5, 3)
    large = {"issued_day": day(60), "amount_minor": 90_001, "due_day": day(80)}
    money = {"value_day": day(80), "amount_minor": 90_001}
    settled = {"item_id": 7, "payment_id": 7, "amount_minor": 90_001, "applied_day": day(80)}

    assert [row[2] for row in brief([*billed, large], booked, [*paid, money])] == [
        "amount_high", "payment_high",
    ]  # fmt: skip
    assert [row[2] for row in brief([*billed, large], [*booked, settled], [*paid, money])] == [
        "amount_high"
    ]


def test_a_payment_for_an_item_that_others_had_settled():
    billed, booked, paid = paying(3, 4, 2, 3, 5, 3)
    billed[1]["number"] = "INV-77"
    owed = {"issued_day": day(60), "amount_minor": 50_000}
    again = {"value_day": day(70), "amount_minor": 10_001, "reference": "inv 77"}
    found = answers(ask([*billed, owed], booked, [*paid, again]), "subject_id", "code", "other_id")

    assert {"subject_id": 7, "code": "item_already_paid", "other_id": 2} in found


def test_money_from_a_stranger_far_too_early_in_crumbs_or_again_after_a_return():
    lates = (3, 4, 2, 3, 5, 3, 4, 2, 3, 5, 4)
    billed, booked, paid = paying(*lates)
    known = [{**row, "payer": "ACME GMBH"} for row in paid]
    early = paying(*lates, *lates, -25)
    crumbs = [{"value_day": day(90 + n), "amount_minor": 300 + n} for n in range(4)]
    owed = {"issued_day": day(60), "amount_minor": 9_000}
    back = {"value_day": day(30), "amount_minor": -10_010}
    again = {"value_day": day(35), "amount_minor": 10_010}

    stranger = [*known[:-1], {**known[-1], "payer": "Onlooker Inc"}]
    assert brief(billed, booked, stranger) == [("payment", 11, "payer_unusual", 1, 0, 11)]
    assert brief(*early) == [("payment", 23, "paid_early", -25, 3, 23)]
    assert brief([*billed, owed], booked, [*paid, *crumbs]) == [
        ("payment", 15, "small_burst", 4, 0, 15)
    ]
    taken = {"item_id": 11, "payment_id": 12, "amount_minor": -10_010, "applied_day": day(30)}
    put = {"item_id": 11, "payment_id": 13, "amount_minor": 10_010, "applied_day": day(35)}
    assert ("payment", 13, "returned_again", 5, 0, 12) in brief(
        billed, [*booked, taken, put], [*paid, back, again]
    )


def test_the_limit_marks_the_most_severe_and_hides_nothing():
    far = [{"amount_minor": 30_001 + 20_000 * n, "issued_day": day(1)} for n in range(4)]
    many = [row for n in range(20) for row in usual(customer_id=n + 2)]
    told_rows = answers(ask([*many, *usual(), *far], limit_ppm=10_000), "rank", "is_within_limit")

    assert len(told_rows) >= 3
    assert [row["is_within_limit"] for row in told_rows] == [row["rank"] <= 2 for row in told_rows]


@lru_cache
def sample():
    return told(demo_ledger(as_of=AS_OF, seed=1))


def signs_of(source, *, as_of=AS_OF):
    ledger, item_texts = source.ledger, lazy(source.item_texts)
    return (
        native(item_signs(ledger, item_texts, WEEKS, as_of=as_of)),
        native(payment_signs(ledger, lazy(source.payment_texts), item_texts, as_of=as_of)),
    )


def test_a_sound_ledger_raises_at_most_one_alarm_in_a_hundred_rows():
    billed, paid = signs_of(sample())

    assert billed.height <= 0.01 * sample().items.height
    assert paid.height <= 0.01 * sample().payments.height


@pytest.mark.skipif(
    not (DATA / "ar_highradius").is_dir(), reason="the HighRadius set is not on this machine"
)
def test_a_real_ledger_raises_at_most_one_alarm_in_a_hundred_rows():
    (path,) = (DATA / "ar_highradius").glob("*.csv")
    read = read_ledger([path])
    frames = file_frames(read)
    texts = lazy(frames.numbers.select("item_id", "number", reference=pl.lit("")))
    weeks = calendar_days("US", first=date(2018, 1, 1), last=date(2019, 12, 31))
    on = date(2019, 10, 31)
    billed = native(item_signs(frames.ledger, texts, weeks, as_of=on))
    paid = native(payment_signs(frames.ledger, named(PAYMENT_TEXTS, []), texts, as_of=on))

    assert 0 < billed.height <= 0.01 * read.items.height
    assert 0 < paid.height <= 0.01 * read.payments.height


def test_ten_times_the_amount_is_found_where_amounts_are_steady():
    random = np.random.default_rng(7)
    count, customers = 6_000, 150
    customer = random.integers(1, customers + 1, count)
    ticket = random.lognormal(11, 1, customers + 1)[customer]
    amount = (ticket * random.lognormal(0, 0.4, count)).astype(np.int64) + 1
    slipped = np.arange(count) % 40 == 0
    issued = np.sort(random.integers(day_number(date(2025, 1, 1)), day_number(AS_OF), count))
    rows = pl.DataFrame(
        {
            "item_id": np.arange(1, count + 1),
            "customer_id": customer,
            "kind": ["invoice"] * count,
            "currency": ["EUR"] * count,
            "amount_minor": np.where(slipped, amount * 10, amount),
            "issued_day": issued.astype(np.int32),
            "due_day": issued.astype(np.int32) + 30,
            "recorded_day": issued.astype(np.int32),
        }
    )
    ledger = Ledger(lazy(rows), allocations(), payments(), disputes(), promises())
    signs = item_signs(
        ledger, named(ITEM_TEXTS, []), calendar_days("", first=AS_OF, last=AS_OF), as_of=AS_OF
    )
    found = native(signs).filter(pl.any_horizontal("ten_times", "amount_high"))
    right = found.filter((pl.col("item_id") - 1) % 40 == 0).height

    assert right >= 0.95 * slipped.sum()
    assert right >= 0.9 * found.height


def test_later_rows_and_the_order_of_rows_change_nothing():
    then = date(2026, 1, 15)
    expected = [frame.sort(frame.columns[0]) for frame in signs_of(sample(), as_of=then)]

    assert min(frame.height for frame in expected) > 20
    for other in (sample().until(then), sample().shuffled(3)):
        told_again = [frame.sort(frame.columns[0]) for frame in signs_of(other, as_of=then)]
        assert [a.equals(b) for a, b in zip(told_again, expected, strict=True)] == [True, True]


@pytest.mark.parametrize("seed", range(2))
def test_random_ledgers_are_never_peeked_into(seed):
    rows, as_of = random_rows(seed, items_each=150), FIRST + (LAST - FIRST) / 2
    for row in rows.items[::37]:
        row["amount_minor"] *= 50
    item_texts = named(ITEM_TEXTS, [{**r, "number": f"I-{r['item_id']}"} for r in rows.items])
    texts = named(PAYMENT_TEXTS, rows.payments)

    def ask_of(some):
        ledger = some.ledger()
        return [
            answers(item_signs(ledger, item_texts, WEEKS, as_of=as_of)),
            answers(payment_signs(ledger, texts, item_texts, as_of=as_of)),
        ]

    expected = ask_of(rows)
    assert all(expected)
    assert ask_of(rows.cut(as_of)) == expected
    assert ask_of(rows.recorded(as_of)) == expected
    assert ask_of(rows.shuffled(Random(seed))) == expected


def test_every_answer_has_the_columns_it_declares():
    ledger = Ledger(items(), allocations(), payments(), disputes(), promises())
    texts, paid_texts = named(ITEM_TEXTS, []), named(PAYMENT_TEXTS, [])
    signs = item_signs(ledger, texts, WEEKS, as_of=AS_OF)
    paid = payment_signs(ledger, paid_texts, texts, as_of=AS_OF)
    told_frame = anomalies(signs, paid)
    for frame, columns in ((signs, ITEM_SIGNS), (paid, PAYMENT_SIGNS), (told_frame, ANOMALIES)):
        assert dict(frame.collect_schema()) == {n: c.dtype for n, c in columns.items()}
        assert answers(frame) == []
    shown = dict(with_usual(items({})).collect_schema())
    assert {n: shown[n] for n in USUAL} == {n: c.dtype for n, c in USUAL.items()}
    assert {kind.subject for kind in ANOMALY_KINDS.values()} == {"item", "payment"}
