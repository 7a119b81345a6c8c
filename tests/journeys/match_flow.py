"""Crash scenario: matching posts, a clerk settles with everything there is, and takes it back."""

from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.match_cases import Deduction, settle_case, undo_case
from dunwell.jobs.matching import match_open
from dunwell.models import Company, Customer, Item, MatchCase
from tests.actions.ledger_rows import invoice
from tests.actions.match_desk import money
from tests.conftest import AT, TODAY

WHEN = {"as_of": TODAY, "at": AT}


def prepare():
    """A payment that posts by itself, and one that only a person can place."""
    company = add_company(
        name="Crash", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    acme = Customer.objects.create(
        company=company, number="K1", name="Acme Trading GmbH", recorded_at=AT
    )
    for number, amount in (("RE-2026-10044", 417_93), ("R1", 100_00), ("R2", 250_00)):
        invoice(acme, number, amount)
    invoice(acme, "C1", -30_00)
    money(company, "B1", 417_93, payer="ACME TRADING GMBH", reference="RE-2026-10044")
    money(company, "B2", 333_33, payer="Shadow Ltd")


def run():
    """Match, settle what waits, and take both back; each step only if it is still to do."""
    company = Company.objects.get()
    actor = system(company)
    if not MatchCase.objects.exists():
        # anew it would read the payment taken back beside what was judged of it
        match_open(company_id=company.pk, **WHEN)
    cases = {case.payment.number: case for case in MatchCase.objects.select_related("payment")}
    if (cases["B2"].status, cases["B2"].version) == ("exception", 1):
        _settle(actor, cases["B2"])
    for case in MatchCase.objects.filter(status__in=("posted", "decided")).order_by("pk"):
        undo_case(actor=actor, case=case, version=case.version, reason="wrong", **WHEN)


def _settle(actor, case):
    keys = dict(Item.objects.values_list("number", "pk"))
    settle_case(
        actor=actor,
        case=case,
        version=1,
        amounts={keys["R1"]: 98_00, keys["R2"]: 200_00, keys["C1"]: -30_00},
        write_offs={keys["R1"]: 2_00},
        deductions=[Deduction(item_id=keys["R2"], amount_minor=50_00, reason="quality")],
        learn=True,
        **WHEN,
    )
