"""The assistant's pages for staff: the switch, the talks with what proved each answer, as a file."""

from django.utils.html import escape

from dunwell.actions.assistant_talks import begin_talk, save_assistant_setting
from dunwell.actions.gate import debtor
from dunwell.jobs.assistant import answer
from dunwell.models import AssistantSetting, InboundMessage
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.portal.seats import seat_of, seated


def test_it_is_switched_on_and_its_talks_are_read_by_who_may_read_words(
    come_in, customer, admin, collector, rival
):
    invoice(customer, "R-1001", 600_00)
    client = come_in(admin)
    page = client.get("/assistant/").text
    assert "It is off" in page and "Switch on" in page
    switch = {"version": "0", "is_on": "1"}
    assert client.post("/assistant/switch/", switch).status_code == 302
    assert AssistantSetting.objects.get().is_on
    stale = client.post("/assistant/switch/", {**switch, "is_on": "0"})
    assert stale.status_code in {302, 409, 422}
    assert AssistantSetting.objects.get().is_on

    seat = seat_of(customer)
    talk = begin_talk(actor=debtor(seat), seat=seat, language="en", as_of=TODAY, at=AT)
    answer(talk, "How much do I owe?", key="key-1", at=AT)
    address = f"/assistant/{talk.pk}/"
    assert client.get(address).status_code == 403
    assert customer.name not in client.get("/assistant/").text

    client = come_in(collector)
    assert customer.name in client.get("/assistant/").text
    shown = client.get(address).text
    assert customer.name in client.get("/assistant/?cursor=odd").text
    assert "How much do I owe?" in shown and "600.00 EUR" in shown
    file = client.get("/assistant/export.csv").text
    assert seat.person.email in file and "How much" not in file
    assert client.post("/assistant/switch/", switch).status_code == 403
    assert come_in(rival).get(address).status_code == 404


def test_the_desk_reads_a_summary_in_its_language_and_the_customer_their_own_words(
    come_in, customer, admin, collector
):
    invoice(customer, "R-1001", 600_00)
    save_assistant_setting(actor=acting(admin), version=0, is_on=True, at=AT)
    seat = seat_of(customer)
    talk = begin_talk(actor=debtor(seat), seat=seat, language="fr", as_of=TODAY, at=AT)
    words = "Je veux parler à une personne, s'il vous plaît"
    assert answer(talk, words, key="key-1", at=AT).hand_over == "human"
    inbound = InboundMessage.objects.get()
    client = come_in(collector)
    pages = (f"/conversations/{inbound.conversation_id}/", f"/inbox/?message={inbound.pk}")
    for page in pages:
        shown = client.get(page).text
        assert "Handed over by the assistant" in shown and "Wants a person" in shown
        assert f'href="/assistant/{talk.pk}/"' in shown and "600.00" in shown
    seen = seated(seat).get(f"/portal/messages/{inbound.conversation_id}/").text
    assert escape(words) in seen
    assert "assistant" not in inbound.text and "Handed over" not in seen
