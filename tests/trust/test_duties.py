"""Segregation of duties: no grant and no act on one object brings two sides together unseen."""

import random
from dataclasses import replace
from importlib.resources import files

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.duty_overrides import allow_duties, end_duties
from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Refused, staff
from dunwell.actions.role_rights import RIGHTS, ROLE_RIGHTS, STAFF_ROLES
from dunwell.actions.users import conflicts_of, set_roles
from dunwell.models import DutyOverride, Event, Membership
from dunwell.queries.duty_pairs import duty_conflicts, duty_pairs
from tests.conftest import AT, add_customer, add_user

GRANTS = 500


def test_i30_every_pair_names_rights_that_exist_and_how_it_is_kept_apart():
    assert len(duty_pairs()) == 13
    for pair in duty_pairs():
        assert pair.first | pair.second <= RIGHTS, pair.id
        assert pair.first_acts or pair.guard, pair.id
        if pair.guard and pair.guard != "users":  # nobody gives roles to themselves, see below
            action = files("dunwell") / "actions" / f"{pair.guard}.py"
            assert "own_approval(" in action.read_text(encoding="utf-8"), pair.id


def plainly(roles):
    """The pairs two of these roles bring together, from the file, without our reader."""
    text = (files("dunwell") / "policies" / "duties.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)["pairs"]
    found = set()
    for row in rows:
        first, second = set(row["first"]), set(row["second"])
        for one in roles:
            for other in roles:
                a, b = ROLE_RIGHTS[one], ROLE_RIGHTS[other]
                if a & first and not a & second and b & second and not b & first:
                    found.add(row["id"])
    return found


@pytest.mark.django_db
def test_i30_of_500_random_grants_none_brings_duties_together_undetected(company, admin):
    chance, actor = random.Random(30), staff(admin, company)
    people = [add_user(company, f"p{n}", "read_only") for n in range(60)]
    undetected = refused = 0
    for _ in range(GRANTS):
        user = chance.choice(people)
        roles = chance.sample(STAFF_ROLES, chance.randint(1, 4))
        told = "a small team" if chance.random() < 0.3 else ""
        before = set(Membership.objects.filter(user=user).values_list("role", flat=True))
        try:
            set_roles(actor=actor, user=user, roles=roles, at=AT, reason=told, days=30)
        except Refused:
            refused += 1
            assert (
                set(Membership.objects.filter(user=user).values_list("role", flat=True)) == before
            )
            assert plainly(roles) - plainly(before) and not told
            continue
        allowed = set(
            DutyOverride.objects.filter(user=user, ended_at=None).values_list("pair", flat=True)
        )
        undetected += len(plainly(roles) - allowed)
        assert {pair.id for pair in conflicts_of(roles)} == plainly(roles)
    assert (undetected, refused > 20) == (0, True)
    shown = {(row.user_id, row.pair) for row in duty_conflicts(company, rights=ROLE_RIGHTS, at=AT)}
    for user in people:
        roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
        assert {(user.pk, pair) for pair in plainly(roles)} <= shown


@pytest.mark.django_db
def test_i30_who_posted_cash_may_not_write_off_for_the_same_customer(company, admin, customer):
    both = staff(add_user(company, "bea", "clerk", "credit_manager"), company)
    record_event(both, "payment.recorded", customer, at=AT, customer_id=customer.pk)
    seen = Event.objects.count()

    with pytest.raises(Refused, match="Segregation of duties"):
        record_event(both, "adjustment.recorded", customer, at=AT, customer_id=customer.pk)
    assert Event.objects.count() == seen

    override = allow_duties(
        actor=staff(admin, company), user=admin.__class__.objects.get(pk=both.user_id),
        pair="cash_credit", reason="the clerk is ill", days=5, at=AT,
    )  # fmt: skip
    done = record_event(both, "adjustment.recorded", customer, at=AT, customer_id=customer.pk)
    assert done.data == {"duty_override": override.pk}
    rows = duty_conflicts(company, rights=ROLE_RIGHTS, at=AT)
    assert [(row.pair, row.used) for row in rows if row.state == "allowed"] == [("cash_credit", 1)]

    end_duties(actor=staff(admin, company), override=override, at=AT)
    with pytest.raises(Refused, match="Segregation of duties"):
        record_event(both, "adjustment.recorded", customer, at=AT, customer_id=customer.pk)


def queries_of(write):
    with CaptureQueriesContext(connection) as seen:
        write()
    return len(seen)


@pytest.mark.django_db
def test_i30_looking_at_duties_costs_one_query_an_act_and_one_a_pair_for_many(
    company, admin, customer
):
    clerk = staff(add_user(company, "carla", "clerk"), company)
    others = [add_customer(company, f"D{n}").pk for n in range(30)]

    def one(verb):
        return queries_of(
            lambda: record_event(clerk, verb, customer, at=AT, customer_id=customer.pk)
        )

    def many(verb, count):
        facts = [
            Fact(verb=verb, subject="payment", subject_id=key, customer_id=key)
            for key in others[:count]
        ]
        return queries_of(lambda: record_events(clerk, facts, at=AT))

    one("note.recorded")  # the chain's first act makes its head
    plain, plain_many = one("note.recorded"), many("note.recorded", 30)
    assert one("payment.recorded") == plain + 1  # though a side of three pairs
    assert (many("payment.recorded", 3), many("payment.recorded", 30)) == (plain_many + 3,) * 2


@pytest.mark.django_db
def test_i30_of_many_acts_at_once_the_one_that_meets_its_other_side_stops_all(
    company, admin, customer
):
    both = staff(add_user(company, "bea", "clerk", "credit_manager"), company)
    other = add_customer(company, "K2")
    record_event(both, "payment.recorded", customer, at=AT, customer_id=customer.pk)
    seen = Event.objects.count()

    def write_off(*customers):
        facts = [
            Fact(verb="adjustment.recorded", subject="item", subject_id=1, customer_id=one.pk)
            for one in customers
        ]
        return record_events(both, facts, at=AT)

    with pytest.raises(Refused, match="Segregation of duties"):
        write_off(other, customer)
    assert Event.objects.count() == seen
    assert write_off(other) == 1


@pytest.mark.django_db
def test_i30_a_company_of_one_works_and_a_demo_does(company, admin, customer):
    alone = staff(admin, company)
    acts = ("payment.recorded", "adjustment.recorded", "payment.applied", "loss.approved")
    for verb in acts:
        record_event(alone, verb, customer, at=AT, customer_id=customer.pk)

    gone = add_user(company, "gone", "clerk")
    gone.is_active = False
    gone.save()
    record_event(alone, "adjustment.recorded", customer, at=AT, customer_id=customer.pk)

    add_user(company, "here", "clerk")
    with pytest.raises(Refused, match="Segregation of duties"):
        record_event(alone, "adjustment.recorded", customer, at=AT, customer_id=customer.pk)
    company.is_demo = True
    company.save()
    record_event(
        staff(admin, company), "adjustment.recorded", customer, at=AT, customer_id=customer.pk
    )
    assert Event.objects.count() == len(acts) + 2


@pytest.mark.django_db
def test_i30_a_program_is_its_owner_and_another_customer_is_another_object(
    company, admin, customer
):
    bea = add_user(company, "bea", "clerk", "credit_manager")
    both, by_program = staff(bea, company), replace(staff(bea, company), name="bea via erp")
    record_event(by_program, "payment.recorded", customer, at=AT, customer_id=customer.pk)

    for actor in (both, by_program):
        with pytest.raises(Refused, match="Segregation of duties"):
            record_event(actor, "loss.approved", customer, at=AT, customer_id=customer.pk)
    other = add_customer(company, "K2")
    record_event(both, "loss.approved", other, at=AT, customer_id=other.pk)


@pytest.mark.django_db
def test_i30_nobody_gives_roles_or_an_override_to_themselves(company, admin):
    add_user(company, "other", "admin")
    actor = staff(admin, company)
    with pytest.raises(Refused, match="to yourself"):
        set_roles(actor=actor, user=admin, roles=["admin", "sales"], at=AT)
    with pytest.raises(Refused, match="your own"):
        allow_duties(
            actor=actor, user=admin, pair="users_money", reason="I am alone", days=5, at=AT
        )
