"""One record of what colleagues share, of training and of the assistant, for the pages that show it.

Runs in the desk's own process: `django shell` calls `kept`, which prints the records' keys.
"""

import json
from datetime import timedelta

from dunwell import clock
from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.actions.connections import add_connection
from dunwell.actions.escalations import raise_escalation
from dunwell.actions.gate import staff, system
from dunwell.actions.workforce import record_absence
from dunwell.models import Company, ConnectionFile, Contact, Customer, Meeting, User
from dunwell.queries.assistant_talks import assistant_is_on
from dunwell.queries.follow_ups import follow_up_token
from tests.actions.assistant_rows import asked_for_a_yes, human, keep, yes_to
from tests.actions.ledger_rows import invoice
from tests.actions.test_messages import message_to
from tests.api.meeting_books import keep_meetings
from tests.api.share_books import keep_shared
from tests.api.training_books import keep_training
from tests.conftest import add_user
from tests.portal.seats import seat_of

CALL = "from tests.browser.team_records import kept; kept()"


def kept():
    """Add the records to the only company and print path parameter -> key as one line."""
    company, at = Company.objects.get(), clock.now()
    today = clock.today(company.zone)
    on = {"today": today, "at": at}
    lead = User.objects.get(username="lead")
    keys = keep_meetings(company, lead, "AXE", **on)
    keys |= keep_shared(company, lead, "AXE", **on)
    keys |= keep_training(company, lead, **on)
    customer = Customer.objects.get(number="SHAREAXE")
    raise_escalation(
        actor=staff(lead, company), customer=customer, kind="order", reason="they wait",
        as_of=today, at=at,
    )  # fmt: skip
    absence = record_absence(
        actor=staff(lead, company), user=add_user(company, "axel", "collector"), kind="holiday",
        from_on=today, until_on=today + timedelta(days=5), cover=lead, note="Call Acme on Tuesday",
        as_of=today, at=at,
    )  # fmt: skip
    keys |= _folder(company, at=at)
    keys |= _talked(company, customer, **on)
    keys |= {
        "absence_id": absence.pk,
        "colleague_id": absence.user_id,
        "shared_customer_id": customer.pk,
        "meeting_currency": Meeting.objects.get(pk=keys["meeting_id"]).points.get().currency,
    }
    print(json.dumps(keys))  # noqa: T201  the answer to the caller


def _folder(company, *, at):
    """A folder that is never asked, with a file of every state."""
    folder = add_connection(
        actor=system(company), kind="sftp", name="Bank drop", secret="s", at=at,
        settings={"address": "sftp.example:22", "host_key": "SHA256:abc", "user": "ann"},
    )  # fmt: skip
    for number, outcome in enumerate(("", *ConnectionFile.Outcome.values)):
        ConnectionFile.objects.create(
            connection=folder, place=f"ledger/export-of-the-first-quarter-{number}.csv",
            size=2_000, written=1_700_000_000 + number, seen_at=at, outcome=outcome,
            told="It is empty. Export it again." if outcome == "refused" else "",
        )  # fmt: skip
    return {"folder_connection_id": folder.pk}


def _talked(company, customer, *, today, at):
    """A talk that did something and was handed over, and a mail that leads to another."""
    if not assistant_is_on(company):
        save_assistant_setting(actor=system(company), version=0, is_on=True, at=at)
    invoice(customer, "AXE-1", 600_00, issued_on=today - timedelta(days=40),
            due_on=today - timedelta(days=10), as_of=today, at=at)  # fmt: skip
    talk = asked_for_a_yes(seat_of(customer, email="axe@buyer.example"), as_of=today, at=at)
    for text in (yes_to, human):
        keep(talk, text(talk, as_of=today), as_of=today, at=at)
        talk.refresh_from_db()
    Contact.objects.create(customer=customer, email="axe@buyer.example", recorded_at=at)
    mail = message_to(
        customer, status="sent", as_of=today, to="axe@buyer.example", template="follow_up"
    )
    return {"talk_id": talk.pk, "follow_up": follow_up_token(mail)}
