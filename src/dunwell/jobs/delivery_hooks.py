"""What providers tell us of messages, in their own ways of saying it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent
from django.http import HttpRequest

from dunwell import clock
from dunwell.actions.delivery_reports import report_delivery
from dunwell.actions.gate import system
from dunwell.formats.delivery_report_files import (
    CarrierReport,
    DeliveryReportError,
    read_meta_report,
    read_plain_report,
    read_twilio_report,
)
from dunwell.formats.webhook_letters import SignatureError, check_signature
from dunwell.models import Channel
from dunwell.queries.link_tokens import REPORT_SECRET, signing_secret

VIEWS: Mapping[str, str] = {
    "postmark": "PostmarkTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "brevo": "BrevoTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
KINDS: Mapping[str, str] = {
    "delivered": "delivered",
    "bounced": "bounced",
    "rejected": "bounced",
    "failed": "bounced",
    "complained": "complained",
    "opened": "opened",
    "clicked": "opened",
}
"""What is kept of the events of anymail; what is still under way is not."""

UNASKED = "by:address"
"""Stands where anymail wants a secret: the address has been checked, and nothing else is asked."""

SOFT_TYPES = frozenset({"SoftBounce", "DnsError", "Transient"})
"""Postmark's names for a mail that came back for now."""


def read_reports(channel: Channel, request: HttpRequest) -> tuple[CarrierReport, ...]:
    """Return what the provider of a channel reports; raise DeliveryReportError for nonsense.

    The address is secret. A plain gateway signs besides, as Standard Webhooks does.
    """
    if channel.provider in VIEWS:
        return _tracked(channel.provider, request)
    if channel.provider.startswith("twilio"):
        return read_twilio_report(request.POST.dict())
    if channel.provider == "meta":
        return read_meta_report(request.body)
    try:
        check_signature(
            {name.lower(): value for name, value in request.headers.items()},
            request.body,
            [report_secret(channel)],
            now=clock.now(),
        )
    except SignatureError as error:
        raise DeliveryReportError(str(error)) from error
    return read_plain_report(request.body)


def take_reports(channel: Channel, reports: Sequence[CarrierReport]) -> int:
    """Keep reports, each by itself; return how many were of our messages.

    Told again after a crash in between, those kept already change nothing.
    """
    actor = system(channel.company)
    return sum(
        report_delivery(
            actor=actor,
            company=channel.company,
            provider=channel.provider,
            provider_id=report.provider_id,
            message_id=report.message_id,
            kind=report.kind,
            external_id=report.external_id,
            reason=report.reason,
            is_hard=report.is_hard,
            happened_at=report.happened_at,
            at=clock.now(),
        )
        is not None
        for report in reports
    )


def report_secret(channel: Channel) -> str:
    """Return what a plain gateway signs its reports with; computed, never stored."""
    return signing_secret(REPORT_SECRET, channel.pk, channel.nonce)


def _tracked(provider: str, request: HttpRequest) -> tuple[CarrierReport, ...]:
    """Return the events of an e-mail provider, read by anymail."""
    module = import_module(f"anymail.webhooks.{provider}")
    # the secret address stands for sign-in and signing key; only its reading is used here
    view = getattr(module, VIEWS[provider])(webhook_secret=UNASKED, webhook_signing_key=UNASKED)
    try:
        events = view.parse_events(request)
    except (AnymailError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise DeliveryReportError(f"This is no report of {provider} that can be read.") from error
    found = (_report(provider, event) for event in events)
    return tuple(report for report in found if report is not None)


def _report(provider: str, event: AnymailTrackingEvent) -> CarrierReport | None:
    kind = KINDS.get(str(event.event_type))
    if kind is None:
        return None
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    reason = str(event.mta_response or event.description or event.reject_reason or "")
    return CarrierReport(
        kind=kind,
        external_id=_identity(provider, event),
        provider_id=str(event.message_id or ""),
        message_id=str(metadata.get("message_id") or ""),
        reason=reason[:500],
        is_hard=_is_hard(event, reason),
        happened_at=event.timestamp,
    )


def _is_hard(event: AnymailTrackingEvent, reason: str) -> bool:
    """Return whether a mail came back for good: nothing says that it may pass."""
    told: Any = event.esp_event
    row = told if isinstance(told, dict) else {}
    is_soft = (
        row.get("Type") in SOFT_TYPES
        or row.get("hard_bounce") in {False, "false"}
        or reason.startswith("4")
        or event.event_type == "failed"
    )
    return not is_soft


def _identity(provider: str, event: AnymailTrackingEvent) -> str:
    """Return the identity of an event: the provider's own, else the hash of what it says."""
    told = event.timestamp.isoformat() if event.timestamp else ""
    parts = [provider, str(event.event_type), event.message_id, event.recipient, told]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return f"{event.event_type}:{event.event_id}"[:120] if event.event_id else digest
