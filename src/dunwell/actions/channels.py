"""The channels of a company: who carries which messages, as whom, and at what price."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.messages import ask_somebody
from dunwell.actions.texts import fitting
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import Channel, Company, Message
from dunwell.queries.channel_carriers import BY_PEOPLE, OVER_HTTP, PROVIDERS
from dunwell.queries.link_tokens import fresh_nonce

SECRET_NAME = re.compile(r"DUNWELL_CHANNEL_[A-Z0-9_]{1,60}")
SERVER = re.compile(r"[A-Za-z0-9.-]{1,253}:[0-9]{1,5}")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST_PORT = 65_535
LONGEST_ADDRESS = 300
MOST_COST = 1_000_000_000
"""A thousand of a currency's units for one message; more is a slip."""

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "smtp": ("user", "use_tls"),
    "postmark": ("message_stream",),
    "mailgun": ("sender_domain",),
    "mailjet": ("api_key",),
    "sparkpost": ("subaccount",),
    "twilio": ("account", "site"),
    "twilio_whatsapp": ("account", "site"),
    "meta": ("template", "site"),
    "json": ("site",),
}
"""What else a provider may need; none of it is a secret."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "mailgun": ("sender_domain",),
    "mailjet": ("api_key",),
    "twilio": ("account",),
    "twilio_whatsapp": ("account",),
}
WAITING = (Message.Status.READY, Message.Status.FAILED, Message.Status.DEAD)


class ChannelFields(TypedDict, total=False):
    """How a provider is reached and what it costs; what is left out is empty."""

    address: str
    sender: str
    secret_name: str
    settings: Mapping[str, object] | None
    cost_micros: int
    cost_currency: str


@transaction.atomic
def add_channel(
    *,
    actor: Actor,
    kind: str,
    provider: str,
    at: datetime,
    **told: Unpack[ChannelFields],
) -> Channel:
    """Set up who carries a kind of message from now on; what carried it before is ended.

    `address` is the API of the provider (https), or host:port of a mail server; empty where the
    provider has one of its own, and for the server of the settings. `secret_name` names an
    environment variable (DUNWELL_CHANNEL_...), `cost_micros` is the price of a message, of a
    segment of a short message, of a sheet of a letter. Raises Refused for what does not fit.
    """
    actor.require("channel.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    fields = _fields(kind=kind, provider=provider, **told)
    Channel.objects.filter(company=actor.company, kind=kind, is_active=True).update(
        is_active=False
    )
    channel = Channel.objects.create(
        company=actor.company,
        kind=kind,
        nonce=fresh_nonce(),
        by=actor.name,
        recorded_at=at,
        **fields,
    )
    if provider in BY_PEOPLE:
        _to_people(channel, at=at)
    record_event(actor, "channel.added", channel, at=at, kind=kind, **fields)
    return channel


@transaction.atomic
def edit_channel(
    *,
    actor: Actor,
    channel: Channel,
    at: datetime,
    **told: Unpack[ChannelFields],
) -> Channel:
    """Change how a channel reaches its provider; its failures are forgotten, it is tried anew.

    Who carries is changed by adding another. Raises Refused for one that has ended, and as
    `add_channel` does.
    """
    actor.require("channel.edit")
    own(actor, channel, "channel")
    found = Channel.objects.select_for_update().get(pk=channel.pk)
    if not found.is_active:
        raise Refused("This channel has ended; add a new one instead.")
    fields = _fields(kind=found.kind, provider=found.provider, **told)
    changed = {name: value for name, value in fields.items() if getattr(found, name) != value}
    if not changed:
        return found
    before = {name: getattr(found, name) for name in changed}
    Channel.objects.filter(pk=found.pk).update(**changed, failures=0, rest_until=None, error="")
    record_event(
        actor, "channel.edited", found, at=at, kind=found.kind, before=before, after=changed
    )
    found.refresh_from_db()
    return found


@transaction.atomic
def end_channel(*, actor: Actor, channel: Channel, at: datetime) -> None:
    """End a channel: its messages go the usual way again, texts become tasks for people.

    E-mail then goes by the server of the settings. Raises Refused for one that has ended.
    """
    actor.require("channel.edit")
    own(actor, channel, "channel")
    if Channel.objects.filter(pk=channel.pk, is_active=True).update(is_active=False) != 1:
        raise Refused("This channel has ended already; load the page again.")
    _to_people(channel, at=at)
    record_event(
        actor, "channel.ended", channel, at=at, kind=channel.kind, provider=channel.provider
    )


@transaction.atomic
def wake_channel(*, actor: Actor, channel: Channel, at: datetime) -> None:
    """End the rest of a channel: the next delivery tries its carrier again.

    Raises Refused for one that does not rest.
    """
    actor.require("channel.edit")
    own(actor, channel, "channel")
    resting = Channel.objects.filter(pk=channel.pk, is_active=True, rest_until__isnull=False)
    if resting.update(rest_until=at) != 1:
        raise Refused("This channel does not rest; load the page again.")
    record_event(actor, "channel.woken", channel, at=at, kind=channel.kind)


@transaction.atomic
def renew_report_address(*, actor: Actor, channel: Channel, at: datetime) -> None:
    """Give a channel a new address for reports; the one before stops working at once."""
    actor.require("channel.edit")
    own(actor, channel, "channel")
    Channel.objects.filter(pk=channel.pk).update(nonce=fresh_nonce())
    record_event(actor, "channel.renewed", channel, at=at, kind=channel.kind)


@transaction.atomic
def note_channel_test(
    *, actor: Actor, channel: Channel, to: str, place: str, error: str, at: datetime
) -> None:
    """Note that a channel was tried with a message to an address of ours, and how it went."""
    actor.require("channel.edit")
    own(actor, channel, "channel")
    moments = {"last_failed_at": at, "error": error[:500]} if error else {"last_ok_at": at}
    Channel.objects.filter(pk=channel.pk).update(**moments)
    record_event(
        actor,
        "channel.tested",
        channel,
        at=at,
        kind=channel.kind,
        to=to,
        place=place,
        error=error[:500],
    )


def _to_people(channel: Channel, *, at: datetime) -> None:
    """Make tasks of texts that no carrier takes any more."""
    if channel.kind not in {Channel.Kind.SMS, Channel.Kind.WHATSAPP}:
        return
    waiting = Message.objects.filter(
        company=channel.company_id, channel=channel.kind, status__in=WAITING
    ).exclude(to="")
    ask_somebody(*waiting.order_by("pk"), at=at)
    waiting.update(to="", status=Message.Status.READY, retry_at=None)


def _fields(
    *,
    kind: str,
    provider: str,
    address: str = "",
    sender: str = "",
    secret_name: str = "",
    settings: Mapping[str, object] | None = None,
    cost_micros: int = 0,
    cost_currency: str = "",
) -> dict[str, Any]:
    """Return the settings of a channel, or raise Refused with what is wrong."""
    if kind not in PROVIDERS:
        raise Refused(f"There is no channel {kind}; use {', '.join(PROVIDERS)}.")
    if provider not in PROVIDERS[kind]:
        raise Refused(f"{provider} does not carry {kind}; use {', '.join(PROVIDERS[kind])}.")
    if not 0 <= cost_micros <= MOST_COST:
        raise Refused("The price of a message lies between 0 and 1,000 of its currency.")
    if cost_micros and cost_currency not in ISO_CODES:
        raise Refused("Give the currency of the price, such as EUR.")
    secret = secret_name.strip()
    if secret and not SECRET_NAME.fullmatch(secret):
        raise Refused(
            "The secret is the name of an environment variable that begins with DUNWELL_CHANNEL_."
        )
    if not secret and provider in _WITH_SECRET:
        raise Refused(f"{provider} needs a secret: name the variable that holds it.")
    return {
        "provider": provider,
        "address": _address(provider, address.strip()),
        "sender": _sender(kind, provider, sender.strip()),
        "secret_name": secret,
        "settings": _settings(provider, settings or {}),
        "cost_micros": cost_micros,
        "cost_currency": cost_currency if cost_micros else "",
    }


_WITH_SECRET = frozenset(
    {
        *("postmark", "mailgun", "brevo", "resend", "mailjet", "sparkpost"),
        *("twilio", "twilio_whatsapp", "meta"),
    }
)


def _address(provider: str, address: str) -> str:
    if provider in BY_PEOPLE or provider == "portal":
        return ""
    if provider == "smtp":
        _, _, port = address.rpartition(":")
        if address and (not SERVER.fullmatch(address) or not 0 < int(port) <= LARGEST_PORT):
            raise Refused("Write the mail server as host:port, or leave it empty.")
        return address
    if not address and provider not in OVER_HTTP:
        return ""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused(f"{address} is no address.") from error
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not is_safe or parts.username or len(address) > LONGEST_ADDRESS:
        raise Refused("Write the address of the provider's API; it begins with https://.")
    return address


def _sender(kind: str, provider: str, sender: str) -> str:
    told = fitting(text=sender, most=254, what="sender")
    if kind == Channel.Kind.EMAIL and told:
        try:
            validate_email(told)
        except ValidationError as error:
            raise Refused(f"{told} is not an e-mail address.") from error
    if provider in {"twilio", "twilio_whatsapp"} and not told:
        raise Refused("Give the sender: a number, or a Messaging Service (MG...).")
    return told


def _settings(provider: str, told: Mapping[str, object]) -> dict[str, object]:
    known = SETTINGS.get(provider, ())
    if unknown := sorted(set(told) - set(known)):
        raise Refused(f"{provider} has no setting {unknown[0]}.")
    kept: dict[str, object] = {}
    for name, value in told.items():
        if name == "use_tls":
            kept[name] = bool(value)
        elif text := fitting(text=str(value or ""), most=300, what=name):
            kept[name] = text
    if missing := [name for name in NEEDED.get(provider, ()) if not kept.get(name)]:
        raise Refused(f"{provider} needs the setting {missing[0]}.")
    return kept
