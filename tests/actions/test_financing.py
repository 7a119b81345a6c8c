"""Drawing on receivables: what counts, one live assignment, postings, recourse, no double."""

from datetime import timedelta

import pytest

from dunwell.actions.financing_draws import (
    cancel_draw,
    disburse_draw,
    propose_draw,
    return_item,
    sanction_draw,
)
from dunwell.actions.financing_facilities import (
    add_facility,
    add_terms,
    close_facility,
    open_facility,
)
from dunwell.actions.gate import Refused, system
from dunwell.models import FinancingDraw, FinancingItem, FinancingMove
from dunwell.queries.borrowing_base import base_rows, facility_base
from dunwell.queries.financing import financing_compared
from tests.actions.ledger_rows import breaks, invoice, postings
from tests.conftest import AT, TODAY, add_customer

FIGURES = {"advance_ppm": 800_000, "rate_ppm": 73_000, "fee_ppm": 10_000, "recourse_days": 30}
ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def line(company):
    actor = system(company)
    facility = add_facility(
        actor=actor, name="Line", lender="Bank", kind="recourse", limit_minor=10_000_00,
        from_on=TODAY, until_on=None, at=AT,
    )  # fmt: skip
    rules = {"concentration_ppm": 600_000, "countries": ["DE"]}
    add_terms(
        actor=actor, facility=facility, valid_from=TODAY, figures=FIGURES, rules=rules,
        source="contract", at=AT,
    )  # fmt: skip
    return open_facility(actor=actor, facility=facility, at=AT)


def owes(company, number, amount, country="DE", days=-10):
    who = add_customer(company, number, number, country=country)
    due = TODAY - timedelta(days=days)
    issued = min(due - timedelta(days=30), TODAY - timedelta(days=1))
    return invoice(who, f"{number}-1", amount, issued_on=issued, due_on=due)


def test_the_borrowing_base_sums_from_gross_to_what_may_be_drawn(company, line):
    for number, amount, country, days in (
        ("A", 1_000_00, "DE", -10), ("B", 400_00, "DE", -10), ("C", 300_00, "FR", -10),
        ("D", 200_00, "DE", 100),
    ):  # fmt: skip
        owes(company, number, amount, country, days)

    found = facility_base(company, line, as_of=TODAY)

    base = found.base
    assert base.excluded == {"foreign": 300_00, "past_due": 200_00, "concentration": 160_00}
    assert base.gross_minor == base.eligible_minor + sum(base.excluded.values()) == 1_900_00
    assert (base.eligible_minor, base.advance_minor) == (1_240_00, 992_00)
    for reason, minor in {**base.excluded, "eligible": base.eligible_minor}.items():
        assert sum(row.amount_minor for row in base_rows(found, reason=reason).rows) == minor


def test_an_item_is_in_one_live_draw_and_free_again_once_it_ends(company, line, manager):
    item, actor = owes(company, "A", 1_000_00), system(company)
    owes(company, "B", 1_000_00)
    told = {"actor": actor, "facility": line, "items": [item.pk], **ON}
    draw = propose_draw(**told)
    with pytest.raises(Refused, match="assigned"):
        propose_draw(**told)
    with pytest.raises(Refused, match="not settled"):
        close_facility(actor=actor, facility=line, at=AT)
    cancel_draw(actor=actor, draw=draw, reason="rate too high", **ON)
    again = propose_draw(**told)
    with pytest.raises(Refused, match="proposed"):
        disburse_draw(actor=actor, draw=again, reference="B1", **ON)
    assert FinancingItem.objects.filter(status="assigned").count() == 1
    assert FinancingDraw.objects.count() == 2


def test_what_is_paid_out_and_taken_back_balances_with_interest(company, line):
    actor = system(company)
    owes(company, "A", 1_000_00, days=20)
    owes(company, "B", 1_000_00)
    draw = propose_draw(actor=actor, facility=line, items=(), **ON)
    sanction_draw(actor=actor, draw=draw, **ON)
    disburse_draw(actor=actor, draw=draw, reference="B1", **ON)
    paid_out = FinancingMove.objects.get()
    assert postings("financing", paid_out) == [
        ("bank", 1_580_00), ("finance", 20_00), ("loan", -1_600_00),
    ]  # fmt: skip
    row = FinancingItem.objects.get(item__number="A-1")
    told = {"actor": actor, "draw": draw, "item": row, "reason": "not paid", "at": AT}
    with pytest.raises(Refused, match="30 days past due"):
        return_item(as_of=TODAY + timedelta(days=10), **told)

    return_item(as_of=TODAY + timedelta(days=20), **told)

    # 800.00 x 7.3 % x 20 / 365
    assert postings("financing", row.moves.get()) == [
        ("loan", 800_00), ("finance", 3_20), ("bank", -803_20),
    ]  # fmt: skip
    assert not breaks(company)


def test_holding_is_worth_what_comes_less_waiting_and_loss(company, line):
    owes(company, "A", 1_000_00, days=-365)
    found = financing_compared(company, as_of=TODAY)
    hold = next(one for one in found.ways if one.kind == "hold")
    # typed rate 0.3 %, 6 % cost of money: 1,000.00 x 0.997 / 1.06
    assert (found.unpredicted, hold.value_minor) == (1, 940_57)
    assert {one.kind for one in found.ways} == {"hold", "recourse"}
