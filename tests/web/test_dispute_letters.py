"""The letter about what was denied: as a PDF, and sent from the case."""

import pytest

from dunwell.models import DisputeResolution, Message
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, resolve
from tests.actions.ledger_rows import invoice
from tests.conftest import AT


@pytest.fixture
def resolution(customer, manager):
    customer.contacts.create(email="ap@acme.example", name="Pat", recorded_at=AT)
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    return resolve(case, acting(manager), denied=40_00)


def test_the_letter_is_read_as_pdf_and_sent_once(come_in, manager, resolution):
    client = come_in(manager)
    page = client.get(f"/disputes/{resolution.case_id}/").text
    assert f"/disputes/resolutions/{resolution.pk}/letter/send/" in page
    file = client.get(f"/disputes/resolutions/{resolution.pk}/letter.pdf")
    assert file.content.startswith(b"%PDF-")
    assert file.headers["Content-Disposition"] == 'attachment; filename="D-000001.pdf"'

    told = {"channel": "email", "is_confirmed": "on"}
    for _ in range(2):
        answer = client.post(f"/disputes/resolutions/{resolution.pk}/letter/send/", told)
        assert answer.status_code == 302, answer.text
    message = Message.objects.get()
    assert (message.to, message.attachments.get().name) == ("ap@acme.example", "D-000001.pdf")


def test_without_a_letter_there_is_no_file_and_a_refusal_stands_at_the_form(
    come_in, manager, resolution
):
    DisputeResolution.objects.update(letter="")
    client = come_in(manager)
    assert client.get(f"/disputes/resolutions/{resolution.pk}/letter.pdf").status_code == 404
    refused = client.post(
        f"/disputes/resolutions/{resolution.pk}/letter/send/", {"channel": "email"}
    )

    assert refused.status_code == 422
    assert "there is no letter to send" in refused.text


def test_approvals_lead_to_the_case_and_others_see_nothing(come_in, manager, rival, resolution):
    address = f"/disputes/resolutions/{resolution.pk}/"
    answer = come_in(manager).get(address)
    assert answer.headers["Location"] == f"/disputes/{resolution.case_id}/"
    client = come_in(rival)
    for more in ("", "letter.pdf", "letter/send/"):
        assert client.get(f"{address}{more}").status_code == 404
