"""Opting out by the link of a mail: at once, without a person of ours, and once."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.restrictions import record_restriction
from dunwell.models import Contact, ContactRestriction, Message
from dunwell.queries.customer_merges import led_on
from dunwell.queries.unsubscribe_links import message_of_link, reader_of

REMINDERS, MAIL, EVERYTHING = "reminders", "mail", "everything"
CHOICES = {
    REMINDERS: (("email", "collection"),),
    MAIL: (("email", "collection"), ("email", "service")),
    EVERYTHING: (("", "collection"), ("", "service")),
}
"""What a reader may choose: channels and purposes of the restrictions; no channel is every one.
Never the purposes of notices that the law asks for."""


@transaction.atomic
def opt_out(
    *, actor: Actor, token: str, choice: str, as_of: date, at: datetime
) -> tuple[ContactRestriction, ...]:
    """Restrict contacts as the reader of a mail chose; the same again returns what stands.

    The restriction is of the contact the mail went to, of the whole customer where no contact
    has the address any more. Raises Refused for a token nobody was sent, and another choice.
    """
    actor.require("restriction.edit")
    if choice not in CHOICES:
        raise Refused(f"There is no choice {choice}; use {', '.join(CHOICES)}.")
    message = message_of_link(token)
    if message is None or message.company_id != actor.company.pk:
        raise Refused("This link was not sent by us; take it from the mail anew.")
    contact = reader_of(message)
    return tuple(
        _standing(message, contact, channel=channel, purpose=purpose, as_of=as_of)
        or record_restriction(
            actor=actor,
            customer=led_on(message.customer),
            kind=ContactRestriction.Kind.OPT_OUT,
            channel=channel,
            purpose=purpose,
            contact=contact,
            note=f"By the link in the mail to {message.to} of {message.as_of.isoformat()}",
            as_of=as_of,
            at=at,
        )
        for channel, purpose in CHOICES[choice]
    )


def _standing(
    message: Message, contact: Contact | None, *, channel: str, purpose: str, as_of: date
) -> ContactRestriction | None:
    """Return the opt-out of the reader that stands and says exactly so, None without one."""
    found = ContactRestriction.objects.filter(
        customer=led_on(message.customer),
        contact=contact,
        kind=ContactRestriction.Kind.OPT_OUT,
        channel=channel,
        purpose=purpose,
        lifted_on=None,
        from_on__lte=as_of,
    )
    return found.exclude(until_on__lt=as_of).order_by("id").first()
