"""Shadow mode: every page says so, and decisions are compared with what was done elsewhere."""

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import CreditHold, Message, Order, Task
from tests.conftest import AT, add_customer

TODAY = AT.date()
FILE = b"Customer;Date;Type\nK1;2026-03-04;e-mail\nK2;2026-03-05;hold\nK9;2026-03-01;call\nK1;never;fax\nK1;2025-01-01;mail\n"


def decided(company, customer):
    """A reminder, one that was taken back, one that a person wrote, a call and a held order."""
    told = {"company": company, "customer": customer, "recorded_at": AT}
    for at, changes in enumerate(
        ({}, {"status": "cancelled", "channel": "sms"}, {"author": "anna", "channel": "portal"})
    ):
        Message.objects.create(
            **told, channel=changes.pop("channel", "email"), strategy="standard", level=1,
            template="first", language="en", to="", subject="", body="", body_sha256="",
            message_id=f"m{at}", as_of=TODAY, **changes,
        )  # fmt: skip
    Task.objects.create(**told, kind="call", reason="", due_on=TODAY, as_of=TODAY)
    order = Order.objects.create(
        **told, number="O1", currency="EUR", amount_minor=1, ordered_on=TODAY
    )
    for kind, of in (("auto", order), ("forced", None)):
        CreditHold.objects.create(**told, kind=kind, order=of, raised_by="system", raised_on=TODAY)


def compare(client, content=FILE, **fields):
    span = {"first": str(TODAY - timedelta(days=30)), "last": str(TODAY), "days": "2"}
    return client.post(
        "/shadow/", {"file": SimpleUploadedFile("did.csv", content), **span, **fields}
    )


def test_decisions_are_laid_beside_what_was_done_and_each_sum_has_its_rows(
    come_in, manager, company, customer
):
    add_customer(company, "K2", "Bolt")
    decided(company, customer)
    client = come_in(manager)

    page = compare(client).text
    sheet = compare(client, **{"as": "csv"}).content.decode("utf-8-sig")

    sums = re.findall(r'<td class="num">(\d+)</td>', page)
    assert [tuple(map(int, sums[at : at + 3])) for at in range(0, 15, 3)] == [
        (1, 0, 0), (0, 0, 0), (0, 1, 1), (0, 1, 1), (1, 2, 2),
    ]  # fmt: skip
    assert re.findall(r'<h2 id="(\w+)">[^<]*: (\d+)</h2>', page) == [
        ("both", "1"), ("only_we", "2"), ("only_they", "2"),
    ]  # fmt: skip
    assert "unknown here" in page and "1 line lies outside" in page
    assert "1 line could not be taken" in page and "&#x27;fax&#x27; is no kind" in page
    assert sheet.splitlines()[1:] == [
        "Only we would have,Call,K1,Acme,2026-03-05,,",
        "Only we would have,Order held,K1,Acme,2026-03-05,,",
        "Both did it,Reminder,K1,Acme,2026-03-05,2026-03-04,1",
        "Only they did,Order held,K2,Bolt,,2026-03-05,",
        "Only they did,Call,K9,,,2026-03-01,",
    ]
    assert compare(client, **{"as": "xlsx"}).content.startswith(b"PK")
    assert client.get("/shadow/template.csv").status_code == 200


def test_what_cannot_be_compared_says_why(come_in, manager):
    client = come_in(manager)

    backwards = compare(client, last="2020-01-01")
    strange = compare(client, b"a,b\n1,2\n")

    assert (backwards.status_code, strange.status_code) == (422, 422)
    assert "at most a year" in backwards.text and "no column is known as" in strange.text


def test_pages_say_so_while_nothing_leaves_and_no_longer_when_it_does(
    come_in, manager, reader, rival, company
):
    client = come_in(manager)
    pages = [client.get(address).text for address in ("/", "/customers/", "/shadow/")]
    seen = come_in(reader)
    reading = seen.get("/").text
    refused = seen.get("/shadow/")
    company.sending = "live"
    company.save()

    assert all("Shadow: decisions are made" in page for page in pages)
    assert "Shadow: decisions are made" in reading and 'href="/shadow/"' not in reading
    assert refused.status_code == 403
    assert "Shadow: decisions" not in seen.get("/").text
