"""The assistant's pages for staff: the switch, the talks with what proved each answer, as a file."""

from dunwell.actions.assistant_talks import begin_talk
from dunwell.actions.gate import debtor
from dunwell.jobs.assistant import answer
from dunwell.models import AssistantSetting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.portal.seats import seat_of


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
    assert "How much do I owe?" in shown and "600.00 EUR" in shown
    file = client.get("/assistant/export.csv").text
    assert seat.person.email in file and "How much" not in file
    assert client.post("/assistant/switch/", switch).status_code == 403
    assert come_in(rival).get(address).status_code == 404
