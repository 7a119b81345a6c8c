"""Items billed twice and payments made twice: found, weighed, and what only looks like it."""

from datetime import date, timedelta
from random import Random

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine.calendars import day_number
from dunwell.engine.duplicate_rows import CANDIDATES
from dunwell.engine.duplicates import (
    CROWDED,
    DUPLICATES,
    crowded_amounts,
    duplicate_candidates,
    duplicates,
)
from dunwell.engine.ledger import Ledger
from dunwell.engine.number_forms import ITEM_TEXTS, PAYMENT_TEXTS, number_forms, number_match
from tests.engine.ledgers import FIRST, LAST, random_rows
from tests.engine.planted import lazy, native
from tests.engine.rows import allocations, answers, disputes, items, payments, promises, table

AS_OF = date(2026, 6, 30)
DAY = date(2026, 3, 2)


def ask(billed=(), booked=(), paid=(), *, as_of=AS_OF, shown=("subject_id", "other_id", "tier")):
    """Return what is found among rows that carry their own texts."""
    candidates = candidates_of(billed, booked, paid, as_of=as_of)
    return [tuple(row.values()) for row in answers(duplicates(candidates), *shown)]


def candidates_of(billed=(), booked=(), paid=(), *, as_of=AS_OF):
    told_items = [{"item_id": n, **row} for n, row in enumerate(billed, 1)]
    told_paid = [{"payment_id": n, **row} for n, row in enumerate(paid, 1)]
    ledger = Ledger(
        items(*[without(row, "number", "reference") for row in told_items]),
        allocations(*booked),
        payments(*[without(row, "number", "reference", "payer") for row in told_paid]),
        disputes(),
        promises(),
    )
    found = duplicate_candidates(
        ledger, texts(ITEM_TEXTS, told_items), texts(PAYMENT_TEXTS, told_paid), as_of=as_of
    )
    return lazy(native(found))


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


def texts(columns, rows):
    return table(columns, [{name: row.get(name, "") for name in columns} for row in rows])


def days(*later):
    return [DAY + timedelta(days=n) for n in later]


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("INV-123", "inv 123", "same"),
        ("INV-00123", "INV-123", "zeros"),
        ("2024/0012", "2024-12", "zeros"),
        ("INV-123", "123", "prefix"),
        ("INV-123", "INV-123A", "suffix"),
        ("INV-123", "INV-123-1", "suffix"),
        ("INV-123456", "INV-123546", "transposed"),
        ("INV-123456", "INV-123457", "other"),
        ("4711-1", "4711-2", "part"),
        ("4711A", "4711B", "part"),
        ("DE-12", "AT-12", "other"),
        ("INV-1", "INV-2", "other"),
        ("", "INV-2", "unknown"),
        ("9" * 30, "9" * 30 + "1", "other"),
    ],
)
def test_how_two_numbers_compare(one, other, match):
    frame = nw.from_native(pl.LazyFrame({"a": [one, other], "b": [other, one]}))
    forms = frame.with_columns(
        **number_forms(nw.col("a")),
        **{f"{name}_x": form for name, form in number_forms(nw.col("b")).items()},
    )
    assert native(forms.select(m=number_match(other="_x")))["m"].to_list() == [match, match]


def test_an_item_billed_twice_is_told_with_everything_it_rests_on():
    billed = [
        {"issued_day": DAY, "number": "INV-0071", "reference": "PO 9"},
        {"issued_day": DAY + timedelta(days=3), "number": "INV-71", "reference": "PO 9"},
    ]
    assert answers(duplicates(candidates_of(billed))) == [
        {
            "subject": "item",
            "subject_id": 2,
            "other_id": 1,
            "customer_id": 1,
            "currency": "EUR",
            "amount_minor": 10_000,
            "score": 100,
            "tier": "certain",
            "number_match": "zeros",
            "reference_match": "same",
            "days_apart": 3,
            "alike": 2,
            "use": "",
        }
    ]


def test_the_same_money_read_or_paid_twice():
    paid = [
        {"value_day": DAY, "number": "B-1", "reference": "INV 7"},
        {"value_day": DAY, "number": "b1", "reference": "INV 7", "customer_id": None},
        {"value_day": DAY + timedelta(days=5), "number": "B-2", "reference": "inv-7"},
    ]
    booked = [{"item_id": 1, "payment_id": 1, "applied_day": DAY}]

    shown = ("subject_id", "other_id", "tier", "number_match", "reference_match", "use")
    assert ask([{"number": "INV-7"}], booked, paid, shown=shown) == [
        (2, 1, "certain", "same", "same", "unapplied"),
        (3, 1, "certain", "other", "same", "unapplied"),
    ]


def test_a_payer_without_a_customer_is_told_by_its_name():
    paid = [
        {"value_day": DAY, "customer_id": None, "payer": "ACME Ltd", "reference": "INV 7"},
        {"value_day": DAY, "customer_id": None, "payer": "Acme Ltd.", "reference": "INV 7"},
        {"value_day": DAY, "customer_id": None, "payer": "Other", "reference": "INV 7"},
        {"value_day": DAY, "customer_id": None, "reference": "INV 7"},
        {"value_day": DAY, "customer_id": None, "reference": "INV 7"},
    ]
    assert ask(paid=paid) == [(2, 1, "certain")]


def test_a_number_of_its_own_under_the_same_order_is_likely_and_without_one_a_look():
    same_order = [
        {"issued_day": DAY, "number": "INV-71", "reference": "PO 9"},
        {"issued_day": DAY, "number": "INV-88", "reference": "PO 9"},
    ]
    no_order = [without(row, "reference") for row in same_order]
    other_order = [same_order[0], {**same_order[1], "reference": "PO 10"}]

    assert ask(same_order) == [(2, 1, "likely")]
    assert ask(no_order) == [(2, 1, "look")]
    assert ask(other_order) == []


ORDERED = {"reference": "PO 9"}
CREDIT = {"kind": "credit_note", "amount_minor": -10_000}


@pytest.mark.parametrize(
    ("billed", "booked"),
    [
        pytest.param(
            [
                {"issued_day": DAY, "number": "INV-1", **ORDERED},
                {"issued_day": days(5)[0], "number": "CN-1", **CREDIT, **ORDERED},
                {"issued_day": days(6)[0], "number": "INV-2", **ORDERED},
            ],
            [],
            id="credited and billed again",
        ),
        pytest.param(
            [
                {"issued_day": DAY, "number": "INV-1", **ORDERED},
                {"issued_day": DAY, "number": "INV-1A", **ORDERED},
                {"issued_day": days(9)[0], "number": "CN-1", **CREDIT, **ORDERED},
            ],
            [],
            id="a copy taken back",
        ),
        pytest.param(
            [
                {"issued_day": DAY, "number": "INV-1", **ORDERED},
                {"issued_day": DAY, "number": "INV-1A", **ORDERED},
            ],
            [{"item_id": 2, "source": "write_off", "applied_day": days(9)[0]}],
            id="a copy written off",
        ),
        pytest.param(
            [
                {"issued_day": on, "number": f"INV-{100 + 17 * n}", **ORDERED}
                for n, on in enumerate(days(0, 31, 61, 92, 120))
            ],
            [],
            id="a monthly subscription",
        ),
        pytest.param(
            [
                {"issued_day": on, "number": f"INV-{100 + 17 * n}", **ORDERED}
                for n, on in enumerate(days(0, 7, 14, 21, 28, 35))
            ],
            [],
            id="a weekly subscription",
        ),
        pytest.param(
            [
                {"issued_day": DAY, "due_day": due, "number": f"INV-{n}", **ORDERED}
                for n, due in enumerate(days(30, 60, 90), 51)
            ],
            [],
            id="instalments billed together",
        ),
        pytest.param(
            [
                {"issued_day": DAY, "number": f"FEE-{n}", "kind": "fee"} for n in (7, 12)
            ],
            [],
            id="two reminder fees",
        ),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_copy(billed, booked):
    assert ask(billed, booked) == []


def test_a_copy_inside_a_subscription_is_still_found():
    billed = [
        {"issued_day": on, "number": f"INV-{100 + 17 * n}", "reference": "PO 9"}
        for n, on in enumerate(days(0, 30, 60, 90))
    ]
    again = {"issued_day": days(62)[0], "number": "INV-134.", "reference": "PO 9"}

    assert ask([*billed, again]) == [(5, 3, "certain")]


RETURNED = [
    {"value_day": DAY, "number": "B-1", "reference": "INV 7"},
    {"value_day": days(2)[0], "number": "B-1-R", "reference": "INV 7", "amount_minor": -10_000},
    {"value_day": days(4)[0], "number": "B-2", "reference": "INV 7"},
]


def test_a_returned_payment_made_again_is_no_duplicate_but_a_third_one_is():
    third = {"value_day": days(5)[0], "number": "B-3", "reference": "INV 7"}

    assert ask(paid=RETURNED) == []
    assert ask(paid=[*RETURNED, third]) == [(4, 3, "likely")]


def test_two_halves_that_settle_one_item_are_no_duplicates():
    paid = [
        {"value_day": on, "number": f"B-{n}", "reference": "INV 7", "amount_minor": 5_000}
        for n, on in enumerate(days(0, 4), 1)
    ]
    booked = [
        {"item_id": 1, "payment_id": n, "amount_minor": 5_000, "applied_day": DAY} for n in (1, 2)
    ]
    assert ask([{"number": "INV-7"}], booked, paid) == []


def test_a_crowd_of_one_amount_is_compared_by_number_and_said_to_be():
    crowd = [
        {"issued_day": on, "number": f"TICKET-{1000 + 7 * n}"}
        for n, on in enumerate(days(*range(40)))
    ]
    first_day = next(n for n in range(60) if (day_number(DAY) + n) % 60 == 0)
    crowd = [{**row, "issued_day": row["issued_day"] + timedelta(days=first_day)} for row in crowd]
    again = {"issued_day": crowd[0]["issued_day"], "number": "ticket 01000"}
    candidates = candidates_of([*crowd, again])

    assert [
        tuple(r.values()) for r in answers(duplicates(candidates), "subject_id", "other_id")
    ] == [(41, 1)]
    assert answers(crowded_amounts(candidates)) == [
        {
            "subject": "item",
            "party": "1",
            "currency": "EUR",
            "amount_minor": 10_000,
            "rows": 41,
            "first_day": day_number(crowd[0]["issued_day"]),
            "last_day": day_number(crowd[0]["issued_day"]) + 39,
        }
    ]


@pytest.mark.parametrize("seed", range(3))
def test_random_ledgers_are_never_peeked_into(seed):
    rows, as_of = random_rows(seed, items_each=150), FIRST + (LAST - FIRST) / 2
    # few different amounts, so that there is something to compare
    for row in rows.items:
        row["customer_id"] = 1
        row["amount_minor"] = (
            1_000 * (1 + row["item_id"] % 3) * (1 if row["amount_minor"] > 0 else -1)
        )
    named = [
        {"item_id": row["item_id"], "number": f"I-{row['item_id'] // 6}", "reference": ""}
        for row in rows.items
    ]
    bank = [
        {
            "payment_id": row["payment_id"],
            "number": f"B{row['payment_id']}",
            "payer": "",
            "reference": "x1",
        }
        for row in rows.payments
    ]

    def ask_of(some):
        found = duplicate_candidates(
            some.ledger(), table(ITEM_TEXTS, named), table(PAYMENT_TEXTS, bank), as_of=as_of
        )
        return answers(duplicates(lazy(native(found))))

    expected = ask_of(rows)
    assert expected
    assert ask_of(rows.cut(as_of)) == expected
    assert ask_of(rows.recorded(as_of)) == expected
    assert ask_of(rows.shuffled(Random(seed))) == expected


def test_every_answer_has_the_columns_it_declares():
    candidates = candidates_of([{}, {}], [], [{}, {}])
    frames = (candidates, CANDIDATES), (duplicates(candidates), DUPLICATES)
    for frame, columns in (*frames, (crowded_amounts(candidates), CROWDED)):
        assert dict(frame.collect_schema()) == {n: c.dtype for n, c in columns.items()}
    assert ask() == []
