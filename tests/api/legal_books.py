"""Legal matters, events, a written-off debt and its VAT, in the states that calls need."""

from datetime import timedelta

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import system
from dunwell.actions.legal import admit_matter, file_matter, open_matter
from dunwell.actions.limitation import record_limitation_event
from dunwell.actions.payments import record_payment
from dunwell.actions.recoveries import record_recovery
from dunwell.actions.vat_relief import claim_vat_relief
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer


def keep_legal(company, tag="", *, today, at):
    """Add matters of every state a call needs, and lost debts; return their keys."""
    on, actor = {"as_of": today, "at": at}, system(company)
    customer = add_customer(company, f"LEGAL{tag}", country="DE")
    keys = {}

    def item(number):
        return invoice(
            customer, number, 119_00, issued_on=today - timedelta(days=90),
            due_on=today - timedelta(days=60), **on,
        )  # fmt: skip

    def money(number, minor):
        return record_payment(
            actor=actor, customer=customer, number=f"{number}{tag}", currency="EUR",
            amount_minor=minor, value_on=today, **on,
        )  # fmt: skip

    for name in ("matter_id", "filed_matter_id", "admitted_matter_id", "paying_matter_id"):
        matter = open_matter(
            actor=actor, customer=customer, kind="claim", items=[item(name)], opened_on=today, **on
        )
        if name != "matter_id":
            file_matter(actor=actor, matter=matter, filed_on=today, **on)
        if name in {"admitted_matter_id", "paying_matter_id"}:
            admit_matter(actor=actor, matter=matter, **on)
        keys[name] = matter.pk
    insolvent = add_customer(company, f"BROKE{tag}", country="DE")
    owed = invoice(insolvent, "owed", 50_00, issued_on=today, due_on=today, **on)
    proof = open_matter(
        actor=actor, customer=insolvent, kind="insolvency", items=[owed], opened_on=today, **on
    )
    talks = record_limitation_event(
        actor=actor, customer=customer, kind="negotiating", on=today - timedelta(days=9),
        evidence="minutes", **on,
    )  # fmt: skip
    for name in ("lost_item_id", "repaid_item_id"):
        lost = item(name)
        record_adjustment(
            actor=actor, item=lost, kind="write_off", amount_minor=119_00, reason="lost", **on
        )
        keys[name] = lost.pk
    claim_vat_relief(actor=actor, item=lost, rate_ppm=190_000, **on)
    record_recovery(actor=actor, item=lost, payment=money("back", 11_90), amount_minor=11_90, **on)
    return {
        **keys,
        "insolvency_matter_id": proof.pk,
        "limitation_event_id": talks.pk,
        "event_id": talks.pk,
        "legal_customer_id": customer.pk,
        "claimable_id": item("claimable").pk,
        "dividend_id": money("dividend", 10_00).pk,
        "recovery_payment_id": money("recovered", 19_00).pk,
    }
