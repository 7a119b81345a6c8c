"""Programs that want to be told of events: their addresses, wishes and secrets."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dunwell.actions.events import locked_head, record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting, unused_name, web_address
from dunwell.formats.webhook_letters import read_letter_id
from dunwell.models import Event, WebhookDelivery, WebhookEndpoint
from dunwell.queries.link_tokens import fresh_nonce
from dunwell.queries.webhooks import wanted, wants

MOST_ENDPOINTS, MOST_VERBS = 20, 50
MOST_REPLAYED = 100_000
"""Events told again at once; more in several goes."""
_VERB = re.compile(r"[a-z_]{1,40}(\.([a-z_]{1,40}|\*))?|\*")
Status = WebhookDelivery.Status


@transaction.atomic
def add_webhook(
    *, actor: Actor, name: str, address: str, verbs: Sequence[str] = (), at: datetime
) -> WebhookEndpoint:
    """Add an address that is told of every event from now on, or of those of the named verbs.

    Raises Refused for a name that is taken, too many, an address that is not https or holds a
    password, and a verb that is none.
    """
    actor.require("webhook.manage")
    # the end of the chain is locked, so that no event falls between before and from now on
    head = locked_head(actor.company)
    fields = _fields(actor, name=name, address=address, verbs=verbs)
    if WebhookEndpoint.objects.filter(company=actor.company, ended_at=None).count() >= (
        MOST_ENDPOINTS
    ):
        raise Refused(f"There are {MOST_ENDPOINTS} webhooks; end one first.")
    endpoint = WebhookEndpoint.objects.create(
        company=actor.company,
        nonce=fresh_nonce(),
        told_seq=head.seq,
        by=actor.name,
        recorded_at=at,
        **fields,
    )
    record_event(actor, "webhook.added", endpoint, at=at, **fields)
    return endpoint


@transaction.atomic
def edit_webhook(
    *,
    actor: Actor,
    endpoint: WebhookEndpoint,
    name: str,
    address: str,
    verbs: Sequence[str] = (),
    is_active: bool = True,
    at: datetime,
) -> WebhookEndpoint:
    """Change an endpoint; while it is not active nothing is told, and later all that was missed.

    Raises Refused as `add_webhook` does.
    """
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    fields = {
        **_fields(actor, name=name, address=address, verbs=verbs, besides=found),
        "is_active": is_active,
    }
    before = {field: getattr(found, field) for field in fields}
    if before == fields:
        return found
    # whoever changes it wants it tried at once
    WebhookEndpoint.objects.filter(pk=found.pk).update(**fields, failures=0, rest_until=None)
    told = {field: fields[field] for field in fields if fields[field] != before[field]}
    record_event(actor, "webhook.edited", found, at=at, changed=told)
    return WebhookEndpoint.objects.get(pk=found.pk)


@transaction.atomic
def end_webhook(*, actor: Actor, endpoint: WebhookEndpoint, at: datetime) -> None:
    """End an endpoint for good: what waits for it is given up. Ending it again changes nothing."""
    actor.require("webhook.manage")
    own(actor, endpoint, "webhook")
    if not WebhookEndpoint.objects.filter(pk=endpoint.pk, ended_at=None).update(
        ended_at=at, is_active=False
    ):
        return
    WebhookDelivery.objects.filter(
        endpoint=endpoint, status__in=(Status.READY, Status.FAILED)
    ).update(status=Status.DEAD, error="the webhook was ended")
    record_event(actor, "webhook.ended", endpoint, at=at, name=endpoint.name)


@transaction.atomic
def change_webhook_secret(
    *, actor: Actor, endpoint: WebhookEndpoint, at: datetime
) -> WebhookEndpoint:
    """Give an endpoint a new secret; until `drop_old_secret` both sign, so nothing is missed.

    Raises Refused while an old secret still signs.
    """
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    if found.old_nonce:
        raise Refused("The secret before still signs; drop it first.")
    WebhookEndpoint.objects.filter(pk=found.pk).update(nonce=fresh_nonce(), old_nonce=found.nonce)
    record_event(actor, "webhook.secret_changed", found, at=at, name=found.name)
    return WebhookEndpoint.objects.get(pk=found.pk)


@transaction.atomic
def drop_old_secret(*, actor: Actor, endpoint: WebhookEndpoint, at: datetime) -> None:
    """Let the secret of before sign no longer; without one nothing changes."""
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    if found.old_nonce:
        WebhookEndpoint.objects.filter(pk=found.pk).update(old_nonce="")
        record_event(actor, "webhook.secret_dropped", found, at=at, name=found.name)


@transaction.atomic
def replay_events(
    *, actor: Actor, endpoint: WebhookEndpoint, from_seq: int, until_seq: int, at: datetime
) -> int:
    """Tell an endpoint of the events of a span again, under their ids; return how many.

    Raises Refused for a span that is empty, too long, or not told of yet.
    """
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    if not 1 <= from_seq <= until_seq:
        raise Refused("The span must begin at 1 or later and not end before it begins.")
    _check_told(found, until_seq)
    events = _of(actor, found, seq__gte=from_seq, seq__lte=until_seq)
    count = _replay(found, events, at=at)
    record_event(
        actor, "webhook.replayed", found, at=at, from_seq=from_seq, until_seq=until_seq,
        events=count,
    )  # fmt: skip
    return count


@transaction.atomic
def replay_period(
    *, actor: Actor, endpoint: WebhookEndpoint, from_at: datetime, until_at: datetime, at: datetime
) -> int:
    """Tell an endpoint again of what happened from a moment until before another; return how many.

    What it has not been told of yet comes by itself. Raises Refused for a period that ends before
    it begins, and for one that holds too many events.
    """
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    if from_at >= until_at:
        raise Refused("The period must end after it begins.")
    events = _of(actor, found, at__gte=from_at, at__lt=until_at, seq__lte=found.told_seq)
    count = _replay(found, events, at=at)
    record_event(
        actor, "webhook.replayed", found, at=at, from_at=from_at.isoformat(),
        until_at=until_at.isoformat(), events=count,
    )  # fmt: skip
    return count


@transaction.atomic
def replay_event(*, actor: Actor, endpoint: WebhookEndpoint, event_id: str, at: datetime) -> int:
    """Tell an endpoint of one event again, named by its webhook-id; return 1.

    Raises Refused for an id that is none or of another company, an event that was not told of
    yet or that the endpoint neither wants nor was told of, and one that is being sent.
    """
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    try:
        company_id, seq = read_letter_id(event_id.strip())
    except ValueError as error:
        raise Refused(str(error)) from error
    events = Event.objects.filter(company=actor.company, seq=seq)
    event = events.first()
    if company_id != actor.company.pk or event is None:
        raise Refused(f"There is no event {event_id.strip()} in your company.")
    before = found.deliveries.filter(event=event).first()
    if before is None:
        _check_told(found, seq)
        if not wants(found.verbs, event.verb):
            raise Refused(
                f"{found.name} does not want {event.verb}; change which events it is told of."
            )
    elif before.status == Status.CLAIMED:
        raise Refused(f"Event {seq} is being sent at this moment.")
    count = _replay(found, events, at=at)
    record_event(
        actor, "webhook.replayed", found, at=at, from_seq=seq, until_seq=seq, events=count
    )
    return count


def _of(actor: Actor, endpoint: WebhookEndpoint, **span: Any) -> QuerySet[Event]:
    return Event.objects.filter(wanted(endpoint.verbs), company=actor.company, **span)


def _check_told(endpoint: WebhookEndpoint, seq: int) -> None:
    if seq > endpoint.told_seq:
        raise Refused(
            f"Event {seq} has not been told of yet; the last one is {endpoint.told_seq}."
        )


def _replay(endpoint: WebhookEndpoint, events: QuerySet[Event], *, at: datetime) -> int:
    """Let events wait to be told and return how many; what is being sent is left to it."""
    count = events.count()
    if count > MOST_REPLAYED:
        raise Refused(f"{MOST_REPLAYED:,} events can be told again at once; choose fewer.")
    known = WebhookDelivery.objects.filter(endpoint=endpoint, event__in=events)
    new = events.exclude(deliveries__endpoint=endpoint).order_by("seq")
    missing = list(new.values_list("id", flat=True))
    known.exclude(status=Status.CLAIMED).update(
        status=Status.READY, attempts=0, retry_at=None, error="", done_at=None
    )
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(endpoint=endpoint, event_id=key, recorded_at=at) for key in missing],
        batch_size=1_000,
        ignore_conflicts=True,
    )
    return count


@transaction.atomic
def retry_delivery(*, actor: Actor, delivery: WebhookDelivery, at: datetime) -> None:
    """Try one delivery that was given up or failed again, at once.

    Raises Refused for one that is under way, and for an endpoint that ended.
    """
    actor.require("webhook.manage")
    own(actor, delivery.endpoint, "delivery")
    if delivery.endpoint.ended_at is not None:
        raise Refused("This webhook was ended; nothing is told to it any more.")
    rows = WebhookDelivery.objects.filter(
        pk=delivery.pk, status__in=(Status.FAILED, Status.DEAD, Status.DONE)
    ).update(status=Status.READY, attempts=0, retry_at=None, error="")
    if not rows:
        raise Refused("This delivery waits or is being sent already.")
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(rest_until=None)
    record_event(actor, "webhook.retried", delivery.endpoint, at=at, event=delivery.event_id)


@transaction.atomic
def send_test_event(*, actor: Actor, endpoint: WebhookEndpoint, at: datetime) -> WebhookDelivery:
    """Record an event webhook.tested and tell the endpoint of it, whatever verbs it wants.

    Raises Refused for an endpoint that ended.
    """
    actor.require("webhook.manage")
    found = _locked(actor, endpoint)
    event = record_event(actor, "webhook.tested", found, at=at, name=found.name)
    WebhookEndpoint.objects.filter(pk=found.pk).update(rest_until=None)
    return WebhookDelivery.objects.create(endpoint=found, event=event, recorded_at=at)


def _locked(actor: Actor, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    own(actor, endpoint, "webhook")
    found = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if found.ended_at is not None:
        raise Refused(f"{found.name} was ended; add a new webhook.")
    return found


def _fields(
    actor: Actor,
    *,
    name: str,
    address: str,
    verbs: Sequence[str],
    besides: WebhookEndpoint | None = None,
) -> dict[str, Any]:
    """Return the settings of an endpoint, or raise Refused with what is wrong."""
    living = WebhookEndpoint.objects.filter(company=actor.company, ended_at=None)
    called = unused_name(living, name=name, what="a webhook", besides=besides)
    wishes = sorted({verb.strip() for verb in verbs if verb.strip()})
    for verb in wishes:
        if not _VERB.fullmatch(verb):
            raise Refused(f"{verb!r} is no verb; write promise.recorded, or dispute.* for many.")
    if len(wishes) > MOST_VERBS:
        raise Refused(f"Name at most {MOST_VERBS} verbs, or none for every event.")
    return {"name": called, "address": _address(address), "verbs": wishes}


def _address(address: str) -> str:
    told = fitting(text=address, most=500, what="address")
    parts = web_address(told, example="https://erp.example/hooks/dunwell")
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave user and password out of the address; the signature says who we are.")
    return told
