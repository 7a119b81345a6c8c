"""Customers with their contacts, many at once: made or changed by number, as each alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.models import Contact, Customer, Event

PATH = "/customers/bulk"
FULL = {
    "name": "Globex", "segment": "large", "country": "DE", "language": "de", "currency": "EUR",
    "terms": "30 days", "vat_id": "DE136695976", "address": "Street 1\nTown", "party": "company",
    "debt_use": "business", "region": "DE-BY", "sector": "46", "zones": ["Europe/Berlin"],
    "is_opted_out": True,
}  # fmt: skip


def row(number, *emails, **fields):
    contacts = [{"email": email, "phone": f"+49 30 {place}"} for place, email in enumerate(emails)]
    return {"number": number, **fields, **({"contacts": contacts} if contacts else {})}


def outcomes(answer):
    told = answer.json()
    return [(one["status"], one["detail"]) for one in told["rows"]]


def stored(number):
    return Customer.objects.get(number=number)


def test_new_ones_are_made_with_every_field_and_told_of_once(as_manager, company):
    body = {"rows": [row("G1", "ap@globex.example", **FULL), row("G2", name="Two")]}
    first, again = (as_manager.post(PATH, body, key="k") for _ in range(2))
    made = stored("G1")

    assert first.json() == again.json()
    assert (first.status_code, first.json()["done"]) == (200, 2)
    assert [one["id"] for one in first.json()["rows"]] == [made.pk, stored("G2").pk]
    assert {name: getattr(made, name) for name in FULL} == FULL
    assert made.company == company
    assert Customer.objects.exclude(vat_id_mark="").get() == made
    contact = made.contacts.get()
    assert (contact.email, contact.phone, contact.role, contact.is_primary) == (
        "ap@globex.example", "+49 30 0", "payables", True,
    )  # fmt: skip
    assert contact.phone_mark
    assert stored("G2").segment == "standard"
    assert Event.objects.filter(verb="customer.added").count() == 2
    assert Event.objects.filter(verb="contact.added").count() == 1
    # what is there already changes nothing, under another key too
    events = Event.objects.count()
    assert [status for status, _ in outcomes(as_manager.post(PATH, body))] == ["known", "known"]
    assert Event.objects.count() == events


def test_known_ones_change_where_a_row_says_so_as_one_alone_does(as_manager, customer):
    as_manager.post(PATH, {"rows": [row("G1", "ap@globex.example", **FULL)]})
    rows = [
        {"number": "G1", "terms": "14 days", "vat_id": "DE129273398", "zones": []},
        {"number": customer.number, "is_opted_out": True, "contacts": [{"phone": "+49 30 9"}]},
    ]
    told = as_manager.post(PATH, {"rows": rows})
    one, two = stored("G1"), stored(customer.number)

    assert outcomes(told) == [("done", ""), ("done", "")]
    assert {name: getattr(one, name) for name in FULL} == {
        **FULL, "terms": "14 days", "vat_id": "DE129273398", "zones": [],
    }  # fmt: skip
    assert (two.name, two.is_opted_out, two.segment) == (
        customer.name, True, customer.segment,
    )  # fmt: skip
    found = Event.objects.filter(verb="customer.edited").order_by("seq").first()
    assert (found.data["before"]["terms"], found.data["after"]["terms"]) == ("30 days", "14 days")
    assert "DE136695976" not in str(found.data)
    as_manager.call("PATCH", f"/customers/{one.pk}", {"vat_id": "DE136695976"})
    marks = set(Customer.objects.exclude(vat_id_mark="").values_list("vat_id_mark", flat=True))
    assert len(marks) == 1  # it is written whenever the number is


def test_contacts_are_changed_by_role_and_address_and_added_otherwise(as_manager):
    def put(*contacts):
        return outcomes(as_manager.post(PATH, {"rows": [{"number": "G1", "contacts": contacts}]}))

    def kept():
        found = Contact.objects.order_by("pk")
        return [(one.role, one.email, one.phone, one.name, one.is_primary) for one in found]

    as_manager.post(PATH, {"rows": [row("G1", "ap@globex.example", name="Globex")]})
    same = {"email": "AP@globex.example", "name": "Ann"}
    assert put(same) == [("done", "")]
    assert put(same) == [("known", "")]
    assert put({"role": "legal", "phone": "+49 30 7"}) == [("done", "")]
    assert put({"role": "legal", "phone": "+49 30 7", "name": "Law"}) == [("done", "")]
    assert kept() == [
        ("payables", "ap@globex.example", "+49 30 0", "Ann", True),
        ("legal", "", "+49 30 7", "Law", True),
    ]
    # two new ones: the later one is the primary, as it is when each is added alone
    assert put({"email": "b@globex.example"}, {"email": "c@globex.example"}) == [("done", "")]
    assert [one[1] for one in kept() if one[4]] == ["", "c@globex.example"]
    # one gives way and another takes its place in the same row
    turn = ({"email": "c@globex.example", "is_primary": False},
            {"email": "b@globex.example", "is_primary": True})  # fmt: skip
    assert put(*turn) == [("done", "")]
    assert [one[1] for one in kept() if one[4]] == ["", "b@globex.example"]
    assert Event.objects.filter(verb="contact.edited").count() == 4


WRONG = [
    ({"name": ""}, "The name must not be empty."),
    ({"sector": "ZZ"}, None),
    ({"region": "?"}, "? is no region; write an ISO 3166-2 code such as US-CA or US-NY-NYC."),
    ({"zones": ["Mars/One"]}, "Mars/One is no time zone; write one such as America/Denver."),
    ({"terms": "4111 1111 1111 1111"}, None),
    ({"is_opted_out": None}, "is_opted_out is yes or no."),
    ({"contacts": [{"email": "wrong"}]}, "wrong is not an e-mail address."),
    ({"contacts": [{"name": "Ann"}]}, "Give an e-mail address or a phone number."),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_a_refused_row_says_what_the_operation_for_one_says(
    as_manager, customer, fields, sentence
):
    many = as_manager.post(
        PATH, {"all_or_nothing": False, "rows": [{"number": customer.number, **fields}]}
    )
    path = f"/customers/{customer.pk}"
    if "contacts" in fields:
        alone = as_manager.post(f"{path}/contacts", fields["contacts"][0])
    else:
        alone = as_manager.call("PATCH", path, fields)

    assert alone.status_code == 422
    if isinstance(alone.json()["detail"], str):
        # a card number stops the whole body
        told = many.json().get("rows", [many.json()])
        assert [one["detail"] for one in told] == [alone.json()["detail"]]
        assert sentence in {None, alone.json()["detail"]}
    else:  # a field that does not fit stops the whole body, in the same words
        assert many.status_code == 422
        assert many.json()["detail"][0]["msg"] == alone.json()["detail"][0]["msg"]
    customer.refresh_from_db()
    assert customer.name == "Acme"
    assert not Contact.objects.exists()


def test_one_row_that_does_not_fit_stops_all_unless_each_is_for_itself(as_manager):
    rows = [row("G1", "ap@globex.example", name="Globex"), row("G2"), row("G1", name="Other"),
            row("G2"), row("G1", "ap@globex.example", name="Globex"), row(" ", name="X")]  # fmt: skip
    stopped = as_manager.post(PATH, {"rows": rows})
    assert (stopped.status_code, Customer.objects.count()) == (422, 0)
    assert [one["loc"][-1] for one in stopped.json()["detail"]] == [1, 2, 3, 5]

    each = as_manager.post(PATH, {"rows": rows, "all_or_nothing": False})
    no_name = ("refused", "The name must not be empty.")
    assert outcomes(each) == [
        ("done", ""), no_name, ("refused", "G1 stands in the rows twice; put it into one."),
        no_name, ("known", ""), ("refused", "The number must not be empty."),
    ]  # fmt: skip
    assert {one["id"] for one in each.json()["rows"]} == {stored("G1").pk, None}
    assert Customer.objects.count() == Contact.objects.count() == 1


def test_a_contact_named_twice_in_one_row_is_refused(as_manager):
    told = as_manager.post(PATH, {"all_or_nothing": False, "rows": [
        row("G1", "a@globex.example", "A@globex.example", name="Globex")]})  # fmt: skip

    assert outcomes(told) == [("refused", "a@globex.example stands in the contacts of G1 twice.")]


def test_the_number_of_another_company_is_a_number_of_ours_too(as_manager, as_rival, customer):
    as_manager.post(PATH, {"rows": [row("G1", name="Ours")]})
    Customer.objects.create(
        company=_rival_company(as_rival),
        number="G1",
        name="Theirs",
        recorded_at=customer.recorded_at,
    )
    as_manager.post(PATH, {"rows": [row("G1", name="Ours now")]})

    assert sorted(Customer.objects.filter(number="G1").values_list("name", flat=True)) == [
        "Ours now", "Theirs",
    ]  # fmt: skip


def _rival_company(program):
    from dunwell.models import ApiToken

    return ApiToken.objects.exclude(company__name="Northwind").get().company


def test_three_rows_cost_as_many_statements_as_one(as_manager):
    def counted(rows):
        with CaptureQueriesContext(connection) as seen:
            answer = as_manager.post(PATH, {"rows": rows})
        assert answer.json()["done"] == len(rows), answer.json()
        return len(seen)

    def rows(numbers, name):
        return [row(one, f"{one}@a.example", f"{one}@b.example", name=name) for one in numbers]

    as_manager.post(PATH, {"rows": rows(["Z"], "first")})
    made = [counted(rows(["A"], "new")), counted(rows(["B", "C", "D"], "new"))]
    changed = []
    for numbers in (["A"], ["B", "C", "D"]):
        told = rows(numbers, "other")
        for one in told:
            one["contacts"] = [{**one["contacts"][0], "name": "Ann", "is_primary": True}]
        changed.append(counted(told))

    assert made[0] == made[1] < 40
    assert changed[0] == changed[1] < 40


def test_both_rights_are_asked_for_and_at_most_a_thousand_rows(as_collector, as_manager):
    assert as_collector.post(PATH, {"rows": [row("G1", name="Globex")]}).status_code == 403
    many = as_manager.post(PATH, {"rows": [row(f"G{n}", name="x") for n in range(1001)]})
    assert many.status_code == 422
    assert Customer.objects.count() == 0
