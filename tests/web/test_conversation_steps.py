"""Conversations worked on by page: items named, threads put together and apart, spam, the file."""

import pytest

from dunwell.models import Conversation, DisputeComment, Message
from tests.actions.dispute_rows import case_over
from tests.actions.ledger_rows import invoice
from tests.actions.mail_rows import take
from tests.conftest import AT
from tests.portal.seats import seat_of


@pytest.fixture
def talks(customer, company):
    customer.contacts.create(email="ap@acme.example", is_primary=True, recorded_at=AT)
    first = take(company, subject="First", sender="ap@acme.example", message_id="<1@a>")
    second = take(company, subject="Second", sender="ap@acme.example", message_id="<2@a>")
    return first, second


def test_items_are_named_by_number_and_taken_off(client, collector, customer, talks):
    client.force_login(collector)
    item = invoice(customer, "R-55501", 10_00)
    talk = talks[0].conversation
    page = f"/conversations/{talk.pk}/"
    client.post(f"{page}items/", {"numbers": "R-55501"})
    assert talk.lines.get().item == item
    assert "R-55501" in client.get(page).text
    refused = client.post(f"{page}items/", {"numbers": "R-99999"}, follow=True)
    assert "R-99999" in refused.text and talk.lines.count() == 1
    client.post(f"{page}items/{item.pk}/remove/")
    assert not talk.lines.exists()


def test_conversations_are_put_together_split_and_set_aside(client, collector, talks):
    client.force_login(collector)
    kept, gone = talks[0].conversation, talks[1].conversation
    page = f"/conversations/{kept.pk}/"
    assert "Put together" in client.get(page).text
    client.post(f"{page}merge/", {"other": gone.pk})
    gone.refresh_from_db()
    assert gone.merged_into == kept and kept.inbound.count() == 2
    client.post(f"{page}split/{talks[1].pk}/")
    talks[1].refresh_from_db()
    alone = talks[1].conversation
    assert alone not in (kept, gone)
    client.post(f"/conversations/{alone.pk}/spam/")
    alone.refresh_from_db()
    assert alone.status == "done"


def test_the_list_goes_out_as_a_file_and_a_stranger_finds_nothing(client, collector, rival, talks):
    client.force_login(collector)
    told = client.get("/conversations/export.csv", {"q": "First"})
    rows = told.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and rows[1].startswith("First,Acme")
    client.force_login(rival)
    talk = talks[0].conversation
    for step in ("items/", "merge/", f"split/{talks[0].pk}/", "spam/"):
        assert client.post(f"/conversations/{talk.pk}/{step}").status_code == 404
    assert Conversation.objects.filter(merged_into=None).count() == 2


def test_the_desk_writes_to_the_customer_on_the_page_of_a_case(client, collector, customer):
    client.force_login(collector)
    seat_of(customer)
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    page = f"/disputes/{case.pk}/say/"
    assert client.get(page).status_code == 200
    beyond = {"kind": "proposal", "text": "All of it?", "credit_minor": "99.00"}
    assert client.post(page, beyond).status_code == 422
    client.post(page, {"kind": "proposal", "text": "Half of it?", "credit_minor": "20.00"})
    comment = DisputeComment.objects.get()
    assert (comment.kind, comment.credit_minor, comment.currency) == ("proposal", 20_00, "EUR")
    assert Message.objects.get().template == "portal_answer"
    shown = client.get(f"/disputes/{case.pk}/").text
    assert "Half of it?" in shown and "€20.00" in shown
