"""The job that matches: nothing waits, somebody asks for one payment, or the books are closed."""

from datetime import timedelta

import pytest
from django.db import transaction

from dunwell.actions.gate import system
from dunwell.actions.match_posting import MatchCounts
from dunwell.actions.periods import lock_period
from dunwell.engine.matching.readings import Cell
from dunwell.jobs.matching import match_open, matched, record_parts
from dunwell.models import MatchCase, PayerAlias
from dunwell.queries.match_frames import match_frames
from tests.actions.ledger_rows import invoice
from tests.actions.match_books import keep, outcome
from tests.actions.match_desk import LATER, TOMORROW, bank_entry, case_of, money, run
from tests.conftest import AT, TODAY, add_customer
from tests.engine.match_world import world
from tests.table_digest import digest


def test_nothing_waits(company):
    assert run(company) == MatchCounts()
    frames = match_frames(company, as_of=TODAY)
    assert matched(frames).allocations == ()


def test_only_the_payments_named_are_matched(company):
    one, two = money(company, "B1", 5_00), money(company, "B2", 6_00)
    counts = match_open(company_id=company.pk, as_of=TODAY, at=AT, payment_ids=[two.pk])
    assert counts == MatchCounts(exceptions=1)
    assert case_of(two).status == "exception"
    assert not MatchCase.objects.filter(payment=one).exists()


def test_on_a_day_of_a_closed_period_nothing_is_written(company, manager):
    acme = add_customer(company, "K1", "Acme Trading GmbH")
    invoice(acme, "RE-2026-10044", 417_93)
    money(company, "B1", 417_93, payer="Acme Trading GmbH", reference="RE-2026-10044")
    tomorrow = TODAY + timedelta(days=1)
    lock_period(actor=system(company), until_on=TODAY, reason="month end", as_of=tomorrow, at=AT)
    assert run(company) == MatchCounts(unchanged=1)
    assert run(company, as_of=tomorrow) == MatchCounts(posted=1)


@pytest.mark.parametrize("seed", [3_100_000, 3_100_001, 3_100_002])
def test_a_second_run_of_a_day_with_nothing_new_writes_nothing(company, seed):
    keep(company, world(seed, customers=10, payments=30))
    assert run(company).changed > 20
    before = digest()

    assert run(company, at=LATER).changed == 0

    assert digest() == before


def test_a_payer_known_by_the_account_alone_is_told_the_same_way_again(company):
    acme = add_customer(company, "K1", "Acme Trading GmbH")
    PayerAlias.objects.create(
        company=company, customer=acme, kind="account", text="DE89370400440532013000",
        last_on=TODAY, recorded_by="x", recorded_at=AT,
    )  # fmt: skip
    invoice(acme, "RE-2026-10044", 417_93)
    payment = money(company, "B1", 400_00, reference="RE-2026-10044")
    bank_entry(payment)
    assert run(company) == MatchCounts(exceptions=1)
    payment.refresh_from_db()
    assert payment.customer == acme
    assert "the account is the customer's" in case_of(payment).proposals.get(rank=1).reasons
    before = digest()

    assert run(company, at=LATER) == MatchCounts(unchanged=1)

    assert digest() == before


def test_what_matching_posted_counts_from_the_next_day_on(company):
    acme = add_customer(company, "K1", "Acme Trading GmbH")
    invoice(acme, "RE-2026-10044", 417_93)
    money(company, "B1", 417_93, payer="Acme Trading GmbH", reference="RE-2026-10044")
    before = match_frames(company, as_of=TODAY).precision
    assert run(company).posted == 1
    assert match_frames(company, as_of=TODAY).precision == before
    cell = Cell("reference", "full", "named", "known", "clear")
    more = match_frames(company, as_of=TOMORROW).precision
    assert more.counts[cell].cases == before.counts[cell].cases + 1


def test_parts_of_any_size_write_what_one_does(company):
    keep(company, world(3_100_003, customers=10, payments=30))
    frames = match_frames(company, as_of=TODAY)
    found = []
    for most in (1, 7, 1_000):
        with transaction.atomic():
            counts = record_parts(
                actor=system(company),
                matching=matched(frames),
                frames=match_frames(company, as_of=TODAY),
                as_of=TODAY,
                at=AT,
                most=most,
            )
            found.append((counts, outcome(company)))
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]
    assert found[0][0].changed > 20
