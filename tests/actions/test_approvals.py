"""Approvals: asked for with a reason, decided by another with authority, carried out in one go."""

from datetime import timedelta

import pytest

from dunwell.actions.approvals import (
    HANDLERS,
    decide_approval,
    drop_approvals,
    request_approval,
    withdraw_approval,
)
from dunwell.actions.authority import asked_in, authorise
from dunwell.actions.gate import Forbidden, Refused, program
from dunwell.models import ApiToken, ApprovalRequest, Company, CustomerScore, Event, FxRate
from tests.actions.desk import acting, last_event
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def carried_out(monkeypatch):
    """What the handler of requests about customers was told; it refuses when it says so."""
    told = []

    def handle(*, actor, request, is_approved, reason, as_of, at):
        if reason == "too late":
            raise Refused("It has changed meanwhile.")
        told.append((actor.name, request.subject_id, is_approved, reason))

    monkeypatch.setitem(HANDLERS, "customer", handle)
    return told


def asked(user, customer, amount_minor=5_000_00, concession_minor=1_000_00, **changes):
    """A settlement of a fifth, which a collector may not grant alone."""
    actor = acting(user)
    authority = authorise(
        actor=actor, customer=customer, act="settlement", currency="EUR",
        amount_minor=amount_minor, concession_minor=concession_minor, months=1, as_of=TODAY,
    )  # fmt: skip
    return request_approval(
        actor=actor, subject=customer, act="settlement", authority=authority,
        **{"reason": "insolvency looms", **ON, **changes},
    )  # fmt: skip


def test_a_second_person_approves_and_the_change_is_made(
    company, collector, manager, customer, carried_out
):
    request = asked(collector, customer)
    assert (request.status, request.needs_role, request.amount_minor) == (
        "open", "credit_manager", 5_000_00,
    )  # fmt: skip
    assert asked_in(request.ask).concession_ppm == 200_000
    assert last_event(company)[0] == "approval.requested"

    decide_approval(actor=acting(manager), request=request, approve=True, reason="fine", **ON)

    request.refresh_from_db()
    assert (request.status, request.decision, request.decided_by, request.decided_on) == (
        "approved", "fine", "mona", TODAY,
    )  # fmt: skip
    assert carried_out == [("mona", customer.pk, True, "fine")]
    verb, actor, about, data = last_event(company)
    assert (verb, actor, about) == ("approval.approved", "mona", customer.pk)
    assert (data["author"], data["override"]) == ("anna", "")
    with pytest.raises(Refused, match="was approved by mona on 2026-03-05"):
        decide_approval(actor=acting(manager), request=request, approve=False, reason="x", **ON)


def test_a_rejection_needs_a_reason_and_is_told(collector, manager, customer, carried_out):
    request = asked(collector, customer)
    with pytest.raises(Refused, match="Say why the request is rejected"):
        decide_approval(actor=acting(manager), request=request, approve=False, reason=" ", **ON)

    decide_approval(actor=acting(manager), request=request, approve=False, reason="no", **ON)

    assert carried_out == [("mona", customer.pk, False, "no")]
    assert ApprovalRequest.objects.get().status == "rejected"


def test_nobody_decides_a_request_of_his_own_not_even_through_a_token(
    company, collector, manager, customer, carried_out
):
    request = asked(manager, customer)
    token = ApiToken.objects.create(
        company=company, user=manager, name="robot", token_hash="x",
        rights=["approval.decide"], created_at=AT,
    )  # fmt: skip
    for actor in (acting(manager), program(token)):
        with pytest.raises(Refused, match="You asked for this; somebody else"):
            decide_approval(actor=actor, request=request, approve=True, reason="", **ON)
    assert carried_out == []
    assert ApprovalRequest.objects.get().status == "open"


def test_where_nobody_else_works_the_author_decides_and_it_shows(
    company, manager, customer, carried_out
):
    request = asked(manager, customer)

    decide_approval(actor=acting(manager), request=request, approve=True, reason="", **ON)

    request.refresh_from_db()
    assert request.decided_by == "mona (nobody else works here)"
    assert last_event(company)[3]["override"] == "nobody else works here"


def test_an_approver_needs_the_role_and_authority_of_the_day(
    company, collector, manager, customer, carried_out
):
    request = asked(collector, customer)
    with pytest.raises(Forbidden, match=r"approval\.decide"):
        decide_approval(
            actor=acting(add_user(company, "cora", "collector")), request=request, approve=True,
            reason="", **ON,
        )  # fmt: skip
    odd = acting(manager)
    odd = type(odd)(company=odd.company, name="odd", roles=frozenset({"clerk"}), rights=odd.rights)
    with pytest.raises(Refused, match="A credit manager has to approve this"):
        decide_approval(actor=odd, request=request, approve=True, reason="", **ON)
    # the policy of the day counts, not that of the day it was asked on
    ApprovalRequest.objects.update(ask={**request.ask, "concession_ppm": 500_001})
    with pytest.raises(Refused, match="more than the authority policy in force lets you"):
        decide_approval(actor=acting(manager), request=request, approve=True, reason="", **ON)
    ApprovalRequest.objects.update(ask={})
    with pytest.raises(Refused, match="more than the authority policy"):
        decide_approval(actor=acting(manager), request=request, approve=True, reason="", **ON)
    assert carried_out == []


def test_a_stale_request_is_not_approved(company, collector, manager, customer, carried_out):
    request = asked(collector, customer, due_on=TODAY)
    late = {"as_of": TODAY + timedelta(days=1), "at": AT}
    with pytest.raises(Refused, match="could be approved until 2026-03-05"):
        decide_approval(actor=acting(manager), request=request, approve=True, reason="", **late)
    before = Event.objects.count()
    with pytest.raises(Refused, match="changed meanwhile"):
        decide_approval(
            actor=acting(manager), request=request, approve=True, reason="too late", **ON
        )
    assert ApprovalRequest.objects.get().status == "open"
    assert Event.objects.count() == before
    decide_approval(actor=acting(manager), request=request, approve=False, reason="late", **late)
    assert ApprovalRequest.objects.get().status == "rejected"


def test_a_request_stands_once_and_is_withdrawn_by_its_author(
    company, collector, manager, customer, carried_out
):
    request = asked(collector, customer)
    with pytest.raises(Refused, match="anna asked for this on 2026-03-05"):
        asked(manager, customer)
    with pytest.raises(Refused, match="Only anna may withdraw this"):
        withdraw_approval(actor=acting(manager), request=request, **ON)

    withdraw_approval(actor=acting(collector), request=request, **ON)

    assert carried_out == [("anna", customer.pk, False, "withdrawn by its author")]
    assert last_event(company)[0] == "approval.withdrawn"
    again = asked(collector, customer)
    assert drop_approvals(actor=acting(collector), subject=customer, reason="cancelled", **ON) == 1
    again.refresh_from_db()
    assert (again.status, again.decision) == ("withdrawn", "cancelled")
    assert drop_approvals(actor=acting(collector), subject=customer, reason="x", **ON) == 0


def test_what_is_asked_for_needs_a_reason_and_a_need(company, collector, rival, customer):
    with pytest.raises(Refused, match="Say why this should be approved"):
        asked(collector, customer, reason=" ")
    with pytest.raises(Refused, match="within your authority"):
        asked(collector, customer, amount_minor=100_00, concession_minor=1_00)
    request = asked(collector, customer)
    with pytest.raises(Refused, match="belongs to another company"):
        decide_approval(actor=acting(rival), request=request, approve=True, reason="", **ON)
    with pytest.raises(Refused, match="belongs to another company"):
        withdraw_approval(actor=acting(rival), request=request, **ON)
    with pytest.raises(Refused, match="Requests about a customer cannot be decided here"):
        decide_approval(
            actor=acting(add_user(company, "max", "credit_manager")), request=request,
            approve=True, reason="", **ON,
        )  # fmt: skip


def said(user, customer, **changes):
    facts = {
        "act": "settlement", "currency": "EUR", "amount_minor": 1_000_00,
        "concession_minor": 80_00, "months": 1, "as_of": TODAY, **changes,
    }  # fmt: skip
    return authorise(actor=acting(user), customer=customer, **facts)


def test_authority_knows_the_customers_risk_rates_and_what_came_before(
    company, collector, customer
):
    assert said(collector, customer).status == "needs_approval"
    score = CustomerScore.objects.create(
        company=company, customer=customer, as_of=TODAY, score=20, base=20, band="E"
    )
    assert said(collector, customer).rule == "settlement/collector/high"
    assert said(collector, customer, earlier_minor=1_000_01).status == "needs_approval"
    score.is_thin = True
    score.save()
    assert said(collector, customer).status == "needs_approval"

    # without a rate the amount is not known, and not decided alone
    foreign = said(collector, customer, currency="USD", concession_minor=0)
    assert (foreign.ask.amount_minor, foreign.status) == (None, "needs_approval")
    FxRate.objects.create(
        company=company,
        currency="USD",
        from_on=TODAY,
        rate_ppm=900_000,
        source="ECB",
        recorded_at=AT,
    )
    assert said(collector, customer, currency="USD").ask.amount_minor == 900_00
    with pytest.raises(Refused, match="more than anybody may grant"):
        said(collector, customer, concession_minor=900_00)
    with pytest.raises(Refused, match="cannot be below 0"):
        said(collector, customer, concession_minor=-1)
    other = Company.objects.create(name="Other", zone="UTC", created_at=AT)
    with pytest.raises(Refused, match="belongs to another company"):
        said(collector, add_customer(other, "X1"))
