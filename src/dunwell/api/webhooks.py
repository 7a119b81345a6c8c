"""Webhooks: who is told of which events, deliveries, and telling again."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from dunwell.actions.webhooks import (
    add_webhook,
    change_webhook_secret,
    drop_old_secret,
    edit_webhook,
    end_webhook,
    replay_event,
    replay_events,
    replay_period,
    retry_delivery,
    send_test_event,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Limit,
    Moment,
    Plain,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import WebhookDelivery, WebhookEndpoint
from dunwell.queries.pages import Page
from dunwell.queries.webhooks import (
    WebhookDeliveryRow,
    WebhookRow,
    webhook_delivery_rows,
    webhook_rows,
    webhook_secrets,
)

router = Router(tags=["webhooks"])

Verb = Annotated[Plain, Field(max_length=81)]
Seq = Annotated[int, Field(ge=1, le=2**62)]
DeliveryState = Literal["", "ready", "claimed", "done", "failed", "dead"]


class WebhookIn(Body):
    """An address that is told of events; without verbs of every one, dispute.* means many."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    address: Annotated[Plain, Field(min_length=1, max_length=500)]
    verbs: list[Verb] = Field(default_factory=list, max_length=50)


class WebhookChange(WebhookIn):
    """All settings of a webhook; while it is not active its events wait."""

    is_active: bool = True


class ReplaySpan(Body):
    """Numbers of events, both ends included."""

    from_seq: Seq
    until_seq: Seq


class ReplayPeriod(Body):
    """Moments with their offset: from this one until before that one."""

    from_at: Moment
    until_at: Moment


class ReplayEvent(Body):
    """The `webhook-id` an event was told under, such as evt_3_1841."""

    event_id: Annotated[Plain, Field(min_length=1, max_length=41)]


class Replayed(Schema):
    """How many events wait to be told again."""

    events: int


class WebhookSecret(Schema):
    """The key that signs; until the old one is dropped both do."""

    id: int
    secret: str


class WebhookDeliveryFilter(Schema):
    """Which deliveries to list."""

    status: DeliveryState = ""
    verb: Verb = ""
    cursor: Cursor = ""
    limit: Limit = PAGE


@router.get("/webhooks", response=answers(list[WebhookRow]))
def list_webhooks(request: ApiRequest) -> list[WebhookRow]:
    """List the webhooks with what waits for them."""
    request.actor.require("webhook.manage")
    return webhook_rows(request.actor.company)


@router.post("/webhooks", response=answers(WebhookSecret, 201))
def new_webhook(request: ApiRequest, body: WebhookIn) -> Status[WebhookSecret]:
    """Add a webhook. Not repeatable: an answer kept for a repeat would store the secret."""
    endpoint = add_webhook(
        actor=request.actor,
        name=body.name,
        address=body.address,
        verbs=body.verbs,
        at=request.at,
    )
    return Status(201, WebhookSecret(id=endpoint.pk, secret=webhook_secrets(endpoint)[0]))


@router.put("/webhooks/{webhook_id}", response=answers(Done))
@once
def change_webhook(
    request: ApiRequest, webhook_id: Id, body: WebhookChange
) -> tuple[int, dict[str, Any]]:
    """Change a webhook, or switch it off and on."""
    edit_webhook(
        actor=request.actor,
        endpoint=own(WebhookEndpoint, request.actor, webhook_id),
        name=body.name,
        address=body.address,
        verbs=body.verbs,
        is_active=body.is_active,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/webhooks/{webhook_id}/end", response=answers(Done))
@once
def stop_webhook(request: ApiRequest, webhook_id: Id) -> tuple[int, dict[str, Any]]:
    """End a webhook for good; what waits for it is given up."""
    endpoint = own(WebhookEndpoint, request.actor, webhook_id)
    end_webhook(actor=request.actor, endpoint=endpoint, at=request.at)
    return 200, {"changed": 1}


@router.post("/webhooks/{webhook_id}/secret", response=answers(WebhookSecret))
def new_webhook_secret(request: ApiRequest, webhook_id: Id) -> WebhookSecret:
    """Give a webhook a new secret. Not repeatable: a kept answer would store the secret."""
    endpoint = own(WebhookEndpoint, request.actor, webhook_id)
    endpoint = change_webhook_secret(actor=request.actor, endpoint=endpoint, at=request.at)
    return WebhookSecret(id=endpoint.pk, secret=webhook_secrets(endpoint)[0])


@router.post("/webhooks/{webhook_id}/secret/drop-old", response=answers(Done))
@once
def drop_webhook_secret(request: ApiRequest, webhook_id: Id) -> tuple[int, dict[str, Any]]:
    """Let the secret of before sign no longer."""
    endpoint = own(WebhookEndpoint, request.actor, webhook_id)
    drop_old_secret(actor=request.actor, endpoint=endpoint, at=request.at)
    return 200, {"changed": 1}


@router.post("/webhooks/{webhook_id}/test", response=answers(Created, 201))
@once
def try_webhook(request: ApiRequest, webhook_id: Id) -> tuple[int, dict[str, Any]]:
    """Record a test event for a webhook; the next delivery sends it."""
    endpoint = own(WebhookEndpoint, request.actor, webhook_id)
    delivery = send_test_event(actor=request.actor, endpoint=endpoint, at=request.at)
    return 201, {"id": delivery.pk}


@router.post("/webhooks/{webhook_id}/replay", response=answers(Replayed))
@once
def replay_webhook(
    request: ApiRequest, webhook_id: Id, body: ReplaySpan
) -> tuple[int, dict[str, Any]]:
    """Tell a webhook of a span of events again, under their ids."""
    number = replay_events(
        actor=request.actor,
        endpoint=own(WebhookEndpoint, request.actor, webhook_id),
        from_seq=body.from_seq,
        until_seq=body.until_seq,
        at=request.at,
    )
    return 200, {"events": number}


@router.post("/webhooks/{webhook_id}/replay/period", response=answers(Replayed))
@once
def replay_webhook_period(
    request: ApiRequest, webhook_id: Id, body: ReplayPeriod
) -> tuple[int, dict[str, Any]]:
    """Tell a webhook again of what happened in a period, under the events' ids."""
    number = replay_period(
        actor=request.actor,
        endpoint=own(WebhookEndpoint, request.actor, webhook_id),
        from_at=body.from_at,
        until_at=body.until_at,
        at=request.at,
    )
    return 200, {"events": number}


@router.post("/webhooks/{webhook_id}/replay/event", response=answers(Replayed))
@once
def replay_webhook_event(
    request: ApiRequest, webhook_id: Id, body: ReplayEvent
) -> tuple[int, dict[str, Any]]:
    """Tell a webhook of one event again, under its id."""
    number = replay_event(
        actor=request.actor,
        endpoint=own(WebhookEndpoint, request.actor, webhook_id),
        event_id=body.event_id,
        at=request.at,
    )
    return 200, {"events": number}


@router.get("/webhooks/{webhook_id}/deliveries", response=answers(Page[WebhookDeliveryRow]))
def list_webhook_deliveries(
    request: ApiRequest, webhook_id: Id, query: Query[WebhookDeliveryFilter]
) -> Page[WebhookDeliveryRow]:
    """List the deliveries of a webhook, the newest first."""
    request.actor.require("webhook.manage")
    endpoint = own(WebhookEndpoint, request.actor, webhook_id)
    return webhook_delivery_rows(
        request.actor.company,
        endpoint_id=endpoint.pk,
        status=query.status,
        verb=query.verb,
        cursor=query.cursor,
        limit=query.limit,
    )


@router.post("/webhook-deliveries/{delivery_id}/retry", response=answers(Done))
@once
def retry_webhook_delivery(request: ApiRequest, delivery_id: Id) -> tuple[int, dict[str, Any]]:
    """Try a delivery again at once."""
    delivery = get_object_or_404(
        WebhookDelivery.objects.select_related("endpoint"),
        pk=delivery_id,
        endpoint__company=request.actor.company,
    )
    retry_delivery(actor=request.actor, delivery=delivery, at=request.at)
    return 200, {"changed": 1}
