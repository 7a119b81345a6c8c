import pytest

from dunwell.models import Message, Signal
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer

QUERIES_OF_THE_LIST = 8


def test_drafts_are_listed_read_and_approved(come_in, manager, customer):
    message = message_to(customer, status="draft")
    client = come_in(manager)

    listed = client.get("/messages/?status=draft").text
    read = client.get(f"/messages/{message.pk}/").text
    answer = client.post(f"/messages/{message.pk}/approve/", follow=True)

    assert "Acme" in listed and "Approve the chosen" in listed
    assert message.subject in read and message.body in read
    assert "Message approved" in answer.text
    message.refresh_from_db()
    assert message.status == Message.Status.READY


def test_several_drafts_are_approved_together_or_none(come_in, manager, company):
    drafts = [message_to(add_customer(company, f"K{n}"), status="draft") for n in range(2)]
    sent = message_to(add_customer(company, "K9"), status="sent")
    client = come_in(manager)

    refused = client.post("/messages/approve/", {"message": [drafts[0].pk, sent.pk]})
    between = set(Message.objects.filter(status="draft").values_list("pk", flat=True))
    client.post("/messages/approve/", {"message": [draft.pk for draft in drafts]})

    assert refused.status_code == 422 and "does not wait for approval" in refused.text
    assert between == {draft.pk for draft in drafts}
    assert not Message.objects.filter(status="draft").exists()


def test_a_collector_may_not_approve(come_in, collector, customer):
    message = message_to(customer, status="draft")
    client = come_in(collector)

    assert "Approve" not in client.get(f"/messages/{message.pk}/").text
    assert client.post(f"/messages/{message.pk}/approve/").status_code == 403


def test_a_message_is_cancelled_with_a_reason(come_in, collector, customer):
    message = message_to(customer, status="ready")
    client = come_in(collector)

    missing = client.post(f"/messages/{message.pk}/cancel/", {"reason": " "})
    client.post(f"/messages/{message.pk}/cancel/", {"reason": "Paid yesterday"})

    assert missing.status_code == 422
    message.refresh_from_db()
    assert message.status == Message.Status.CANCELLED


def test_another_company_s_message_is_not_found(come_in, rival, customer):
    message = message_to(customer, status="draft")
    client = come_in(rival)

    assert client.get(f"/messages/{message.pk}/").status_code == 404
    assert client.post(f"/messages/{message.pk}/approve/").status_code == 404
    assert client.get(f"/messages/{message.pk}/cancel/").status_code == 404
    assert "Acme" not in client.get("/messages/").text


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        message_to(add_customer(company, f"K{number}"))
    client = come_in(reader)

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/messages/")


def test_given_up_messages_are_shown_with_their_reason_and_tried_again(
    come_in, collector, company
):
    for number, error in enumerate(["550 no such mailbox", "554 spam", "554 spam"]):
        message_to(add_customer(company, f"K{number}"), status="dead", error=error)
    client = come_in(collector)
    listed = client.get("/messages/?status=dead&error=spam").text
    assert "Try the chosen again" in listed and "554 spam" in listed and "550" not in listed
    nothing = client.post("/messages/retry/", {"status": "dead"})
    assert nothing.status_code == 422
    client.post("/messages/retry/", {"status": "dead", "error": "spam", "all": "1"})
    assert list(Message.objects.order_by("pk").values_list("status", flat=True)) == [
        "dead", "ready", "ready",
    ]  # fmt: skip
    one = Message.objects.get(status="dead")
    assert "Try it again" in client.get(f"/messages/{one.pk}/").text
    client.post(f"/messages/{one.pk}/retry/")
    one.refresh_from_db()
    assert (one.status, one.attempts) == ("ready", 0)


def test_what_the_carrier_said_stands_on_the_message(come_in, reader, customer):
    message = message_to(
        customer, status="bounced", provider="postmark", provider_id="pm-1", cost_micros=1_500,
        cost_currency="USD", error="550 gone", may_repeat=True, author="ines", sent_at=AT,
    )  # fmt: skip
    Signal.objects.create(
        company=customer.company, customer=customer, message=message, kind="bounced",
        source="postmark", external_id="1", details={"reason": "550 gone"}, on=TODAY, at=AT,
    )  # fmt: skip
    text = come_in(reader).get(f"/messages/{message.pk}/").text
    for told in (
        "What the carrier said",
        "550 gone",
        "pm-1",
        "may arrive twice",
        "written by ines",
    ):
        assert told in text
    assert "0.0015\N{NO-BREAK SPACE}USD" in text


def test_the_list_is_exported(come_in, reader, customer):
    message_to(customer, status="dead", error="550 gone")
    text = come_in(reader).get("/messages/export.csv?status=dead").text
    assert "550 gone" in text and len(text.splitlines()) == 2


def test_the_page_of_a_customer_says_that_a_letter_waits_and_not_a_mail(
    come_in, manager, customer
):
    client = come_in(manager)
    message = message_to(customer, status="draft")
    mail = client.get(f"/customers/{customer.pk}/").text
    Message.objects.filter(pk=message.pk).update(channel="letter")
    letter = client.get(f"/customers/{customer.pk}/").text

    assert "Approve e-mail" in mail and "Approve message" not in mail
    assert "Approve message" in letter and "Approve e-mail" not in letter
