"""Mailboxes over the API: added, changed, posted to, and mails handed in once."""

from dunwell.models import InboundMessage, Mailbox
from tests.actions.mail_rows import letter
from tests.api.conftest import add_token


def test_a_mailbox_is_added_listed_changed_and_gets_a_secret(admin, company):
    program = add_token(admin, company)
    box = program.post("/mailboxes", {"name": "Hook", "kind": "webhook"}).json()["id"]
    secret = program.post(f"/mailboxes/{box}/secret").json()
    assert secret["address"].startswith(f"http://testserver/hooks/mail/{box}/")
    assert secret["secret"].startswith("whsec_")
    version = program.get("/mailboxes").json()[0]["version"]
    program.call("PUT", f"/mailboxes/{box}", {"name": "Renamed", "version": version})
    stale = program.call("PUT", f"/mailboxes/{box}", {"name": "Again", "version": version})
    assert "changed Renamed meanwhile" in stale.json()["detail"]
    assert Mailbox.objects.get().name == "Renamed"


def test_mails_are_handed_in_once(as_clerk):
    def sent():
        return as_clerk.upload("/mails", [("m.eml", letter())]).json()

    assert (sent(), sent()) == ({"new": 1, "known": 0}, {"new": 0, "known": 1})
    assert InboundMessage.objects.count() == 1
