"""Limits: asked for, approved within authority or by another person, and kept as written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.limits import propose_limit, withdraw_limit
from dunwell.models import (
    ApprovalRequest,
    Company,
    CreditLimit,
    CreditRating,
    Customer,
    Event,
)
from dunwell.queries.limits import limits_in_force
from tests.actions.desk import acting, last_event, verbs
from tests.actions.limit_rows import approved, group_of
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def analyst(company):
    return add_user(company, "nina", "credit_analyst")


@pytest.fixture
def director(company):
    return add_user(company, "felix", "finance_director")


def rated(customer, risk="low"):
    CreditRating.objects.create(
        company=customer.company, customer=customer, as_of=TODAY, risk_class="A", risk=risk,
        outcome="approve", digest="x", by="system", recorded_at=AT,
    )  # fmt: skip
    return customer


def asked(user, amount_minor, **fields):
    scope = {"kind": "standard", "from_on": TODAY, "reason": "they buy more", **ON, **fields}
    return propose_limit(actor=acting(user), amount_minor=amount_minor, **scope)


def limit_of(customer, as_of=TODAY, **known):
    found = limits_in_force(customer.company, as_of=as_of, customer_ids=[customer.pk], **known)
    return found[customer.pk]


def decide(user, *, approve=True, reason="", **on):
    request = ApprovalRequest.objects.get(status="open")
    return decide_approval(
        actor=acting(user), request=request, approve=approve, reason=reason, **{**ON, **on}
    )


def test_within_authority_a_limit_is_approved_at_once_by_the_policy(company, customer, analyst):
    limit = asked(analyst, 25_000_00, customer=rated(customer))

    assert (limit.status, limit.decided_by, limit.decided_on) == ("approved", "nina", TODAY)
    assert limit.authority["rule"] == "limit/credit_analyst/low"
    assert limit_of(customer).limit_minor == 25_000_00
    assert ApprovalRequest.objects.count() == 0
    verb, actor, whose, data = last_event(company)
    assert (verb, actor, whose) == ("limit.approved", "nina", customer.pk)
    assert (data["amount_minor"], data["kind"], data["currency"]) == (
        25_000_00, "standard", "EUR",
    )  # fmt: skip


def test_above_authority_another_person_with_it_approves(company, customer, analyst, manager):
    limit = asked(analyst, 25_000_01, customer=rated(customer))
    assert (limit.status, limit_of(customer).limit_minor) == ("proposed", None)
    assert verbs(company)[-2:] == ["approval.requested", "limit.proposed"]

    decide(manager, reason="a good customer")

    limit.refresh_from_db()
    assert (limit.status, limit.decided_by, limit.decision_reason) == (
        "approved", "mona", "a good customer",
    )  # fmt: skip
    assert limit_of(customer).approved_by == "mona"
    assert verbs(company)[-2:] == ["limit.approved", "approval.approved"]


def test_nobody_approves_his_own_whatever_his_role(company, customer, manager, director):
    asked(manager, 900_000_00, customer=rated(customer))

    with pytest.raises(Refused, match="You asked for this"):
        decide(manager)
    decide(director)

    assert limit_of(customer).approved_by == "felix"


def test_approving_needs_the_right_to_approve_limits_too(customer, analyst, manager):
    asked(analyst, 30_000_00, customer=rated(customer))
    actor = acting(manager)
    without = replace(actor, rights=actor.rights - {"limit.approve"})
    request = ApprovalRequest.objects.get()

    with pytest.raises(Forbidden, match="limit.approve"):
        decide_approval(actor=without, request=request, approve=True, **ON)
    decide_approval(actor=without, request=request, approve=False, reason="no", **ON)


def test_what_is_rejected_or_withdrawn_never_applies(customer, analyst, manager):
    rated(customer)
    first = asked(analyst, 30_000_00, customer=customer)
    decide(manager, approve=False, reason="too much")
    second = asked(analyst, 30_000_00, customer=customer)
    withdraw_limit(actor=acting(analyst), limit=second, **ON)
    third = asked(analyst, 30_000_00, customer=customer)
    withdraw_approval(
        actor=acting(analyst), request=ApprovalRequest.objects.get(status="open"), **ON
    )

    states = [(x.status, x.decided_by) for x in CreditLimit.objects.order_by("pk")]
    assert states == [("rejected", "mona"), ("withdrawn", "nina"), ("withdrawn", "nina")]
    assert [first.pk, second.pk, third.pk] == sorted({first.pk, second.pk, third.pk})
    assert (limit_of(customer).limit_minor, ApprovalRequest.objects.filter(status="open").count()) == (
        None, 0,
    )  # fmt: skip


def test_only_its_author_withdraws_a_wish_and_only_while_it_waits(customer, analyst, manager):
    limit = asked(analyst, 30_000_00, customer=rated(customer))

    with pytest.raises(Refused, match="Only nina may withdraw"):
        withdraw_limit(actor=acting(manager), limit=limit, **ON)
    decide(manager)
    with pytest.raises(Refused, match="was approved by mona"):
        withdraw_limit(actor=acting(analyst), limit=limit, **ON)


def test_the_same_wish_again_is_the_same_row_and_another_one_waits(customer, analyst):
    limit = asked(analyst, 30_000_00, customer=rated(customer))

    assert asked(analyst, 30_000_00, customer=customer).pk == limit.pk
    with pytest.raises(Refused, match="nina asked for another standard limit"):
        asked(analyst, 40_000_00, customer=customer)
    small = asked(analyst, 1_000_00, customer=customer, kind="temporary", until_on=LATER)
    again = asked(analyst, 1_000_00, customer=customer, kind="temporary", until_on=LATER)
    assert small.pk == again.pk


def test_a_lower_limit_needs_nobody_else(customer, analyst):
    approved(900_000_00, customer=customer)

    limit = asked(analyst, 800_000_00, customer=customer)

    assert (limit.status, limit.authority["rule"]) == ("approved", "limit/lower")
    assert limit_of(customer).limit_minor == 800_000_00


def test_a_large_limit_is_not_made_of_two_small_ones(customer, analyst):
    asked(analyst, 20_000_00, customer=rated(customer))

    limit = asked(analyst, 10_000_00, customer=customer, kind="insured")

    assert (limit.status, limit.authority["ask"]["amount_minor"]) == ("proposed", 30_000_00)


def test_a_limit_that_grew_beside_the_one_asked_for_is_not_approved_unseen(
    customer, analyst, manager
):
    asked(analyst, 30_000_00, customer=rated(customer))
    approved(5_000_00, customer=customer, kind="insured")

    with pytest.raises(Refused, match="more than was asked for"):
        decide(manager)


def test_a_temporary_limit_is_judged_by_its_months_and_needs_an_end(customer, analyst):
    rated(customer)
    with pytest.raises(Refused, match="needs its last day"):
        asked(analyst, 1_000_00, customer=customer, kind="temporary")

    month = asked(analyst, 1_000_00, customer=customer, kind="temporary", until_on=LATER)
    longer = asked(
        analyst, 2_000_00, customer=customer, kind="temporary", until_on=LATER + timedelta(days=9)
    )

    assert (month.status, longer.status) == ("approved", "proposed")


def test_a_suspension_stops_at_once_and_its_end_needs_the_authority_of_what_comes_back(
    company, customer, analyst, manager
):
    approved(30_000_00, customer=rated(customer))

    stop = asked(analyst, 0, customer=customer, kind="suspension")
    assert (stop.status, limit_of(customer).limit_minor) == ("approved", 0)
    assert last_event(company)[0] == "limit.suspended"

    end = asked(analyst, 0, customer=customer, kind="resumption")
    assert (end.status, end.amount_minor) == ("proposed", 30_000_00)
    decide(manager)

    assert limit_of(customer).limit_minor == 30_000_00
    assert verbs(company)[-2:] == ["limit.resumed", "approval.approved"]
    with pytest.raises(Refused, match="nothing to end"):
        asked(analyst, 0, customer=customer, kind="resumption")


def test_a_limit_approved_after_its_first_day_applies_from_the_approval(
    customer, analyst, manager
):
    limit = asked(analyst, 30_000_00, customer=rated(customer))
    late = {"as_of": TODAY + timedelta(days=4), "at": AT + timedelta(days=4)}

    decide(manager, **late)

    limit.refresh_from_db()
    assert (limit.from_on, limit.decided_on) == (late["as_of"], late["as_of"])
    assert limit_of(customer).limit_minor is None


def test_a_limit_that_is_over_is_not_approved(customer, analyst, manager):
    asked(
        analyst, 30_000_00, customer=rated(customer), kind="temporary",
        until_on=TODAY + timedelta(days=2),
    )  # fmt: skip

    with pytest.raises(Refused, match="could be approved until"):
        decide(manager, as_of=TODAY + timedelta(days=3))


def test_a_group_and_a_segment_have_limits_of_their_own(
    company, customer, analyst, manager, director
):
    other = add_customer(company, "N2", segment="small")
    add_customer(company, "N3", segment="small")
    group = group_of("Acme group", customer, other)

    shared = asked(manager, 20_000_00, group=group)
    common = asked(manager, 15_000_00, segment="small")

    # nobody knows the risk of a group; a segment's limit counts for each of its customers
    assert (shared.status, common.status) == ("approved", "proposed")
    assert common.authority["ask"]["amount_minor"] == 30_000_00
    decide(director)
    assert (limit_of(customer).group.limit_minor, limit_of(other).limit_minor) == (
        20_000_00, 15_000_00,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"kind": "endless"}, "no kind of limit"),
        ({"amount_minor": -1}, "0 or more"),
        ({"kind": "suspension", "amount_minor": 5}, "no amount"),
        ({"until_on": TODAY - timedelta(days=1)}, "before the first"),
        ({"from_on": TODAY - timedelta(days=1)}, "cannot begin before today"),
        ({"reason": " "}, "Say why"),
        ({"reason": "x" * 301}, "at most 300"),
        ({"customer": None}, "Say whom"),
        ({"segment": "small"}, "Say whom"),
        ({"customer": None, "segment": "nobody"}, "no customer in the segment"),
        ({"kind": "resumption"}, "nothing to end"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(customer, analyst, fields, match):
    wish = {"customer": customer, "amount_minor": 100_00, **fields}
    with pytest.raises(Refused, match=match):
        asked(analyst, wish.pop("amount_minor"), **wish)
    assert CreditLimit.objects.count() == 0
    assert Event.objects.count() == 0


def test_nothing_is_asked_for_a_customer_of_another_company(customer, analyst):
    other = Company.objects.create(name="Rival", zone="UTC", created_at=AT)

    with pytest.raises(Refused, match="another company"):
        asked(analyst, 100_00, customer=add_customer(other, "K1"))


def test_the_published_policy_itself_grants_what_an_analyst_may_and_no_more(company, customer):
    rated(customer)
    wish = {"kind": "standard", "from_on": TODAY, "reason": "by policy", "customer": customer}

    small = propose_limit(
        actor=system(company), amount_minor=20_000_00, source="policy", **wish, **ON
    )
    large = propose_limit(
        actor=system(company), amount_minor=90_000_00, source="policy", **wish, **ON
    )

    assert (small.status, large.status) == ("approved", "proposed")


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 5},
        {"status": "rejected"},
        {"until_on": LATER},
        {"decided_by": "somebody"},
    ],
)
def test_the_database_refuses_to_change_a_decided_limit(customer, change):
    row = approved(100_00, customer=customer)

    with pytest.raises(DatabaseError, match="as it was written"), transaction.atomic():
        CreditLimit.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="as it was written"), transaction.atomic():
        CreditLimit.objects.filter(pk=row.pk)._raw_delete("default")
    assert Customer.objects.get(pk=customer.pk).credit_limits.get().amount_minor == 100_00
