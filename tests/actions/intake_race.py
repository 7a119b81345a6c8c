"""Fetchers take the same mails in at once: `python -m tests.actions.intake_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "messages", "conversations", "signals", "attempts", "files", "events",
"taken": clerks who took one conversation, "unexpected": errors that are no refusal}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

FETCHERS = 4
MAILS = 6
OURS = "<1.reminder@dunwell>"


def main():
    """Four fetchers with the same mails, each beginning at another one; then clerks who take."""
    django.setup()
    from django.db import connection

    from dunwell.actions.conversations import take_conversation
    from dunwell.actions.gate import Actor
    from dunwell.models import (
        Company,
        ContactAttempt,
        Conversation,
        Event,
        InboundAttachment,
        InboundMessage,
        Message,
        Signal,
    )
    from tests.actions.mail_rows import SENDER, contact, letter, take
    from tests.conftest import AT, TODAY, add_customer, add_user

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    customer = add_customer(company, "K1")
    contact(customer)
    Message.objects.create(
        company=company, customer=customer, channel="email", status="sent", strategy="standard",
        level=1, template="reminder", language="en", to=SENDER, subject="Reminder", body="x",
        body_sha256="0" * 64, message_id=OURS, as_of=TODAY, sent_at=AT, recorded_at=AT,
    )  # fmt: skip
    mails = [
        letter(
            f"Words {number}", message_id=f"<{number}@x>", replies_to=OURS,
            files=[("a.pdf", b"%%PDF-1.4\n%d" % number)],
        )
        for number in range(MAILS)
    ]  # fmt: skip
    unexpected = []

    def fetch(first):
        for number in range(MAILS):
            take(company, mails[(first + number) % MAILS])

    at_once(unexpected, *[lambda first=first: fetch(first) for first in range(FETCHERS)])
    talk = Conversation.objects.order_by("id")[0]
    people = [add_user(company, f"p{number}", "clerk") for number in range(FETCHERS)]
    taken = []

    def grab(user):
        rights = frozenset({"conversation.edit"})
        actor = Actor(company=company, name=user.username, user_id=user.pk, rights=rights)
        take_conversation(actor=actor, conversation=talk, at=AT)
        taken.append(user.pk)

    at_once(unexpected, *[lambda user=user: grab(user) for user in people])
    told = {
        "database": connection.vendor,
        "messages": InboundMessage.objects.count(),
        "conversations": Conversation.objects.count(),
        "signals": Signal.objects.count(),
        "attempts": ContactAttempt.objects.count(),
        "files": InboundAttachment.objects.count(),
        "events": Event.objects.filter(verb="mail.received").count(),
        "taken": len(taken),
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
