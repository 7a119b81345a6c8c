"""The pages about suppressed addresses: listed, added, lifted, brought in from a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.gate import system
from dunwell.actions.suppressions import suppress_address
from dunwell.models import Suppression
from tests.conftest import AT


def suppress(company, address, **changes):
    told = {"channel": "email", "reason": "bounced", "note": "550", "at": AT, **changes}
    return suppress_address(actor=system(company), address=address, **told)


def upload(client, content, name="list.csv"):
    return client.post("/suppressions/file/", {"file": SimpleUploadedFile(name, content)})


def test_an_address_is_suppressed_and_lifted_from_the_page(come_in, manager, company):
    client = come_in(manager)
    empty = client.get("/suppressions/").text
    added = client.post(
        "/suppressions/add/",
        {"channel": "email", "address": "AP@globex.example", "note": "asked by phone"},
        follow=True,
    )
    entry = Suppression.objects.get()
    lifted = client.post(
        f"/suppressions/{entry.pk}/lift/", {"reason": "a new mailbox"}, follow=True
    )

    assert "No address here" in empty
    assert "ap@globex.example" in added.text and "By hand" in added.text
    assert "The address may be written to again." in lifted.text
    assert "a new mailbox" in client.get("/suppressions/?scope=lifted").text


def test_what_is_no_address_is_told_at_the_form(come_in, manager):
    answer = come_in(manager).post(
        "/suppressions/add/", {"channel": "email", "address": "nobody", "note": "x"}
    )

    assert answer.status_code == 422 and "nobody is no e-mail address" in answer.text


def test_the_list_is_filtered_and_exported_as_shown(come_in, reader, company):
    suppress(company, "a@globex.example")
    suppress(company, "b@initech.example", reason="complained")
    client = come_in(reader)

    listed = client.get("/suppressions/?reason=complained").text
    found = client.get("/suppressions/?q=globex").text
    export = client.get("/suppressions/export.csv?reason=complained").content.decode()
    odd = client.get("/suppressions/?reason=odd&channel=odd&scope=odd&cursor=odd")

    assert "b@initech.example" in listed and "a@globex.example" not in listed
    assert "a@globex.example" in found and "b@initech.example" not in found
    assert "b@initech.example,E-mail,Reported as spam" in export and "a@globex" not in export
    assert odd.status_code == 200 and "Suppress an address" not in odd.text
    assert client.get("/suppressions/export.xlsx").content.startswith(b"PK")


def test_a_list_of_a_mail_service_is_brought_in(come_in, manager, company):
    client = come_in(manager)
    content = b"Email,Type\na@globex.example,hard bounce\nnobody,spam\n"

    first = upload(client, content)
    again = upload(client, content)

    assert "1 address is new." in first.text and "1 line could not be taken" in first.text
    assert "nobody is no e-mail address" in first.text
    assert "0 addresses are new." in again.text and "1 was known." in again.text
    assert list(Suppression.objects.values_list("address", "reason")) == [
        ("a@globex.example", "bounced")
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Name,Type\nx,y\n", "no column is known as address"),
        (b"Email\nnobody\n", "No line of the file holds an address"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(come_in, manager, content, why):
    answer = upload(come_in(manager), content)

    assert answer.status_code == 422 and why in answer.text


def test_only_holders_of_the_right_may_change_the_list(come_in, collector, company):
    entry = suppress(company, "a@globex.example")
    client = come_in(collector)

    for address in (
        "/suppressions/add/",
        "/suppressions/file/",
        f"/suppressions/{entry.pk}/lift/",
    ):
        assert client.get(address).status_code == 403, address
    assert client.get("/suppressions/template.csv").status_code == 200


def test_one_row_and_three_take_the_same_queries(
    come_in, manager, company, customer, django_assert_num_queries
):
    client = come_in(manager)
    client.get("/suppressions/")
    suppress(company, "a@globex.example", customer=customer)
    with django_assert_num_queries(QUERIES):
        client.get("/suppressions/")
    for name in "bc":
        suppress(company, f"{name}@globex.example", customer=customer)
    with django_assert_num_queries(QUERIES):
        client.get("/suppressions/")


QUERIES = 6
