"""The Pareto of many cases is what each case tells on its own."""

from datetime import timedelta

import pytest

from dunwell.actions.dispute_moves import withdraw_case
from dunwell.actions.gate import system
from dunwell.actions.rates import NewRate, load_rates
from dunwell.engine.calendars import day_number
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import DisputeCase
from dunwell.queries.dispute_amounts import case_amounts
from dunwell.queries.dispute_causes import BY_CAUSE, BY_OWNER, BY_REASON, cause_page
from dunwell.queries.frames import fx_frame
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, on, resolve
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer, add_user

DAY = timedelta(days=1)
LATER = TODAY + 40 * DAY


@pytest.fixture
def books(company, customer, manager):
    """Cases of reasons, owners and segments: running, credited, denied, over; one of no rate."""
    rates = [
        NewRate(currency="USD", from_on=TODAY - 30 * DAY, rate_ppm=913_337),
        NewRate(currency="USD", from_on=TODAY + 5 * DAY, rate_ppm=877_771),
    ]
    load_rates(actor=system(company), rates=rates, source="bank", at=AT)
    resolver = acting(add_user(company, "dora", "resolver"))
    other = add_customer(company, "K2", segment="small")
    euro = [case_over(invoice(customer, f"R{n}", 5_000_00), 300_01 * n) for n in range(1, 4)]
    resolve(euro[0], resolver, credit=100_00, denied=200_01, days=3)
    resolve(euro[1], resolver, denied=600_02, days=12)
    case_over(invoice(other, "U1", 900_33, currency="USD"), 333_33, reason="tax")
    case_over(invoice(other, "U2", 900_33, currency="USD"), 111_11, reason="tax", days=8)
    case_over(invoice(other, "C1", 500_00, currency="CHF"), 77_00, reason="tax", days=9)
    gone = case_over(invoice(other, "R9", 500_00), 50_00, days=20)
    withdraw_case(actor=resolver, case=gone, reason="found", **on(25))
    DisputeCase.objects.filter(pk=euro[2].pk).update(owner=manager)
    return company


def told_one_by_one(company, *, by, since, until, segment):
    """Return group: cases, base, ended, days; then what is open now and raised in a year."""
    rates, home = read_rates(fx_frame(company), company.currency), company.currency
    field = {BY_CAUSE: "root_cause", BY_REASON: "reason", BY_OWNER: "owner_id"}[by]
    groups, open_minor, raised, unknown = {}, 0, 0, 0
    cases = DisputeCase.objects.exclude(status="merged")
    for case in cases.filter(customer__segment=segment) if segment else cases:
        found = case_amounts(company, case_ids=[case.pk], as_of=LATER).get(case.pk, ())
        worth = []
        for one in found:
            rate = {"to": home, "day": day_number(case.opened_on)}
            worth.append(rates.convert(one.original_minor, one.currency, **rate))
            today = {"to": home, "day": day_number(LATER)}
            open_minor += rates.convert(one.open_minor, one.currency, **today) or 0
        base = None if None in worth else sum(worth)
        if LATER - 365 * DAY < case.opened_on <= LATER:
            raised += base or 0
        if not since <= case.opened_on < until:
            continue
        ended = case.resolved_on or case.closed_on
        is_over = ended is not None and case.status in DisputeCase.OVER
        row = groups.setdefault(str(getattr(case, field) or ""), [0, 0, 0, 0])
        row[0] += 1
        row[1] += base or 0
        row[2] += is_over
        row[3] += (ended - case.opened_on).days if is_over else 0
        unknown += base is None
    return groups, open_minor, raised, unknown


@pytest.mark.both
@pytest.mark.parametrize("segment", ["", "small"])
@pytest.mark.parametrize("by", [BY_CAUSE, BY_REASON, BY_OWNER])
@pytest.mark.parametrize("since", [TODAY - 200 * DAY, TODAY + 6 * DAY, LATER])
def test_the_pareto_adds_up_what_each_case_tells(books, by, since, segment):
    asked = {"by": by, "since": since, "until": LATER + DAY, "segment": segment}
    page = cause_page(books, **asked, as_of=LATER)
    groups, open_minor, raised, unknown = told_one_by_one(books, **asked)
    assert {
        row.group: [row.cases, row.base_minor, row.resolved, row.days_sum] for row in page.rows
    } == groups
    assert (page.open_minor, page.unconverted) == (open_minor, unknown)
    assert page.cases == sum(row[0] for row in groups.values())
    assert page.ddo_centidays == round(open_minor * 365 * 100 / raised)
    assert page.base_minor == sum(row[1] for row in groups.values())


def test_what_was_decided_last_says_how_right_claims_were(books):
    (price,) = [
        row
        for row in cause_page(books, by=BY_REASON, since=TODAY, until=LATER, as_of=LATER).rows
        if row.group == "price"
    ]
    # one half right, one denied, one withdrawn, one running
    assert (price.cases, price.decided, price.valid_ppm) == (4, 2, 250_000)
    assert [(one.currency, one.original_minor) for one in price.sums] == [("EUR", 1_850_06)]
