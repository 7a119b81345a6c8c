"""Requests that must not be carried out twice: their keys and answers."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.models import Company, IdempotencyKey


class KeyReused(Refused):
    """The same idempotency key came with another request."""


@transaction.atomic
def claim_key(*, actor: Actor, key: str, request_hash: str) -> IdempotencyKey | None:
    """Return the stored answer of a request already carried out, else None with the key locked.

    Call it inside the transaction that carries the request out: the company's row is
    locked, so that a second request with the same key waits and then finds the answer.
    Raises KeyReused when the key was used for another request.
    """
    actor.require("ledger.view")
    Company.objects.select_for_update().get(pk=actor.company.pk)
    known = IdempotencyKey.objects.filter(
        company=actor.company, key=_stored(actor, key)
    ).first()
    if known is not None and known.request_hash != request_hash:
        raise KeyReused("This Idempotency-Key was used for another request; use a new key.")
    return known


@transaction.atomic
def keep_answer(
    *, actor: Actor, key: str, request_hash: str, status: int, body: Any, at: datetime
) -> None:
    """Store what was answered, in the transaction of the change itself."""
    actor.require("ledger.view")
    IdempotencyKey.objects.create(
        company=actor.company,
        key=_stored(actor, key),
        request_hash=request_hash,
        status=status,
        body=body,
        created_at=at,
    )


def _stored(actor: Actor, key: str) -> str:
    """Return the key as stored: two callers may choose the same one without meeting."""
    return hashlib.sha256(f"{actor.name}\0{key}".encode()).hexdigest()
