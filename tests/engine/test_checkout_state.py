"""Where a checkout stands: tables in and out, and the law of shuffled and doubled streams."""

import random
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from dunwell.engine import checkout_facts as facts
from dunwell.engine.checkout_facts import (
    ProviderFact,
    SavedMethodFacts,
    fact_document,
    read_fact,
)
from dunwell.engine.checkout_state import checkout_state

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def told(kind: str, minute: int, **fields: object) -> ProviderFact:
    values: dict[str, object] = {
        "event_id": f"evt_{kind}_{minute}_{fields.get('about', '')}",
        "kind": kind,
        "happened_at": START + timedelta(minutes=minute),
        "subject": "cs_1",
        "currency": "EUR",
        **fields,
    }
    return ProviderFact(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stream", "standing", "held_minor"),
    [
        ([], "unknown", 0),
        ([told("opened", 0)], "opened", 0),
        ([told("opened", 0), told("processing", 1)], "processing", 0),
        ([told("processing", 1), told("failed", 2)], "failed", 0),
        ([told("failed", 2), told("processing", 3)], "processing", 0),
        ([told("expired", 9), told("paid", 5, amount_minor=100)], "paid", 100),
        ([told("paid", 5, amount_minor=100), told("failed", 9)], "paid", 100),
        ([told("cancelled", 1), told("expired", 1)], "expired", 0),
        (
            [
                told("refunded", 7, about="re_1", amount_minor=30),
                told("paid", 5, amount_minor=100),
            ],
            "paid",
            70,
        ),
        (
            [
                told("paid", 5, amount_minor=100),
                told("refunded", 7, about="re_1", amount_minor=30),
                told("refund_failed", 8, about="re_1", amount_minor=30),
                told("charged_back", 9, about="dp_1", amount_minor=100, fee_minor=15),
            ],
            "paid",
            0,
        ),
        (
            [
                told("chargeback_won", 20, about="dp_1", amount_minor=100),
                told("charged_back", 9, about="dp_1", amount_minor=100),
                told("paid", 5, amount_minor=100),
            ],
            "paid",
            100,
        ),
    ],
)
def test_a_checkout_stands_where_its_facts_put_it(
    stream: list[ProviderFact], standing: str, held_minor: int
) -> None:
    state = checkout_state(stream)

    assert (state.standing, state.held_minor) == (standing, held_minor)


def test_two_contents_under_one_id_end_alike_whichever_came_first() -> None:
    one = told("paid", 5, event_id="evt_1", amount_minor=100)
    other = told("paid", 5, event_id="evt_1", amount_minor=90)

    assert checkout_state([one, other]) == checkout_state([other, one])


def stream(source: random.Random) -> list[ProviderFact]:
    """Return what a provider may tell of one checkout, moments that meet included."""
    kinds = [facts.OPENED, facts.PROCESSING, facts.FAILED, facts.EXPIRED, facts.CANCELLED]
    found = [
        told(kind, source.randrange(6), event_id=f"e{place}", reason=source.choice(["", "no"]))
        for place, kind in enumerate(source.choices(kinds, k=source.randrange(6)))
    ]
    if source.random() < 0.7:
        found.append(told(facts.PAID, source.randrange(9), event_id="p", amount_minor=1_000))
    for number in range(source.randrange(3)):
        fields = {"about": f"re_{number}", "amount_minor": source.randrange(1, 400)}
        found.append(
            told(facts.REFUNDED, 9 + source.randrange(3), event_id=f"r{number}", **fields)
        )
        if source.random() < 0.3:
            found.append(told(facts.REFUND_FAILED, 9, event_id=f"f{number}", **fields))
    if source.random() < 0.4:
        fields = {"about": "dp", "amount_minor": 500, "fee_minor": 15}
        found.append(told(facts.CHARGED_BACK, 12, event_id="c", **fields))
        if source.random() < 0.6:
            end = source.choice([facts.CHARGEBACK_WON, facts.CHARGEBACK_LOST])
            found.append(told(end, 12 + source.randrange(2), event_id="w", **fields))
    return found


def test_10_000_streams_shuffled_and_told_up_to_5_times_end_like_the_sorted_one() -> None:
    source = random.Random(20260302)
    began = time.perf_counter()
    ended_alike = 0
    for _ in range(10_000):
        facts_told = stream(source)
        once = sorted(facts_told, key=lambda fact: (fact.happened_at, fact.event_id))
        many = facts_told * source.randrange(1, 6)
        source.shuffle(many)
        ended_alike += checkout_state(many) == checkout_state(once)

    assert ended_alike == 10_000
    assert time.perf_counter() - began < 60


def test_a_fact_that_was_kept_is_read_as_it_was_told() -> None:
    fact = told(
        facts.METHOD_SAVED,
        1,
        about="pm_1",
        due_on=date(2026, 4, 1),
        method=SavedMethodFacts(token="pm_1", kind="card", last4="4242", is_commercial=True),
    )

    kept = fact_document(fact)

    assert fact == read_fact(
        kept,
        event_id=fact.event_id,
        kind=fact.kind,
        subject=fact.subject,
        happened_at=fact.happened_at,
    )
