"""Calls of tools by other programs' models: each leaves an event, a write together with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.answers import Answer, answer_once
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, own
from dunwell.models import ApiToken

DONE, REPEATED = "done", "repeated"
"""Outcomes of a call that was answered; a refused one has the code of its refusal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class McpCall:
    """Which tool was called with which arguments: their SHA-256, for words stay out of the log."""

    tool: str
    arguments_sha256: str
    customer_id: int | None = None


@transaction.atomic
def note_call(*, actor: Actor, token: ApiToken, call: McpCall, outcome: str, at: datetime) -> None:
    """Record that a tool was called and what came of it.

    Whoever holds any right may, a program that only writes included. Raises Refused for a token
    of another company.
    """
    if not actor.rights:
        actor.require("ledger.view")
    own(actor, token, "token")
    record_event(
        actor,
        "mcp.called",
        token,
        at=at,
        tool=call.tool,
        arguments_sha256=call.arguments_sha256,
        customer=call.customer_id,
        outcome=outcome,
    )


@transaction.atomic
def call_once(
    *,
    actor: Actor,
    token: ApiToken,
    call: McpCall,
    key: str,
    at: datetime,
    carry_out: Callable[[], Answer],
) -> tuple[Any, bool]:
    """Carry a writing tool out once for its key, with its event; return its answer.

    The flag says that the answer is the one kept from the first time. What `carry_out` raises
    undoes everything, the event too. Raises KeyReused where the key stood for other arguments.
    """
    if not actor.rights:
        actor.require("ledger.view")
    calls: list[str] = []

    def first() -> Answer:
        calls.append(call.tool)
        return carry_out()

    _, body = answer_once(
        actor=actor,
        key=key,
        request_hash=call.arguments_sha256,
        at=at,
        carry_out=first,
    )
    outcome = DONE if calls else REPEATED
    note_call(actor=actor, token=token, call=call, outcome=outcome, at=at)
    return body, not calls
