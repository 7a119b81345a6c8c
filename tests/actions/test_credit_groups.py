"""Groups that share a limit, and links between customers, from day to day."""

from datetime import timedelta

import pytest

from dunwell.actions.credit_groups import add_group, end_group, join_group, leave_group
from dunwell.actions.customer_links import add_link, end_link
from dunwell.actions.gate import Refused
from dunwell.models import Company, CreditGroupMember, CustomerLink
from tests.actions.desk import acting, last_event, verbs
from tests.actions.limit_rows import approved, proposed
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def group(manager):
    return add_group(actor=acting(manager), name=" Acme group ", at=AT)


def joined(user, group, customer, from_on=TODAY):
    return join_group(actor=acting(user), group=group, customer=customer, from_on=from_on, **ON)


def test_a_customer_joins_a_group_and_leaves_it(company, customer, manager, group):
    member = joined(manager, group, customer)
    assert joined(manager, group, customer).pk == member.pk
    left = leave_group(actor=acting(manager), member=member, until_on=TOMORROW, **ON)

    assert (left.from_on, left.until_on, left.by, left.ended_by) == (
        TODAY, TOMORROW, "mona", "mona",
    )  # fmt: skip
    assert verbs(company) == ["credit_group.added", "credit_group.joined", "credit_group.left"]
    assert last_event(company)[2:] == (
        customer.pk, {"name": "Acme group", "until_on": TOMORROW.isoformat()},
    )  # fmt: skip
    with pytest.raises(Refused, match="Acme leaves Acme group on"):
        leave_group(actor=acting(manager), member=member, until_on=TOMORROW, **ON)


def test_a_customer_is_in_one_group_at_a_time(customer, manager, group):
    other = add_group(actor=acting(manager), name="Others", at=AT)
    member = joined(manager, group, customer)

    with pytest.raises(Refused, match="is in the group Acme group since"):
        joined(manager, other, customer)
    leave_group(actor=acting(manager), member=member, until_on=TOMORROW, **ON)
    with pytest.raises(Refused, match="is in the group Acme group until"):
        joined(manager, other, customer, TOMORROW)
    joined(manager, other, customer, TOMORROW + timedelta(days=1))

    assert CreditGroupMember.objects.count() == 2


def test_a_group_ends_with_its_members_and_its_name_is_free_again(customer, manager, group):
    approved(100_00, group=group)
    joined(manager, group, customer)
    wish = proposed(200_00, group=group)
    with pytest.raises(Refused, match="waits for an approval"):
        end_group(actor=acting(manager), group=group, **ON)
    wish.__class__.objects.filter(pk=wish.pk).update(
        status="rejected", decided_on=TODAY, decided_at=AT, decided_by="x"
    )

    end_group(actor=acting(manager), group=group, **ON)

    assert CreditGroupMember.objects.get().until_on == TODAY
    with pytest.raises(Refused, match="ended on"):
        joined(manager, group, customer)
    with pytest.raises(Refused, match="ended on"):
        end_group(actor=acting(manager), group=group, **ON)
    assert add_group(actor=acting(manager), name="Acme group", at=AT).pk != group.pk


def test_a_group_needs_a_name_of_its_own_and_days_to_come(customer, manager, group):
    with pytest.raises(Refused, match="a name"):
        add_group(actor=acting(manager), name=" ", at=AT)
    with pytest.raises(Refused, match="already"):
        add_group(actor=acting(manager), name="Acme group", at=AT)
    with pytest.raises(Refused, match="before today"):
        joined(manager, group, customer, TODAY - timedelta(days=1))
    member = joined(manager, group, customer, TOMORROW)
    with pytest.raises(Refused, match="not before the first"):
        leave_group(actor=acting(manager), member=member, until_on=TODAY, **ON)


def test_customers_of_another_company_neither_join_nor_are_linked(customer, manager, group):
    other = Company.objects.create(name="Rival", zone="UTC", created_at=AT)
    theirs = add_customer(other, "K1")

    with pytest.raises(Refused, match="another company"):
        joined(manager, group, theirs)
    with pytest.raises(Refused, match="belongs to another company"):
        linked(manager, customer, theirs)


def linked(user, customer, other, kind="parent", **fields):
    return add_link(
        actor=acting(user), customer=customer, other=other, kind=kind,
        **{"from_on": TODAY, **ON, **fields},
    )  # fmt: skip


def test_a_link_is_added_once_and_ended(company, customer, manager):
    mother = add_customer(company, "N1", "Mother")
    link = linked(manager, customer, mother, reason="annual report")
    assert linked(manager, customer, mother).pk == link.pk

    end_link(actor=acting(manager), link=link, until_on=TODAY, **ON)

    found = CustomerLink.objects.get()
    assert (found.until_on, found.by, found.ended_by) == (TODAY, "mona", "mona")
    assert verbs(company) == ["customer_link.added", "customer_link.ended"]
    with pytest.raises(Refused, match="ends on"):
        end_link(actor=acting(manager), link=link, until_on=TOMORROW, **ON)
    with pytest.raises(Refused, match="still is until"):
        linked(manager, customer, add_customer(company, "N2"))
    assert linked(manager, customer, mother, from_on=TOMORROW).pk != link.pk


def test_a_customer_has_one_parent_and_many_guarantors(company, customer, manager):
    first, second = add_customer(company, "N1", "First"), add_customer(company, "N2", "Second")
    linked(manager, customer, first)
    with pytest.raises(Refused, match="First is the parent of Acme"):
        linked(manager, customer, second)
    linked(manager, customer, first, "guarantor", most_minor=50_00)
    linked(manager, customer, second, "guarantor")
    with pytest.raises(Refused, match="end that link first"):
        linked(manager, customer, first, "guarantor")

    assert CustomerLink.objects.count() == 3


def test_no_parent_closes_a_circle_with_links_or_with_what_records_say(company, customer, manager):
    child = add_customer(company, "N1", "Child", parent=customer)
    grandchild = add_customer(company, "N2", "Grandchild")
    linked(manager, grandchild, child)

    for below in (child, grandchild):
        with pytest.raises(Refused, match=f"{below.name} is below Acme"):
            linked(manager, customer, below)
    # who pays or answers may be anybody
    linked(manager, customer, grandchild, "payer")


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"kind": "aunt"}, "no kind of link"),
        ({"from_on": TODAY - timedelta(days=1)}, "before today"),
        ({"most_minor": 5}, "Only a guarantor"),
        ({"kind": "guarantor", "most_minor": 0}, "above 0"),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(company, customer, manager, fields, match):
    with pytest.raises(Refused, match=match):
        linked(manager, customer, add_customer(company, "N1"), **fields)
    with pytest.raises(Refused, match="to itself"):
        linked(manager, customer, customer)
    assert CustomerLink.objects.count() == 0
