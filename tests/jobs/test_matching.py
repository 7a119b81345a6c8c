"""The job that matches: nothing waits, somebody asks for one payment, or the books are closed."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.match_posting import MatchCounts
from dunwell.actions.periods import lock_period
from dunwell.jobs.matching import match_open, matched
from dunwell.models import MatchCase
from dunwell.queries.match_frames import match_frames
from tests.actions.ledger_rows import invoice
from tests.actions.match_desk import case_of, money, run
from tests.conftest import AT, TODAY, add_customer


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
