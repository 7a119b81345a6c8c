"""The studio: a text changed beside its preview, kept as a draft, published by somebody else."""

import re
from datetime import timedelta

import pytest

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.models import Message, PolicyVersion
from dunwell.queries.wording_studio import variant_rows
from dunwell.queries.wordings import wordings_in_force
from tests.actions.ledger_rows import invoice
from tests.actions.test_wordings import BODY, published
from tests.conftest import AT, TODAY, add_customer, add_user

QUERIES_OF_THE_STUDIO = 10


@pytest.fixture
def item(customer):
    add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip
    return invoice(
        customer, "R1", 100_00, issued_on=TODAY - timedelta(days=40),
        due_on=TODAY - timedelta(days=9),
    )  # fmt: skip


def words(**changes):
    return {
        "subject": "Ours from {company_name}", "body": BODY.replace("\n", "\r\n"),
        "valid_from": TODAY.isoformat(), "customer": "K1", **changes,
    }  # fmt: skip


def test_a_text_is_changed_beside_its_preview_and_published(come_in, manager, company, item):
    other = add_user(company, "max", "credit_manager")
    client = come_in(manager)
    start = client.get("/wordings/?language=en").text
    assert "the shipped texts apply" in start and "First reminder" in start
    editor = client.get("/wordings/en/reminder/").text
    assert "A friendly reminder from {company_name}" in editor and "{pay_by}" in editor
    assert "Dear Pat" in editor and "Invoice R1" in editor

    shown = client.post("/wordings/en/reminder/preview/", words()).text
    assert "Ours from Northwind" in shown and "€100.00" in shown
    assert PolicyVersion.objects.count() == 0

    answer = client.post("/wordings/en/reminder/", words())
    version = PolicyVersion.objects.get()
    assert answer["Location"] == f"/wordings/versions/{version.pk}/"
    draft = client.get(answer["Location"]).text
    assert "Ours from {company_name}" in draft and "somebody else has to publish" in draft
    assert client.post(f"{answer['Location']}publish/").status_code == 422
    second = come_in(other)
    second.post(f"{answer['Location']}publish/")
    now = wordings_in_force(company, "en", as_of=TODAY)
    assert now.version_id == version.pk
    assert "This is the version in force." in second.get(answer["Location"]).text
    assert "your own" in second.get("/wordings/?language=en").text
    ladder = second.get("/strategies/wordings/?language=en").text
    assert "Ours from Northwind" in ladder


def test_customers_to_choose_from_do_not_take_the_place_of_the_preview(come_in, manager, item):
    """Their list asks within what the preview is asked by, whose target it had."""
    client = come_in(manager)
    (chosen,) = re.findall("<datalist[^>]*>", client.get("/wordings/en/reminder/").text)
    assert 'hx-target="this" hx-swap="innerHTML"' in chosen
    assert "<option" in client.get("/wordings/customers/", {"customer": "Acme"}).text


def test_a_second_text_goes_into_the_draft_that_waits(come_in, manager, item):
    client = come_in(manager)
    client.post("/wordings/en/reminder/", words())
    client.post("/wordings/en/second_reminder/?tone=firm", words(subject="Firm"))
    newest = PolicyVersion.objects.latest("id")
    assert newest.document["wordings"]["second_reminder"]["tones"]["firm"]["subject"] == "Firm"
    assert newest.document["wordings"]["reminder"]["subject"] == "Ours from {company_name}"


def test_what_is_wrong_is_told_with_its_line(come_in, manager, item):
    client = come_in(manager)
    arrest = words(body=BODY + "You will be arrested.\n")
    shown = client.post("/wordings/en/reminder/preview/", arrest).text
    assert "Nobody is arrested for a debt" in shown
    kept = client.post("/wordings/en/reminder/", arrest)
    assert kept.status_code == 422 and "line 16" in kept.text
    assert "Fill in subject and text." not in kept.text
    unknown = client.post("/wordings/en/reminder/preview/", words(body=BODY + "{nobody}")).text
    assert "{nobody} is not a placeholder" in unknown
    assert client.post("/wordings/en/reminder/", words(body="")).status_code == 422
    assert PolicyVersion.objects.count() == 0


def test_the_whole_document_is_checked_and_kept(come_in, manager, item):
    client = come_in(manager)
    assert "wordings: {}" in client.get("/wordings/en/document/").text
    text = (
        f"language: en\nvalid_from: {TODAY}\ntones:\n  strategic: friendly\n"
        "phrases:\n  - id: own\n    say: [kindly]\n    act: warn\n    why: Ours.\n"
        "    instead: please\n"
    )
    good = client.post("/wordings/en/document/", {"text": text, "check": "1"})
    assert good.status_code == 200 and 'class="diff-new"' in good.text
    bad = client.post(
        "/wordings/en/document/", {"text": text.replace("friendly", "rude"), "check": "1"}
    )
    assert bad.status_code == 422 and "tone of strategic" in bad.text
    client.post("/wordings/en/document/", {"text": text, "save": "1"})
    version = PolicyVersion.objects.get()
    client.post(f"/wordings/versions/{version.pk}/discard/")
    version.refresh_from_db()
    assert version.status == "discarded"


def test_a_test_mail_goes_to_oneself(come_in, manager, item):
    client = come_in(manager)
    answer = client.post("/wordings/en/reminder/test/", words(), follow=True)
    assert "A test mail to mona@northwind.example" in answer.text
    assert Message.objects.get().to == "mona@northwind.example"


def test_customers_are_suggested_by_number_and_name(come_in, manager, item):
    found = come_in(manager).get("/wordings/customers/?customer=Acm").text
    assert '<option value="K1">Acme</option>' in found


def test_variants_are_counted_with_their_intervals(come_in, manager, company, customer, item):
    def sent(number, variant, days):
        other = add_customer(company, f"V{number}")
        Message.objects.create(
            company=company, customer=other, channel="email", status="sent", strategy="s",
            level=1, template="reminder", language="en", to="a@b.example", subject="s", body="b",
            body_sha256="x", message_id=f"<{number}@x>", variant=variant,
            as_of=TODAY - timedelta(days=days), recorded_at=AT,
        )  # fmt: skip

    for number in range(4):
        sent(number, "b" if number % 2 else "", 20 - number)
    sent(9, "", 60)
    rows = variant_rows(company, "en", as_of=TODAY)
    assert [(row.variant, row.sent, row.replied, row.matured, row.paid) for row in rows] == [
        ("", 1, 0, 1, 0), ("b", 2, 0, 2, 0),
    ]  # fmt: skip
    assert rows[1].paid_ppm[0] == 0 and 600_000 < rows[1].paid_ppm[2] < 700_000
    assert "plain text" in come_in(manager).get("/wordings/?language=en").text


def test_strangers_and_wrong_places_find_nothing(come_in, company, manager, rival, reader):
    version = published(company)
    client = come_in(rival)
    assert client.get(f"/wordings/versions/{version.pk}/").status_code == 404
    client = come_in(reader)
    assert client.get("/wordings/").status_code == 200
    assert client.get(f"/wordings/versions/{version.pk}/").status_code == 200
    assert client.get("/wordings/en/reminder/").status_code == 403
    client = come_in(manager)
    for path in ("xx/reminder/", "en/nope/", "en/reminder/?tone=rude", "xx/document/"):
        assert client.get(f"/wordings/{path}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_studio_costs_the_same(come_in, manager, company, number, django_assert_num_queries):
    for _ in range(number):
        published(company)
    client = come_in(manager)
    with django_assert_num_queries(QUERIES_OF_THE_STUDIO):
        client.get("/wordings/?language=en")
