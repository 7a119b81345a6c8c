"""The behavioural score: its facts by hand, its card, and what it says on a real ledger."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_answers import REPLIES, contact_answers
from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import ALLOCATIONS, ITEMS, PAYMENTS
from dunwell.engine.score_card import HOUSE_CARD, PointTable, ScoreCard
from dunwell.engine.score_facts import FACTS, score_facts
from dunwell.engine.scoring import behaviour_scores, score_reasons
from tests.engine import rows

AS_OF = date(2026, 6, 30)
DAY = day_number(AS_OF)
PPM = 1_000_000
MONTHLY = [30 * n + 15 for n in range(12)]


def ledger(*paid: tuple[int, int | None], words=(), disputed=(), returned=(), first=1) -> Ledger:
    """Items due so many days ago with days late, None for open; one payment each."""
    keys = range(first, first + len(paid))
    money = [
        {"item_id": n, "payment_id": n, "applied_day": DAY - ago + late}
        for n, (ago, late) in zip(keys, paid, strict=True)
        if late is not None
    ]
    return Ledger(
        items=rows.items(
            *[
                {"item_id": n, "issued_day": DAY - ago - 30, "due_day": DAY - ago}
                for n, (ago, _) in zip(keys, paid, strict=True)
            ]
        ),
        allocations=rows.allocations(*money),
        payments=rows.payments(
            *[{"payment_id": m["payment_id"], "value_day": m["applied_day"]} for m in money],
            *[
                {"payment_id": 900 + n, "value_day": DAY - ago, "amount_minor": -10_000}
                for n, ago in enumerate(returned)
            ],
        ),
        disputes=rows.disputes(*[{"item_id": n, "opened_day": DAY - 200} for n in disputed]),
        promises=rows.promises(*words),
    )


def facts(of: Ledger, **words) -> dict[str, object]:
    (row,) = rows.answers(score_facts(of, as_of=AS_OF, **words))
    return row


def score(of: Ledger, **words) -> dict[str, object]:
    (row,) = rows.answers(behaviour_scores(of, as_of=AS_OF, **words))
    return row


def test_every_fact_by_hand():
    of = ledger(
        *[(ago, 0) for ago in MONTHLY[4:]],
        (105, 40),
        (75, 12),
        (45, None),
        (15, None),
        words=[
            {"item_id": 9, "made_day": DAY - 100, "due_day": DAY - 60},
            {"item_id": 11, "made_day": DAY - 40, "due_day": DAY - 20},
            {"item_id": 12, "made_day": DAY - 5, "due_day": DAY + 5},
        ],
        disputed=[1],
        returned=[30],
    )
    told = rows.contacts(
        {"item_id": 9, "contacted_day": DAY - 103},
        {"item_id": 11, "contacted_day": DAY - 43},
        {"item_id": 12, "contacted_day": DAY - 5},
    )

    # 11 judged items: seven in time, 40, 12, 45 and 15 days late so far; one was disputed.
    # 11 items were billed in four quarters, nine of them before the last 90 days.
    assert facts(of, contacts=told) == {
        "customer_id": 1,
        "judged_items": 11,
        "late_days": 10,
        "late_ppm": 4 * PPM // 11,
        "far_late_ppm": 2 * PPM // 11,
        "recent_late_days": 11,
        "nine_in_ten_days": 40,
        # promised after 3 days; not in 30 days, for that promise was broken; promised at once
        "answer_days": 11,
        "without_effect_ppm": PPM // 2,
        "kept_ppm": PPM // 2,
        # 20 000 are overdue, a month's billing is 110 000 / 12
        "overdue_ppm": 24 * PPM // 11,
        "order_drop_ppm": PPM - 2 * 3 * PPM // 9,
        "growth_ppm": 0,
        "disputed_ppm": PPM // 11,
        "returned_ppm": PPM // 11,
        "whole_ppm": 9 * PPM // 11,
        **dict.fromkeys([f"{name}_rows" for name in FACTS], 11),
        "recent_late_days_rows": 10,
        "answer_days_rows": 3,
        "without_effect_ppm_rows": 2,
        "kept_ppm_rows": 2,
        "order_drop_ppm_rows": 9,
        "growth_ppm_rows": 9,
    }


def test_a_new_customer_has_the_base_and_a_point_for_owing_nothing_overdue():
    row = score(ledger((-10, None)))

    assert (row["base"], row["overdue_ppm_points"], row["score"]) == (60, 1, 61)
    assert (row["band"], row["is_thin"], row["judged_items"]) == ("C", True, 0)


def test_thin_evidence_earns_few_points_and_much_evidence_many():
    one, few, many = (
        score(ledger(*[(20 + 360 * n // number, -1) for n in range(number)]))
        for number in (1, 4, 40)
    )

    assert [row["history_points"] for row in (one, few, many)] == [4, 12, 25]
    assert [row["is_thin"] for row in (one, few, many)] == [True, True, False]
    assert [row["band"] for row in (one, few, many)] == ["B", "B", "A"]


def test_bad_behaviour_in_every_respect_ends_at_the_foot_of_the_scale():
    words = [
        {"promise_id": n, "item_id": n, "made_day": DAY - 90, "due_day": DAY - 60}
        for n in range(1, 20)
    ]
    worst = ledger(*[(15 * n + 40, None) for n in range(20)], words=words, returned=range(9))
    told = rows.contacts(*[{"contacted_day": DAY - 30 - 20 * n} for n in range(15)])
    row = score(worst, contacts=told)

    assert (row["score"], row["band"]) == (6, "E")


def test_reasons_say_what_was_measured_and_leave_out_what_has_no_evidence():
    scores = behaviour_scores(ledger((45, 20), (15, 10)), as_of=AS_OF)
    found = {row["reason"]: row for row in rows.answers(score_reasons(scores))}

    assert found["late_days"] == {
        "customer_id": 1,
        "reason": "late_days",
        "reason_group": "history",
        "unit": "days",
        "measured": 15,
        "neutral": 8,
        "evidence": 2,
        "points": 0,
        "most": 10,
        "least": -12,
    }
    assert {"answer_days", "kept_ppm", "order_drop_ppm"} & set(found) == set()


ASKED = {"item_id": 1, "contacted_day": DAY - 50}
REPLY = [{"customer_id": 1, "replied_day": DAY - 48}]
PROMISE = {"item_id": 1, "made_day": DAY - 50, "due_day": DAY + 9}


@pytest.mark.parametrize(
    ("of", "replied", "expected"),
    [
        # money 5 days later, for this item
        (ledger((60, 15)), [], (DAY - 45, DAY - 45, 5)),
        # money for another item is no answer
        (ledger((60, None), (50, 5)), [], (None, None, 30)),
        # the letter crossed the money
        (ledger((60, 3)), [], (DAY - 50, DAY - 50, 0)),
        (ledger((60, None), words=[PROMISE]), [], (DAY - 50, DAY - 50, 0)),
        # a broken promise is no answer
        (ledger((60, None), words=[{**PROMISE, "due_day": DAY - 9}]), [], (None, None, 30)),
        # a reply is an answer, but brings nothing yet
        (ledger((60, None)), REPLY, (DAY - 48, None, 2)),
    ],
)
def test_what_counts_as_an_answer(of, replied, expected):
    (row,) = rows.answers(
        contact_answers(
            of,
            contacts=rows.contacts(ASKED),
            replies=rows.table(REPLIES, replied),
            calendar=None,
            days=365,
            as_of=AS_OF,
        )
    )

    assert (row["answered_day"], row["effect_day"], row["wait_days"]) == expected


def test_money_that_came_but_is_not_booked_is_not_overdue():
    owing = ledger((20, None))
    came = replace(owing, payments=rows.payments({"value_day": DAY - 1}))

    assert (facts(owing)["overdue_ppm"], facts(came)["overdue_ppm"]) == (12 * PPM, 0)


def test_a_currency_no_longer_billed_but_overdue_counts_with_the_most_months():
    of = ledger((30, 0))
    old = rows.items(
        {"item_id": 9, "currency": "JPY", "issued_day": DAY - 500, "due_day": DAY - 470}
    )

    assert facts(replace(of, items=nw.concat([of.items, old])))["overdue_ppm"] == 6 * PPM


def table(**changes) -> PointTable:
    given = {"fact": "late_days", "neutral": 8, "weight": 3, "lowest": 2, "steps": {5: 0, 15: -2}}
    return PointTable(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fact": "shoe_size"}, "shoe_size is no fact of the score"),
        ({"steps": {}}, "give at least one step"),
        ({"steps": {15: -2, 5: 0}}, "sorted by value"),
        ({"steps": {5: 0, 15: 1}}, "must only fall"),
        ({"fact": "kept_ppm"}, "must only rise"),
        ({"weight": 0}, "weight must be at least 1"),
        ({"neutral": 20}, "the neutral value 20 must be worth 0"),
    ],
)
def test_a_table_that_would_break_a_law_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        table(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tables": ()}, "at least one fact"),
        ({"tables": (table(), table())}, "give every fact one table"),
        ({"base": 99}, "scores would run from 97 to 101"),
        ({"base": 1}, "scores would run from -1 to 3"),
        ({"bands": {50: "A", 10: "B"}}, "down to one that starts at 0"),
        ({"bands": {0: "B", 50: "A"}}, "from the best down"),
        ({"bands": {50: "A", 0: "A"}}, "a name of its own"),
        ({"thin_items": 0}, "at least 1"),
    ],
)
def test_a_card_that_could_leave_its_scale_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        ScoreCard(**{"name": "test", "base": 50, "tables": (table(),), **changes})


def test_the_house_card_spans_exactly_the_scale_and_knows_every_fact():
    tables = HOUSE_CARD.tables

    assert [part.fact for part in tables] == list(FACTS)
    assert HOUSE_CARD.base + sum(part.least for part in tables) == 0
    assert HOUSE_CARD.base + sum(part.most for part in tables) == 100


def test_a_card_with_one_fact_scores_by_it_alone():
    card = ScoreCard(name="one", base=50, tables=(table(),), bands={51: "good", 0: "bad"})
    late = behaviour_scores(ledger(*[(ago, 30) for ago in MONTHLY[3:]]), as_of=AS_OF, card=card)
    (row,) = rows.answers(late)

    assert (row["score"], row["band"], row["band_no"]) == (48, "bad", 2)
    assert [reason["reason"] for reason in rows.answers(score_reasons(late, card=card))] == [
        "late_days"
    ]


HIGHRADIUS = Path(__file__).parents[3] / "shared" / "data" / "ar_highradius"


def highradius() -> Ledger:
    """Return the public ledger; one payment settles each closed invoice."""
    start = pl.date(1970, 1, 1)
    read = pl.read_csv(HIGHRADIUS / "asof_2019-10-31.csv", infer_schema_length=0)
    days = {"issued": "document_create_date", "due": "due_in_date", "value": "clear_date"}
    invoices = (
        read.filter(pl.col("doc_dup") == "False")
        .with_row_index("item_id")
        .with_columns(
            customer_id=pl.col("cust_number").rank("dense"),
            payment_id=pl.col("item_id"),
            currency=pl.col("invoice_currency"),
            amount_minor=(pl.col("total_open_amount").cast(pl.Float64) * 100).round(),
            kind=pl.lit("invoice"),
            source=pl.lit("payment"),
            **{
                f"{name}_day": (pl.col(column).str.to_date() - start).dt.total_days()
                for name, column in days.items()
            },
        )
        .with_columns(
            applied_day=pl.col("value_day"),
            recorded_day=pl.col("issued_day"),
            paid_minor=pl.col("amount_minor"),
        )
    )
    paid = invoices.filter(pl.col("value_day").is_not_null())

    def framed(frame: pl.DataFrame, columns) -> nw.LazyFrame:
        kinds = nw.Schema({name: column.dtype() for name, column in columns.items()})
        return nw.from_native(frame.select(*columns).cast(dict(kinds.to_polars())).lazy())

    return Ledger(
        framed(invoices, ITEMS),
        framed(paid, ALLOCATIONS),
        framed(paid, PAYMENTS),
        rows.disputes(),
        rows.promises(),
    )


@pytest.mark.skipif(not HIGHRADIUS.exists(), reason="../shared/data/ar_highradius is not here")
def test_on_a_real_ledger_each_worse_band_pays_later_in_the_next_quarter():
    of, then = highradius(), date(2019, 6, 30)
    end = then + timedelta(days=90)
    coming = of.items.filter(
        nw.col("issued_day") > day_number(then), nw.col("due_day") <= day_number(end)
    )
    late = nw.when(~nw.col("value_day").is_null()).then(nw.col("value_day") - nw.col("due_day"))
    paid = coming.select("item_id", "customer_id", "due_day").join(
        of.allocations.select("item_id", "value_day"), on="item_id", how="left"
    )
    bands = (
        paid.join(behaviour_scores(of, as_of=then).select("customer_id", "band"), on="customer_id")
        .with_columns(
            is_late=late.fill_null(99) > 10,
            # nine customers are in the two worst bands together
            band=nw.when(nw.col("band") == "E").then(nw.lit("D")).otherwise(nw.col("band")),
        )
        .group_by("band")
        .agg(late_ppm=nw.col("is_late").mean() * PPM)
    )
    shares = [row["late_ppm"] for row in rows.answers(bands)]

    assert [round(share / PPM, 2) for share in shares] == [0.01, 0.07, 0.16, 0.94]
