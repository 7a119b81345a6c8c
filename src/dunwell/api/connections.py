"""Connections to outside ledgers: their settings, syncs, tie-out and write-backs."""

from functools import partial
from typing import Annotated, Any, Literal

from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.connection_changes import decide_changes, propose_note
from dunwell.actions.connections import (
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    add_connection,
    ask_for_sync,
    change_connection,
    end_connection,
    pull_again,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Created, Cursor, Done, Id, Limit, Plain, answers, own
from dunwell.api.writes import once
from dunwell.formats.connection_kinds import KINDS, ConnectionKind
from dunwell.jobs.connections import begin_syncing, begin_writing, try_connection
from dunwell.models import Connection, ConnectionSync, Customer
from dunwell.queries.connection_files import ConnectionFileRow, connection_file_rows
from dunwell.queries.connections import (
    ConnectionChangeRow,
    ConnectionDifferenceRow,
    ConnectionRow,
    ConnectionSyncRow,
    connection_change_rows,
    connection_difference_rows,
    connection_rows,
    connection_sync_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["connections"])

Setting = Annotated[Plain, Field(max_length=4_000)]
Minutes = Annotated[int, Field(ge=SHORTEST_MINUTES, le=LONGEST_MINUTES)]
ChangeState = Literal[
    "", "proposed", "tried", "approved", "writing", "written", "failed", "dismissed"
]

FileOutcome = Literal["", "seen", "taken", "known", "waits", "refused"]


class ConnectionSettings(Body):
    """How a connection is reached; which settings its kind takes says `GET /connection-kinds`."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    settings: dict[Annotated[Plain, Field(max_length=40)], Setting] = Field(
        default_factory=dict, max_length=20
    )
    secret: Annotated[Plain, Field(max_length=8_000)] = ""
    every_minutes: Minutes = 60


class ConnectionIn(ConnectionSettings):
    """A connection of a kind; its secret is kept sealed and in no answer."""

    kind: Annotated[Plain, Field(min_length=1, max_length=20)]


class ConnectionChangeIn(ConnectionSettings):
    """All settings; an empty secret keeps the one before, `is_on` false pauses.

    `version` is that of the row read before: a change made meanwhile is answered with 409.
    """

    is_on: bool = True
    version: Annotated[int, Field(ge=0, le=2**31)]


class ConnectionTested(Schema):
    """Who answered, or why nobody did: then `fault` is not empty."""

    fault: str
    error: str
    system: dict[str, Any]


class ConnectionPageQuery(Schema):
    """Which page of a list."""

    cursor: Cursor = ""
    limit: Limit = PAGE


class ConnectionChangeQuery(ConnectionPageQuery):
    """Which write-backs to list."""

    status: ChangeState = ""


class ConnectionFileQuery(ConnectionPageQuery):
    """Which files to list, by what became of them; `seen` is not taken yet."""

    outcome: FileOutcome = ""


class ConnectionDecision(Body):
    """Write-backs to approve, which writes them, or to dismiss; all or none."""

    change_ids: list[Id] = Field(min_length=1, max_length=1_000)
    is_approved: bool


class OutsideNote(Body):
    """A note for a customer there; it waits for approval like every write-back."""

    customer_id: Id
    text: Annotated[Plain, Field(min_length=1, max_length=500)]


@router.get("/connection-kinds", response=answers(list[ConnectionKind]))
def list_connection_kinds(request: ApiRequest) -> list[ConnectionKind]:
    """List what can be connected, and the settings each kind takes."""
    request.actor.require("connection.manage")
    return list(KINDS.values())


@router.get("/connections", response=answers(list[ConnectionRow]))
def list_connections(request: ApiRequest) -> list[ConnectionRow]:
    """List the connections with their state and tie-out."""
    request.actor.require("connection.sync")
    return connection_rows(request.actor.company)


@router.post("/connections", response=answers(Created, 201))
@once
def new_connection(request: ApiRequest, body: ConnectionIn) -> tuple[int, dict[str, Any]]:
    """Add a connection; its first sync is due at once. Test it with its own operation."""
    made = add_connection(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": made.pk}


@router.put("/connections/{connection_id}", response=answers(Done))
@once
def edit_connection(
    request: ApiRequest, connection_id: Id, body: ConnectionChangeIn
) -> tuple[int, dict[str, Any]]:
    """Change a connection, or pause it and let it go on."""
    connection = own(Connection, request.actor, connection_id)
    change_connection(actor=request.actor, connection=connection, at=request.at, **body.dict())
    return 200, {"changed": 1}


@router.post("/connections/{connection_id}/test", response=answers(ConnectionTested))
def test_connection(request: ApiRequest, connection_id: Id) -> ConnectionTested:
    """Sign in there and say who answered, or why nobody did. It changes nothing there: no key."""
    connection = own(Connection, request.actor, connection_id)
    tried = try_connection(actor=request.actor, connection=connection)
    return ConnectionTested(fault=tried.fault, error=tried.error, system=tried.system)


@router.post("/connections/{connection_id}/sync", response=answers(Done))
def begin_connection_sync(request: ApiRequest, connection_id: Id) -> Done:
    """Sync now, in the background. Asked twice one sync runs: no key."""
    connection = own(Connection, request.actor, connection_id)
    ask_for_sync(actor=request.actor, connection=connection, at=request.at)
    return Done(changed=int(begin_syncing(connection.pk)))


@router.post("/connections/{connection_id}/again", response=answers(Done))
@once
def read_connection_again(request: ApiRequest, connection_id: Id) -> tuple[int, dict[str, Any]]:
    """Let the next sync, due now, read everything once more; what is known changes nothing."""
    connection = own(Connection, request.actor, connection_id)
    pull_again(actor=request.actor, connection=connection, at=request.at)
    return 200, {"changed": 1}


@router.post("/connections/{connection_id}/end", response=answers(Done))
@once
def stop_connection(request: ApiRequest, connection_id: Id) -> tuple[int, dict[str, Any]]:
    """End a connection for good: its secret is wiped, what came by it stays."""
    connection = own(Connection, request.actor, connection_id)
    end_connection(actor=request.actor, connection=connection, at=request.at)
    return 200, {"changed": 1}


@router.get("/connections/{connection_id}/syncs", response=answers(Page[ConnectionSyncRow]))
def list_connection_syncs(
    request: ApiRequest, connection_id: Id, query: Query[ConnectionPageQuery]
) -> Page[ConnectionSyncRow]:
    """List the syncs of a connection, the newest first."""
    request.actor.require("connection.sync")
    connection = own(Connection, request.actor, connection_id)
    return connection_sync_rows(
        request.actor.company,
        connection_id=connection.pk,
        cursor=query.cursor,
        limit=query.limit,
    )


@router.get(
    "/connections/{connection_id}/syncs/{connection_sync_id}/differences",
    response=answers(Page[ConnectionDifferenceRow]),
)
def list_connection_differences(
    request: ApiRequest,
    connection_id: Id,
    connection_sync_id: Id,
    query: Query[ConnectionPageQuery],
) -> Page[ConnectionDifferenceRow]:
    """List the documents that are open otherwise there than here, after a sync."""
    request.actor.require("connection.sync")
    connection = own(Connection, request.actor, connection_id)
    sync = get_object_or_404(ConnectionSync, pk=connection_sync_id, connection=connection)
    return connection_difference_rows(
        request.actor.company, sync_id=sync.pk, cursor=query.cursor, limit=query.limit
    )


@router.get("/connections/{connection_id}/files", response=answers(Page[ConnectionFileRow]))
def list_connection_files(
    request: ApiRequest, connection_id: Id, query: Query[ConnectionFileQuery]
) -> Page[ConnectionFileRow]:
    """List the files found in a remote folder, the newest first, with what each became here."""
    request.actor.require("connection.sync")
    connection = own(Connection, request.actor, connection_id)
    return connection_file_rows(
        request.actor.company,
        connection_id=connection.pk,
        outcome=query.outcome,
        cursor=query.cursor,
        limit=query.limit,
    )


@router.get("/connections/{connection_id}/changes", response=answers(Page[ConnectionChangeRow]))
def list_connection_changes(
    request: ApiRequest, connection_id: Id, query: Query[ConnectionChangeQuery]
) -> Page[ConnectionChangeRow]:
    """List write-backs of a connection with what stands there before and after."""
    request.actor.require("connection.sync")
    connection = own(Connection, request.actor, connection_id)
    return connection_change_rows(
        request.actor.company,
        connection_id=connection.pk,
        status=query.status,
        cursor=query.cursor,
        limit=query.limit,
    )


@router.post("/connections/{connection_id}/changes/decide", response=answers(Done))
@once
def decide_connection_changes(
    request: ApiRequest, connection_id: Id, body: ConnectionDecision
) -> tuple[int, dict[str, Any]]:
    """Approve write-backs, which are written then in the background, or dismiss them."""
    connection = own(Connection, request.actor, connection_id)
    count = decide_changes(
        actor=request.actor,
        connection=connection,
        change_ids=body.change_ids,
        is_approved=body.is_approved,
        at=request.at,
    )
    if body.is_approved:
        # not before the decision stands: another system is no part of this transaction
        transaction.on_commit(partial(begin_writing, connection.pk), robust=True)
    return 200, {"changed": count}


@router.post("/connections/{connection_id}/notes", response=answers(Created, 201))
@once
def propose_connection_note(
    request: ApiRequest, connection_id: Id, body: OutsideNote
) -> tuple[int, dict[str, Any]]:
    """Propose a note at a customer there; it is tried with the next sync, then waits."""
    change = propose_note(
        actor=request.actor,
        connection=own(Connection, request.actor, connection_id),
        customer=own(Customer, request.actor, body.customer_id),
        text=body.text,
        at=request.at,
    )
    return 201, {"id": change.pk}
