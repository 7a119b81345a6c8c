"""Standing orders as staff see them: listed, exported, paused, a charge left out, a card removed."""

from dunwell.models import Autopay, AutopayCharge, SavedMethod
from tests.actions.ledger_rows import invoice
from tests.api.autopay_books import keep_autopay
from tests.conftest import AT, TODAY


def test_staff_list_export_pause_leave_out_and_remove(client, customer, collector, rival):
    ids = keep_autopay(customer, invoice(customer, "R1", 100), tag="", as_of=TODAY, at=AT)
    client.force_login(collector)

    page = client.get("/autopay/").content.decode()
    assert "Visa •••• 4242" in page
    assert "R1" in page
    assert b"R1" in client.get("/autopay/export.csv").content
    assert client.get("/autopay/?status=paid").content.decode().count("No charge here") == 1
    assert "Automatic payment" in client.get(f"/customers/{customer.pk}/").content.decode()
    drop = f"/autopay/charge/{ids['autopay_charge_id']}/drop/"
    assert client.post(drop).status_code == 302
    client.post(f"/autopay/{ids['autopay_id']}/", {"what": "pause"})
    client.post(f"/autopay/method/{ids['saved_method_id']}/remove/")

    assert AutopayCharge.objects.get().status == "dropped"
    assert Autopay.objects.get(pk=ids["autopay_id"]).status == "paused"
    assert SavedMethod.objects.filter(removed_at=None).count() == 1
    client.force_login(rival)
    assert client.post(drop).status_code == 404
    assert client.post(f"/autopay/{ids['autopay_id']}/", {"what": "end"}).status_code == 404
