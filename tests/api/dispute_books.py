"""Dispute cases in every state that a call needs one in."""

from datetime import timedelta

from dunwell.actions.cause_actions import add_cause_action
from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.dispute_evidence import add_evidence
from dunwell.actions.dispute_moves import withdraw_case
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.dispute_tasks import ask_colleague
from dunwell.actions.gate import Actor
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import CreditRequest, Dispute
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def keep_disputes(company, tag="", *, today, at):
    """Add cases, a question, evidence, a proposal and a request; return path parameter -> key."""
    resolver = Actor(
        company=company,
        name="resolver",
        roles=frozenset({"credit_manager"}),
        rights=ROLE_RIGHTS["credit_manager"],
    )
    on = {"as_of": today, "at": at}
    customer = add_customer(company, f"DISP{tag}")
    cases, items = {}, {}
    for name in ("plain", "other", "withdrawn", "credited", "proposed", "asked"):
        items[name] = invoice(customer, f"{name}{tag}", 90_00, issued_on=today, due_on=today, **on)
        cases[name] = open_case(
            actor=resolver,
            customer=customer,
            reason="price",
            parts=[DisputedPart(item=items[name], amount_minor=20_00)],
            source="api",
            **on,
        )
    withdraw_case(actor=resolver, case=cases["withdrawn"], reason="paid", **on)

    def resolved(name, **amounts):
        part = ResolvedPart(dispute=Dispute.objects.get(case=cases[name]), **amounts)
        return propose_resolution(
            actor=resolver,
            case=cases[name],
            parts=[part],
            reason="agreed",
            missing_evidence="known by phone",
            only_proposed=name == "proposed",
            **on,
        )

    resolution = resolved("credited", credit_minor=20_00)
    proposal = resolved("proposed", denied_minor=20_00)
    note = invoice(customer, f"NOTE{tag}", -20_00, issued_on=today, due_on=today, **on)
    task = ask_colleague(
        actor=resolver, case=cases["asked"], question="Delivered?", guest_name="Pit",
        guest_email="pit@carrier.example", **on,
    )  # fmt: skip
    evidence = add_evidence(
        actor=resolver, case=cases["asked"], kind="price_list", name="list.png", data=PNG, **on
    )
    act = add_cause_action(
        actor=resolver, root_cause="picking", action="count", due_on=today + timedelta(days=7),
        **on,
    )  # fmt: skip
    return {
        "dispute_case_id": cases["plain"].pk,
        "other_case_id": cases["other"].pk,
        "withdrawn_case_id": cases["withdrawn"].pk,
        "disputed_part_id": Dispute.objects.get(case=cases["plain"]).pk,
        "dispute_customer_id": customer.pk,
        "undisputed_item_id": invoice(
            customer, f"FREE{tag}", 90_00, issued_on=today, due_on=today, **on
        ).pk,
        "dispute_task_id": task.pk,
        "evidence_id": evidence.pk,
        "evidence_kind": "price_list",
        "resolution_id": proposal.pk,
        "credit_request_id": CreditRequest.objects.get(resolution=resolution).pk,
        "answering_note_id": note.pk,
        "cause_action_id": act.pk,
    }
