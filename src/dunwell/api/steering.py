"""/steering: replays of past days, departures from a strategy by hand, signals from carriers."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router
from pydantic import Field

from dunwell.actions.overrides import HIGHEST_LEVEL, end_override, set_override
from dunwell.actions.replays import order_replay
from dunwell.actions.signals import record_signal
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    Word,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.jobs.replays import replayed_bytes, start_replay
from dunwell.models import Customer, Item, Message, PolicyVersion, Replay, StrategyOverride
from dunwell.queries.overrides import OverrideRow, override_rows
from dunwell.queries.pages import Page
from dunwell.queries.replays import ReplayAnswer, ReplayRow, replay_answer, replay_rows

router = Router(tags=["strategies"])
Reason = Annotated[Plain, Field(min_length=1, max_length=300)]


class ReplayIn(Body):
    """Days to be gone through again under a strategy version."""

    version_id: Key
    from_on: Day
    to_on: Day


class StrategyOverrideIn(Body):
    """A departure from the strategy of a customer, or of one of its items."""

    customer_id: Key
    item_id: Key | None = None
    kind: Literal["assign", "skip", "hold_level", "channel"]
    strategy: Word = ""
    level: Annotated[int, Field(ge=0, le=HIGHEST_LEVEL)] | None = None
    channel: Literal["", "email", "letter", "portal"] = ""
    until_on: Day | None = None
    reason: Reason


class StrategyOverrideEndIn(Body):
    """Why the strategy is followed again."""

    reason: Reason


class MessageSignalIn(Body):
    """What a customer did with a message; the same identity of a source is known once."""

    customer_id: Key
    message_id: Key | None = None
    kind: Literal["delivered", "viewed", "replied", "bounced", "complained"]
    source: Annotated[Plain, Field(min_length=1, max_length=40)]
    external_id: Annotated[Plain, Field(min_length=1, max_length=120)]
    on: Day | None = None


@router.get("/replays", response=answers(Page[ReplayRow]))
def list_replays(
    request: ApiRequest, version_id: Key | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[ReplayRow]:
    """List replays, the newest first, with how far each is."""
    request.actor.require("ledger.view")
    return replay_rows(request.actor.company, version_id=version_id, cursor=cursor, limit=limit)


@router.get("/replays/{replay_id}", response=answers(ReplayAnswer))
def show_replay(request: ApiRequest, replay_id: Id) -> ReplayAnswer:
    """Show what a finished replay found."""
    request.actor.require("ledger.view")
    found = own(Replay, request.actor, replay_id)
    if found.version.kind != PolicyVersion.Kind.STRATEGY:
        raise Http404
    return replay_answer(request.actor.company, replayed_bytes(found))


@router.post("/replays", response=answers(Created, 201))
@once
def new_replay(request: ApiRequest, body: ReplayIn) -> tuple[int, dict[str, Any]]:
    """Replay past days under a strategy version; it goes on in the background."""
    found = order_replay(
        actor=request.actor,
        version=own(PolicyVersion, request.actor, body.version_id),
        from_on=body.from_on,
        to_on=body.to_on,
        as_of=request.as_of,
        at=request.at,
    )
    start_replay(found)
    return 201, {"id": found.pk}


@router.get("/customers/{customer_id}/overrides", response=answers(list[OverrideRow]))
def list_overrides(request: ApiRequest, customer_id: Id) -> list[OverrideRow]:
    """List the overrides of a customer, those that ended too."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    rows = override_rows(customer.company, customer_id=customer.pk, as_of=request.as_of)
    return list(rows)


@router.post("/overrides", response=answers(Created, 201))
@once
def new_override(request: ApiRequest, body: StrategyOverrideIn) -> tuple[int, dict[str, Any]]:
    """Depart from the strategy for a customer or one item."""
    override = set_override(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        item=None if body.item_id is None else own(Item, request.actor, body.item_id),
        kind=body.kind,
        strategy=body.strategy,
        level=body.level,
        channel=body.channel,
        until_on=body.until_on,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": override.pk}


@router.post("/overrides/{override_id}/end", response=answers(Done))
@once
def end_one_override(
    request: ApiRequest, override_id: Id, body: StrategyOverrideEndIn
) -> tuple[int, dict[str, Any]]:
    """Follow the strategy again."""
    end_override(
        actor=request.actor,
        override=own(StrategyOverride, request.actor, override_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/signals", response=answers(Created, 201))
@once
def new_signal(request: ApiRequest, body: MessageSignalIn) -> tuple[int, dict[str, Any]]:
    """Tell that a message was delivered, viewed, answered, came back or was complained about."""
    signal = record_signal(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        message=None if body.message_id is None else own(Message, request.actor, body.message_id),
        kind=body.kind,
        source=body.source,
        external_id=body.external_id,
        on=body.on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": signal.pk}
