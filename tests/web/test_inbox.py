"""The inbox by pages: the list, one message with its suggestions, accepting with one key."""

import pytest

from dunwell.models import Conversation, InboundDecision, Promise
from tests.actions.inbox_rows import promising, read_message
from tests.actions.test_inbox_decisions import dunned
from tests.conftest import add_customer

QUERIES_OF_THE_INBOX = 10
QUERIES_OF_A_CONVERSATION = 13


@pytest.fixture
def promised(company, customer):
    dunned(customer)
    return promising(company, customer)


def sent(client, inbound, page, **fields):
    return client.post(f"/inbox/{inbound.pk}/{page}/", fields, follow=True)


def test_nothing_waits_and_who_may_not_read_words_sees_none(come_in, clerk, reader):
    assert "Nothing waits" in come_in(clerk).get("/inbox/").text
    assert come_in(reader).get("/inbox/").status_code == 403
    assert come_in(reader).get("/conversations/").status_code == 403


def test_a_message_stands_beside_what_may_be_done_with_its_words_marked(
    come_in, collector, promised
):
    page = come_in(collector).get("/inbox/").text

    assert "Record the promise" in page
    assert '<mark title="items">R1</mark>' in page
    assert '<mark title="due_on">2026-03-09</mark>' in page
    assert "The message names items and a day." in page
    assert 'data-key="a"' in page


def test_accepting_records_the_promise_and_goes_on_to_the_next(
    come_in, collector, company, customer, promised
):
    inbound, reading = promised
    other, _ = read_message(company, customer, "hello", label="other")
    client = come_in(collector)
    page = client.get(f"/inbox/?message={other.pk}").text
    answer = sent(client, inbound, "accept/0", reading=reading.pk)

    assert f"message={inbound.pk}" in page
    assert "Done." in answer.text
    assert Promise.objects.count() == 1
    again = sent(client, inbound, "accept/0", reading=reading.pk)
    assert (again.status_code, Promise.objects.count()) == (200, 1)
    shown = client.get(f"/inbox/?message={inbound.pk}&status=all").text
    assert "Take back" in shown
    decision = InboundDecision.objects.get()
    sent(client, inbound, f"undo/{decision.pk}")
    assert Promise.objects.get().outcome == "withdrawn"


def test_what_is_changed_in_the_form_is_done(come_in, collector, promised):
    inbound, reading = promised
    client = come_in(collector)
    address = f"/inbox/{inbound.pk}/edit/0/?reading={reading.pk}"
    item = reading.suggestions[0]["fields"]["items"][0]["item_id"]
    form = client.get(address).text
    wrong = client.post(address, {"due_on": "2020-01-01", f"item_{item}": "400.00"})
    client.post(address, {"due_on": "2026-03-10", f"item_{item}": "400.00"})

    promise = Promise.objects.get()
    assert "R1 (EUR)" in form
    assert (wrong.status_code, "already passed" in wrong.text) == (422, True)
    assert (str(promise.due_on), promise.lines.get().amount_minor) == ("2026-03-10", 400_00)
    assert InboundDecision.objects.get().is_edited


def test_who_may_not_promise_is_told_so_and_refused(come_in, clerk, promised):
    inbound, reading = promised
    client = come_in(clerk)

    assert "Your role may not do this" in client.get("/inbox/").text
    assert sent(client, inbound, "accept/0", reading=reading.pk).status_code == 403


def test_another_label_is_said_and_a_suggestion_dismissed(come_in, collector, promised):
    inbound, _ = promised
    client = come_in(collector)
    page = sent(client, inbound, "correct", label="dispute")
    reading = inbound.readings.order_by("-pk")[0]
    sent(client, inbound, "dismiss", reading=reading.pk, place=0)

    assert "Open a dispute case" in page.text
    inbound.refresh_from_db()
    assert inbound.status == "handled"
    assert sent(client, inbound, "correct", label="nonsense").status_code == 422


def test_markup_and_addresses_in_a_mail_stay_words(come_in, collector, company, customer):
    text = "<script>alert(1)</script> http://x.example https://pay.example/a"
    read_message(company, customer, text, label="other")
    page = come_in(collector).get("/inbox/").text

    assert "<script>alert(1)" not in page
    assert 'href="http://x.example' not in page
    assert 'href="https://pay.example/a" rel="noopener noreferrer nofollow"' in page
    assert "(pay.example)" in page


def test_the_list_is_filtered_and_exported(come_in, collector, company, customer, promised):
    read_message(company, None, "Who are you?", label="other", sure=False)
    client = come_in(collector)

    def count(query):
        return client.get(f"/inbox/export.csv?{query}").text.strip().count("\n")

    asked = ("", "label=promise", "surety=unsure", "whose=mine", "whose=nobody", "q=who+are",
             "late=1", f"customer={customer.pk}", "status=handled", "language=xx")  # fmt: skip
    assert [count(query) for query in asked] == [2, 1, 1, 0, 2, 1, 0, 1, 0, 0]


def test_chosen_messages_are_set_aside(come_in, collector, promised):
    inbound, _ = promised
    client = come_in(collector)
    answer = client.post("/inbox/aside/", {"chosen": [inbound.pk]}, follow=True)

    inbound.refresh_from_db()
    assert (inbound.status, "1 message is set aside." in answer.text) == ("set_aside", True)
    assert client.post("/inbox/aside/", {}).status_code == 422


def test_taking_and_finishing(come_in, collector, promised):
    inbound, _ = promised
    client = come_in(collector)
    sent(client, inbound, "take")
    sent(client, inbound, "done")

    conversation = Conversation.objects.get()
    assert (conversation.assignee, conversation.status) == (collector, "done")


def test_the_conversation_has_all_that_was_said(come_in, collector, company, customer, promised):
    inbound, _ = promised
    client = come_in(collector)
    address = f"/conversations/{inbound.conversation_id}/"
    other = add_customer(company, "K2", "Other")
    client.post(f"{address}link/", {"number": "K2"})
    client.post(f"{address}assign/", {"assignee": collector.pk})
    client.post(f"{address}complaint/")
    page = client.get(address).text

    conversation = Conversation.objects.get()
    assert (conversation.customer, conversation.assignee, conversation.is_complaint) == (
        other, collector, True,
    )  # fmt: skip
    assert "We pay R1 on 2026-03-09." in page
    assert client.post(f"{address}link/", {"number": "nobody"}).status_code == 422
    assert client.post(f"{address}fly/").status_code == 404
    assert "Invoice" in client.get("/conversations/?status=open&q=inv").text


def test_others_see_nothing(come_in, rival, promised):
    inbound, reading = promised
    client = come_in(rival)

    assert "We pay R1" not in client.get(f"/inbox/?message={inbound.pk}").text
    assert client.get(f"/conversations/{inbound.conversation_id}/").status_code == 404
    assert sent(client, inbound, "accept/0", reading=reading.pk).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_pages_take_as_many_queries_for_one_as_for_three(
    come_in, collector, company, customer, django_assert_num_queries, many
):
    dunned(customer)
    for _ in range(many):
        inbound, _reading = promising(company, customer)
    client = come_in(collector)
    client.get("/inbox/")
    with django_assert_num_queries(QUERIES_OF_THE_INBOX):
        client.get("/inbox/")
    for other in Conversation.objects.exclude(pk=inbound.conversation_id):
        other.inbound.update(conversation=inbound.conversation_id)
    with django_assert_num_queries(QUERIES_OF_A_CONVERSATION):
        client.get(f"/conversations/{inbound.conversation_id}/")


def test_figures_drill_down_to_the_conversations_behind_them(come_in, clerk, promised):
    client = come_in(clerk)
    page = client.get("/inbox/figures/?days=365").text
    rows = client.get("/inbox/figures/rows/?days=365&which=conversations&group=label&name=").text

    assert "Resolved at the first contact" in page
    assert "1 conversation" in rows
    assert client.get("/inbox/figures/rows/?which=nonsense").status_code == 404
    assert client.get("/inbox/figures/export.csv?days=365").text.count("\n") >= 3
