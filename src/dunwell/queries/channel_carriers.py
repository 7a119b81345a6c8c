"""The channels of a company as delivery needs them: who carries what, and who rests."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef

from dunwell.models import Channel, Company
from dunwell.queries.debit_notices import BY_MAIL, BY_STATEMENT
from dunwell.queries.promise_confirmations import BY_CONFIRMATION
from dunwell.queries.trial_mails import TEST

Kind = Channel.Kind
MAILS = ("email", *BY_MAIL, *BY_STATEMENT, *BY_CONFIRMATION, TEST)
"""Channels of messages that are mails whatever is set up."""

PROVIDERS: Mapping[str, tuple[str, ...]] = {
    Kind.EMAIL: (*("smtp", "postmark", "mailgun", "brevo", "resend", "mailjet", "sparkpost"),),
    Kind.SMS: ("twilio", "json"),
    Kind.WHATSAPP: ("meta", "twilio_whatsapp", "json"),
    Kind.VOICE: ("task",),
    Kind.LETTER: ("print",),
    Kind.PORTAL: ("portal",),
}
"""Who can carry each kind of message, the usual one first."""

OVER_HTTP = frozenset({"twilio", "json", "meta", "twilio_whatsapp"})
DOWN_AFTER = 3
"""Failures in a row that are the carrier's, after which a channel counts as down and rests."""

BY_PEOPLE = frozenset({"task", "print"})
"""Providers that are people: what they carry becomes tasks."""


def active_channels(company: Company) -> dict[str, Channel]:
    """Return the active channel of each kind; without one e-mail goes by the server of the
    settings, short messages are tasks, and notices in the portal are mailed."""
    return {
        channel.kind: channel
        for channel in Channel.objects.filter(company=company, is_active=True)
    }


def kind_of(channel: str, channels: Mapping[str, Channel]) -> str:
    """Return which kind of channel carries messages of a message's channel, "" for people."""
    if channel in MAILS or (channel == Kind.PORTAL and Kind.PORTAL not in channels):
        return str(Kind.EMAIL)
    is_carried = channel in channels and channels[channel].provider not in BY_PEOPLE
    return channel if is_carried else ""


def has_channel_down() -> Exists:
    """Return the condition on companies one of whose carriers is down; part of a query."""
    return Exists(
        Channel.objects.filter(company=OuterRef("pk"), is_active=True, failures__gte=DOWN_AFTER)
    )


def is_resting(channel: Channel | None, *, at: datetime) -> bool:
    """Return whether a channel is left in peace at a moment: its carrier was down."""
    return channel is not None and channel.rest_until is not None and channel.rest_until > at
