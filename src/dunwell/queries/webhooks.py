"""Webhooks as pages, the API and the job that tells them see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from django.db.models import Count, Q

from dunwell.formats.webhook_letters import WebhookLetter, webhook_letter
from dunwell.models import Company, Event, WebhookDelivery, WebhookEndpoint
from dunwell.queries.link_tokens import signing_secret
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SIGNED = "webhook"
"""What the secrets of endpoints are computed for."""

Status = WebhookDelivery.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookRow:
    """One endpoint with how many deliveries wait and how many were given up."""

    id: int
    name: str
    address: str
    verbs: tuple[str, ...]
    is_active: bool
    is_changing_secret: bool
    told_seq: int
    waiting: int
    dead: int
    failures: int
    rest_until: datetime | None
    last_ok_at: datetime | None
    error: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookDeliveryRow:
    """One event on its way to one endpoint."""

    id: int
    endpoint_id: int
    endpoint: str
    event_id: int
    seq: int
    verb: str
    subject: str
    subject_id: int
    happened_at: datetime
    status: str
    status_label: str
    attempts: int
    code: int | None
    error: str
    retry_at: datetime | None
    done_at: datetime | None


def webhook_rows(company: Company) -> list[WebhookRow]:
    """Return the endpoints that have not ended, by name; one query."""
    waiting = Q(deliveries__status__in=(Status.READY, Status.CLAIMED, Status.FAILED))
    found = (
        WebhookEndpoint.objects.filter(company=company, ended_at=None)
        .annotate(
            waiting=Count("deliveries", filter=waiting),
            dead=Count("deliveries", filter=Q(deliveries__status=Status.DEAD)),
        )
        .order_by("name", "id")
    )
    return [
        WebhookRow(
            id=one.pk,
            name=one.name,
            address=one.address,
            verbs=tuple(one.verbs),
            is_active=one.is_active,
            is_changing_secret=bool(one.old_nonce),
            told_seq=one.told_seq,
            waiting=one.waiting,
            dead=one.dead,
            failures=one.failures,
            rest_until=one.rest_until,
            last_ok_at=one.last_ok_at,
            error=one.error,
            by=one.by,
            recorded_at=one.recorded_at,
        )
        for one in found
    ]


def webhook_delivery_rows(
    company: Company,
    *,
    endpoint_id: int | None = None,
    status: str = "",
    verb: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[WebhookDeliveryRow]:
    """Return one page of deliveries, the newest first."""
    found = WebhookDelivery.objects.filter(endpoint__company=company)
    if endpoint_id is not None:
        found = found.filter(endpoint=endpoint_id)
    if status:
        found = found.filter(status=status)
    if verb:
        found = found.filter(event__verb=verb)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("endpoint", "event")
        .order_by("-id")[: limit + 1]
    )
    return page_of(
        [
            WebhookDeliveryRow(
                id=one.pk,
                endpoint_id=one.endpoint_id,
                endpoint=one.endpoint.name,
                event_id=one.event_id,
                seq=one.event.seq,
                verb=one.event.verb,
                subject=one.event.subject,
                subject_id=one.event.subject_id,
                happened_at=one.event.at,
                status=one.status,
                status_label=str(Status(one.status).label),
                attempts=one.attempts,
                code=one.code,
                error=one.error,
                retry_at=one.retry_at,
                done_at=one.done_at,
            )
            for one in rows
        ],
        limit=limit,
        key=lambda row: (row.id,),
    )


def wants(verbs: Sequence[str], verb: str) -> bool:
    """Return whether an endpoint with these wishes is told of a verb; dispute.* names many."""
    return not verbs or any(fnmatchcase(verb, wish) for wish in verbs)


def wanted(verbs: Sequence[str]) -> Q:
    """Return the condition on events that holds where `wants` does, for statements on many."""
    found = Q()
    for wish in verbs:
        if wish == "*":
            return Q()
        is_many = wish.endswith(".*")
        found |= Q(verb__startswith=wish[:-1]) if is_many else Q(verb=wish)
    return found


def webhook_secrets(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets a telling is signed with: the present one, and the one before."""
    nonces = [endpoint.nonce, *([endpoint.old_nonce] if endpoint.old_nonce else [])]
    return [signing_secret(SIGNED, endpoint.pk, nonce) for nonce in nonces]


def event_letter(company: Company, event: Event) -> WebhookLetter:
    """Return what is told of an event."""
    return webhook_letter(
        company=company.name,
        company_id=company.pk,
        seq=event.seq,
        at=event.at,
        verb=event.verb,
        subject=event.subject,
        subject_id=event.subject_id,
        customer_id=event.customer_id,
        actor=event.actor,
        data=event.data,
    )
