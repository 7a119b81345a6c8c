"""Trying a channel: one message to an address of our own, handed over now."""

from email.utils import formataddr

from django.conf import settings

from dunwell import clock
from dunwell.actions.channels import note_channel_test
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.mail import Mail, MailFormError
from dunwell.formats.short_messages import phone_number
from dunwell.jobs.channels import carrier_of
from dunwell.models import Channel
from dunwell.queries.channel_carriers import BY_PEOPLE

WORDS = "This is a test of the channel. Nothing has to be done."


def try_channel(*, actor: Actor, channel: Channel, to: str) -> str:
    """Hand one message over by a channel; return the place it went to.

    Raises Refused with what the carrier said where it did not take it, and for what people carry.
    """
    actor.require("channel.edit")
    if channel.provider in BY_PEOPLE or not channel.is_active:
        raise Refused("There is nothing to try: people carry these messages, or it has ended.")
    address = to.strip()
    if channel.kind in {Channel.Kind.SMS, Channel.Kind.WHATSAPP}:
        address = phone_number(address, country=actor.company.country)
        if not address:
            raise Refused(f"{to} is no number that can be dialled; write it with +49 or the like.")
    at = clock.now()
    mail = Mail(
        message_id=f"<test-{channel.pk}.{int(at.timestamp())}@dunwell>",
        sender=formataddr((actor.company.name, settings.DEFAULT_FROM_EMAIL)),
        to=address,
        subject=WORDS,
        body=WORDS,
        language="en",
    )
    place, error = "", ""
    try:
        with carrier_of(actor.company, channel.kind, channel) as hand_over:
            place = hand_over(mail, at).place
    except (MailFormError, CarrierError) as problem:
        error = str(problem)
    except OSError as problem:
        error = f"The file outbox: {problem}"
    note_channel_test(
        actor=actor, channel=channel, to=address, place=place, error=error, at=clock.now()
    )
    if error:
        raise Refused(f"{error}.")
    return place
