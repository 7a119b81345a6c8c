"""How good matching is, and how old unused cash is."""

from datetime import timedelta

import pytest

from dunwell.actions.match_cases import settle_case, undo_case
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.queries.match_quality import AGES, JudgedShare, match_quality, unapplied_aging
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice, payment
from tests.actions.match_desk import LATER, case_of, money, run
from tests.conftest import AT, TODAY, add_customer

MONDAY = TODAY - timedelta(days=TODAY.weekday())


def whole(company):
    return match_quality(company, from_on=TODAY - timedelta(days=30), to_on=TODAY)


def test_wilsons_interval_is_that_of_the_textbook():
    # Newcombe (1998), table 1: 81 of 263 has 0.2553 to 0.3662
    share = JudgedShare(judged=263, right=81)
    assert (share.ppm, share.low_ppm, share.high_ppm) == (307_984, 255_288, 366_211)
    assert JudgedShare(judged=0, right=0).low_ppm is None
    assert JudgedShare(judged=10, right=10).high_ppm == 1_000_000


def test_a_week_counts_what_posted_what_was_decided_and_whether_it_was_right(company, clerk):
    acme = add_customer(company, "K1", "Acme Trading GmbH")
    items = [invoice(acme, f"RE-2026-1004{n}", 417_93 + n) for n in range(3)]
    posted = [
        money(company, f"B{n}", 417_93 + n, payer="ACME TRADING GMBH", reference=item.number)
        for n, item in enumerate(items)
    ]
    strange = money(company, "S1", 5_00, payer="Shadow Ltd")
    other = invoice(acme, "R9", 5_00, currency="USD")
    run(company)
    case = case_of(strange)
    settle_case(
        actor=acting(clerk), case=case, version=1, amounts={other.pk: 5_00}, paid={other.pk: 4_60},
        seconds=90, as_of=TODAY, at=LATER,
    )  # fmt: skip
    undo_case(
        actor=acting(clerk), case=case_of(posted[0]), version=1, reason="wrong",
        as_of=TODAY, at=LATER,
    )  # fmt: skip

    quality = whole(company)

    assert [(row.week_on, row.tier, row.payments) for row in quality.rows] == [
        (MONDAY, "auto:reference_full", 3), (MONDAY, "none", 1),
    ]  # fmt: skip
    assert [row.tier for row in quality.tiers] == ["auto:reference_full", "none"]
    row = quality.whole
    assert (row.payments, row.posted, row.decided, row.waiting) == (4, 2, 1, 1)
    assert (row.straight_ppm, row.seconds_each, row.minutes_each) == (500_000, 90, 1.5)
    assert (row.posting, row.proposing) == (
        JudgedShare(judged=3, right=2), JudgedShare(judged=0, right=0),
    )  # fmt: skip
    assert row.matched == {"EUR": 417_94 + 417_95 + 4_60}
    assert [one.matched for one in quality.weeks] == [row.matched]
    empty = match_quality(company, from_on=TODAY + timedelta(days=1), to_on=TODAY)
    assert (empty.rows, empty.whole.payments, empty.whole.straight_ppm) == ((), 0, None)


def test_unapplied_cash_is_aged_by_value_day_with_the_payments_that_sum_to_it(
    company, clerk, django_assert_num_queries
):
    acme, other = add_customer(company, "K1", "Acme"), add_customer(company, "K2")
    ages = (0, 7, 8, 30, 31, 60, 61, 90, 91, 400)
    for place, age in enumerate(ages):
        payment(acme, f"P{place}", 10_00 + place, value_on=TODAY - timedelta(days=age))
    used = payment(acme, "U", 50_00)
    apply_payment(
        actor=acting(clerk), payment=used, amounts={invoice(acme, "R1", 50_00): 50_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip
    gone = payment(other, "G", 70_00)
    reverse_payment(actor=acting(clerk), payment=gone, reason="NSF", as_of=TODAY, at=AT)
    money(company, "N", 99_00)

    with django_assert_num_queries(1):
        rows = unapplied_aging(company, as_of=TODAY)

    assert [(row.customer_number, row.currency, row.unapplied_minor) for row in rows] == [
        ("K1", "EUR", 100_45), ("", "EUR", 99_00),
    ]  # fmt: skip
    assert rows[0].buckets == (20_01, 20_05, 20_09, 20_13, 20_17)
    assert [name for name, _, _ in AGES] == ["0-7", "8-30", "31-60", "61-90", "91+"]
    assert rows[0].oldest_days == 400
    for row in rows:
        assert sum(row.buckets) == row.unapplied_minor
        assert sum(one.unapplied_minor for one in row.payments) == row.unapplied_minor
    before = unapplied_aging(company, as_of=TODAY - timedelta(days=50))
    assert [(row.customer_number, len(row.payments)) for row in before] == [("K1", 5)]


@pytest.mark.parametrize("age", [0, 7, 8, 90, 91, 10_000])
def test_every_age_has_one_bucket(age):
    found = [name for name, first, last in AGES if first <= age and (last is None or age <= last)]
    assert len(found) == 1
