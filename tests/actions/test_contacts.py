import pytest

from dunwell.actions.contacts import (
    add_contact,
    assign_collector,
    edit_contact,
    edit_customer,
    mark_bounced,
)
from dunwell.actions.gate import Forbidden, Refused
from dunwell.models import Contact, Customer
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_customer


def add(user, customer, **changes):
    fields = {"email": "ap@acme.example", **changes}
    return add_contact(actor=acting(user), customer=customer, at=AT, **fields)


def edit(user, contact, **changes):
    edit_contact(actor=acting(user), contact=contact, changes=changes, at=AT)


def stored(contact):
    return Contact.objects.values_list("role", "email", "is_primary", "bounced_on").get(
        pk=contact.pk
    )


def change(user, customer, **changes):
    edit_customer(actor=acting(user), customer=customer, changes=changes, at=AT)


def test_editing_a_customer_writes_what_changed_and_one_event(company, manager, customer):
    change(
        manager,
        customer,
        segment="strategic",
        country=" de ",
        is_opted_out=True,
        name="Acme",
    )

    assert Customer.objects.values_list("segment", "country", "is_opted_out", "name").get() == (
        "strategic",
        "DE",
        True,
        "Acme",
    )
    assert last_event(company) == (
        "customer.edited",
        "mona",
        customer.pk,
        {
            "before": {
                "country": "",
                "is_opted_out": False,
                "segment": "standard",
            },
            "after": {
                "country": "DE",
                "is_opted_out": True,
                "segment": "strategic",
            },
        },
    )


def test_the_same_values_again_change_nothing(company, manager, customer):
    change(manager, customer, segment="standard", name="Acme")

    assert verbs(company) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": "K9"}, "number cannot be changed here."),
        ({"name": " "}, "The name must not be empty."),
        ({"country": "DEU"}, "The country has 3 characters; at most 2 fit."),
        (
            {"credit_limit_minor": 500_00},
            "The limit is decided in the ledger of limits; propose it there.",
        ),
        ({"is_opted_out": "no"}, "is_opted_out is yes or no."),
    ],
)
def test_what_does_not_fit_a_customer_is_refused(company, manager, customer, changes, sentence):
    with pytest.raises(Refused) as refusal:
        change(manager, customer, **changes)

    assert (str(refusal.value), verbs(company)) == (sentence, [])


def test_of_two_people_changing_the_same_field_one_is_told(company, manager, customer):
    stale = Customer.objects.get(pk=customer.pk)
    change(manager, customer, segment="small")

    with pytest.raises(Refused) as refusal:
        change(manager, stale, segment="strategic")
    change(manager, stale, terms="net 30")

    assert str(refusal.value) == "Somebody else has just changed this; load the page again."
    assert Customer.objects.values_list("segment", "terms").get() == ("small", "net 30")
    assert verbs(company) == ["customer.edited", "customer.edited"]


def test_assigning_gives_customers_to_a_collector_and_counts_what_moved(
    company, manager, collector, customer
):
    other = add_customer(company, "K2", collector=collector)

    moved = assign_collector(
        actor=acting(manager), ids=[customer.pk, other.pk], collector=collector, at=AT
    )
    back = assign_collector(actor=acting(manager), ids=[other.pk], collector=None, at=AT)

    assert (moved, back) == (1, 1)
    assert list(Customer.objects.order_by("number").values_list("collector", flat=True)) == [
        collector.pk,
        None,
    ]
    assert last_event(company) == ("customer.assigned", "mona", other.pk, {"collector": ""})


def test_only_own_customers_go_only_to_own_collectors(company, manager, clerk, rival, customer):
    stranger = add_customer(rival.memberships.all()[0].company, "X1")
    for ids, person, sentence in [
        ([], None, "Choose at least one customer."),
        ([customer.pk], clerk, "carla is not a collector of Northwind."),
        ([customer.pk], rival, "rolf is not a collector of Northwind."),
        (
            [customer.pk, stranger.pk],
            None,
            "One of these customers does not exist; load the page again.",
        ),
    ]:
        with pytest.raises(Refused) as refusal:
            assign_collector(actor=acting(manager), ids=ids, collector=person, at=AT)
        assert str(refusal.value) == sentence
    assert verbs(company) == []


def test_a_new_primary_contact_takes_the_place_of_the_earlier_one(company, collector, customer):
    first = add(collector, customer)
    second = add(collector, customer, email="new@acme.example", name="Ann")

    assert (stored(first)[2], stored(second)[2]) == (False, True)
    assert last_event(company) == (
        "contact.added",
        "anna",
        customer.pk,
        {"role": "payables", "is_primary": True},
    )
    first.refresh_from_db()
    edit(collector, first, is_primary=True)
    assert (stored(first)[2], stored(second)[2]) == (True, False)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"role": "boss"},
            "There is no role boss; use payables, approver, dispute, legal, executive.",
        ),
        ({"email": ""}, "Give an e-mail address or a phone number."),
        ({"email": "acme"}, "acme is not an e-mail address."),
        ({"phone": "1" * 41}, "The phone has 41 characters; at most 40 fit."),
    ],
)
def test_a_contact_nobody_can_reach_is_refused(company, collector, customer, fields, sentence):
    with pytest.raises(Refused) as refusal:
        add(collector, customer, **fields)

    assert str(refusal.value) == sentence
    assert (Contact.objects.count(), verbs(company)) == (0, [])


def test_a_bounce_is_marked_once_and_a_new_address_clears_it(company, collector, customer):
    contact = add(collector, customer)
    stale = Contact.objects.get(pk=contact.pk)
    for _ in range(2):
        mark_bounced(actor=acting(collector), contact=contact, as_of=TODAY, at=AT)
    bounced = stored(contact)
    edit(collector, contact, email="new@acme.example")
    # the bounce of the old address arrives late and must not touch the new one
    mark_bounced(actor=acting(collector), contact=stale, as_of=TODAY, at=AT)

    assert bounced == ("payables", "ap@acme.example", True, TODAY)
    assert stored(contact) == ("payables", "new@acme.example", True, None)
    assert verbs(company) == ["contact.added", "contact.bounced", "contact.edited"]


def test_a_contact_without_mail_cannot_bounce_and_fields_are_checked(collector, customer):
    contact = add(collector, customer, email="", phone="030 1234")

    with pytest.raises(Refused, match="This contact has no e-mail address that could bounce"):
        mark_bounced(actor=acting(collector), contact=contact, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="bounced_on cannot be changed here"):
        edit(collector, contact, bounced_on=None)
    with pytest.raises(Refused, match="Give an e-mail address or a phone number"):
        edit(collector, contact, phone="")


def test_of_two_people_editing_a_contact_one_is_told(collector, customer):
    contact = add(collector, customer)
    stale = Contact.objects.get(pk=contact.pk)
    edit(collector, contact, email="one@acme.example")

    with pytest.raises(Refused, match="Somebody else has just changed this"):
        edit(collector, stale, email="two@acme.example")

    assert stored(contact)[1] == "one@acme.example"


def test_contacts_need_the_right_and_the_own_company(collector, reader, rival, customer):
    contact = add(collector, customer)

    with pytest.raises(Forbidden, match="contact.edit"):
        add(reader, customer)
    with pytest.raises(Forbidden, match="customer.edit"):
        change(collector, customer, segment="small")
    with pytest.raises(Refused, match="This customer belongs to another company"):
        add(rival, customer)
    with pytest.raises(Refused, match="This contact belongs to another company"):
        edit(rival, contact, phone="1")
    with pytest.raises(Refused, match="This contact belongs to another company"):
        mark_bounced(actor=acting(rival), contact=contact, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="This customer belongs to another company"):
        change(rival, customer, segment="small")
