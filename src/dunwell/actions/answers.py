"""Requests that must not be carried out twice: their keys and answers."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dunwell.actions.gate import Actor, Refused
from dunwell.models import Company, IdempotencyKey
from dunwell.queries.prepared import prepared

Answer = tuple[int, Any]
"""A status and a body that can be written as JSON."""


class KeyReused(Refused):
    """The same idempotency key came with another request."""


@transaction.atomic
def answer_once(
    *,
    actor: Actor,
    key: str,
    request_hash: str,
    at: datetime,
    carry_out: Callable[[], Answer],
) -> Answer:
    """Carry a request out and keep its answer, or return the answer kept from the first time.

    All in one transaction: what `carry_out` raises undoes its changes, and nothing is kept.
    The company's row is locked meanwhile, so that a second request with the same key waits
    here and then finds the answer. Whoever holds any right may, a program that only writes
    included: the action that is carried out checks the right it needs. Raises KeyReused when
    the key was used for another request.
    """
    if not actor.rights:
        actor.require("ledger.view")
    (_company,) = _locked(actor.company.pk)
    # two callers may choose the same key without meeting
    stored = hashlib.sha256(f"{actor.name}\0{key}".encode()).hexdigest()
    known = next(iter(_known(actor.company.pk, stored)), None)
    if known is not None:
        if known.request_hash != request_hash:
            raise KeyReused("This Idempotency-Key was used for another request; use a new key.")
        return known.status, known.body
    status, body = carry_out()
    IdempotencyKey.objects.create(
        company=actor.company,
        key=stored,
        request_hash=request_hash,
        status=status,
        body=body,
        created_at=at,
    )
    return status, body


@prepared
def _locked(company_id: int) -> QuerySet[Any, int]:
    found = Company.objects.select_for_update(no_key=True).filter(pk=company_id)
    return found.values_list("pk", flat=True)


@prepared
def _known(company_id: int, key: str) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(company=company_id, key=key).order_by("pk")[:1]
