"""Connections to outside ledgers: added, changed, paused, ended. The secret is never told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, own
from dunwell.actions.texts import fitting, unused_name, web_address
from dunwell.formats.connection_kinds import KINDS
from dunwell.formats.connection_rows import OutsideSystem
from dunwell.models import (
    Company,
    Connection,
    ConnectionChange,
    ConnectionFile,
    ConnectionSync,
)

MOST_CONNECTIONS = 20
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 7 * 24 * 60
LONGEST = {"secret": 8_000}
"""A private key is long."""
Status = ConnectionChange.Status


@transaction.atomic
def add_connection(
    *,
    actor: Actor,
    kind: str,
    name: str,
    settings: Mapping[str, str],
    secret: str = "",
    every_minutes: int = 60,
    at: datetime,
) -> Connection:
    """Add a connection; its first sync is due at once.

    Raises Refused for a kind that is not known, a name that is taken, a setting that is missing
    or unknown, an address that is none, and too many.
    """
    actor.require("connection.manage")
    if kind not in KINDS:
        raise Refused(f"There is no connector for {kind}; use {', '.join(sorted(KINDS))}.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    living = Connection.objects.filter(company=actor.company, ended_at=None)
    if living.count() >= MOST_CONNECTIONS:
        raise Refused(f"There are {MOST_CONNECTIONS} connections; end one first.")
    called = unused_name(living, name=name, what="a connection")
    told = checked_settings(kind, settings)
    sealed = fitting(text=secret, most=LONGEST["secret"], what="secret")
    if KINDS[kind].secret and not sealed:
        raise Refused(f"Give the {KINDS[kind].secret}; it is kept sealed and shown to nobody.")
    connection = Connection.objects.create(
        company=actor.company,
        kind=kind,
        name=called,
        settings=told,
        secret=sealed,
        every_minutes=_minutes(every_minutes),
        next_at=at,
        by=actor.name,
        recorded_at=at,
    )
    record_event(actor, "connection.added", connection, at=at, kind=kind, name=called)
    return connection


@transaction.atomic
def change_connection(
    *,
    actor: Actor,
    connection: Connection,
    name: str,
    settings: Mapping[str, str],
    secret: str = "",
    every_minutes: int,
    is_on: bool,
    version: int,
    at: datetime,
) -> Connection:
    """Change a connection, or pause it; an empty secret keeps the one before.

    Another address, host key or encryption needs the secret anew, so that nobody who may not read
    it can send it somewhere else. Raises Stale where it was changed meanwhile, Refused as
    `add_connection`.
    """
    actor.require("connection.manage")
    found = locked_connection(actor, connection)
    if found.version != version:
        raise Stale("Somebody else has changed this connection; load the page again.")
    living = Connection.objects.filter(company=actor.company, ended_at=None)
    called = unused_name(living, name=name, what="a connection", besides=found)
    told = checked_settings(found.kind, settings)
    sealed = fitting(text=secret, most=LONGEST["secret"], what="secret")
    is_moved = KINDS[found.kind].is_moved(found.settings, told)
    if is_moved and found.secret and not sealed:
        raise Refused("Another address, host key or encryption needs the secret anew.")
    Connection.objects.filter(pk=found.pk).update(
        name=called,
        settings=told,
        secret=sealed or found.secret,
        every_minutes=_minutes(every_minutes),
        is_on=is_on,
        # whoever changes it wants it tried at once
        next_at=at,
        failures=0,
        version=version + 1,
    )
    record_event(
        actor, "connection.changed", found, at=at, name=called, is_on=is_on,
        has_new_secret=bool(sealed), is_moved=is_moved,
    )  # fmt: skip
    return Connection.objects.get(pk=found.pk)


@transaction.atomic
def end_connection(*, actor: Actor, connection: Connection, at: datetime) -> None:
    """End a connection for good: its secret is wiped, what waits to be written is dismissed."""
    actor.require("connection.manage")
    own(actor, connection, "connection")
    if not Connection.objects.filter(pk=connection.pk, ended_at=None).update(
        ended_at=at,
        is_on=False,
        secret="",  # nosec B106 -- forgotten, not kept
    ):
        return
    waiting = (Status.PROPOSED, Status.TRIED, Status.APPROVED, Status.FAILED)
    ConnectionChange.objects.filter(connection=connection, status__in=waiting).update(
        status=Status.DISMISSED, decided_by=actor.name, decided_at=at
    )
    ConnectionSync.objects.filter(
        connection=connection, status=ConnectionSync.Status.RUNNING
    ).update(status=ConnectionSync.Status.FAILED, error="the connection was ended", finished_at=at)
    record_event(actor, "connection.ended", connection, at=at, name=connection.name)


@transaction.atomic
def record_connection_test(
    *, actor: Actor, connection: Connection, system: OutsideSystem | None, at: datetime,
    fault: str = "", error: str = "",
) -> Connection:  # fmt: skip
    """Note who answered a test, or why nobody did."""
    actor.require("connection.manage")
    found = locked_connection(actor, connection)
    changes: dict[str, Any] = {"fault": fault, "error": error[:500]}
    if system is not None:
        changes |= {"system": told_system(system), "failures": 0}
    Connection.objects.filter(pk=found.pk).update(**changes)
    record_event(actor, "connection.tested", found, at=at, name=found.name, fault=fault)
    return Connection.objects.get(pk=found.pk)


@transaction.atomic
def ask_for_sync(*, actor: Actor, connection: Connection, at: datetime) -> Connection:
    """Make a sync due now; raise Refused for a connection that is paused."""
    actor.require("connection.manage")
    found = _running(actor, connection)
    Connection.objects.filter(pk=found.pk).update(next_at=at)
    record_event(actor, "connection.sync_asked", found, at=at, name=found.name)
    return Connection.objects.get(pk=found.pk)


@transaction.atomic
def pull_again(*, actor: Actor, connection: Connection, at: datetime) -> Connection:
    """Let the next sync begin at the beginning; what is known already changes nothing.

    Raises Refused for a connection that is paused.
    """
    actor.require("connection.manage")
    found = _running(actor, connection)
    Connection.objects.filter(pk=found.pk).update(cursor="", next_at=at)
    ConnectionFile.objects.filter(connection=found).delete()
    record_event(actor, "connection.rewound", found, at=at, name=found.name)
    return Connection.objects.get(pk=found.pk)


def _running(actor: Actor, connection: Connection) -> Connection:
    found = locked_connection(actor, connection)
    if not found.is_on:
        raise Refused(f"{found.name} is paused; switch it on first.")
    return found


def told_system(system: OutsideSystem) -> dict[str, Any]:
    """Return who answered as a document."""
    return {
        "product": system.product,
        "version": system.version,
        "company": system.company,
        "currency": system.currency,
        "writes": sorted(system.writes),
        **system.facts,
    }


def locked_connection(actor: Actor, connection: Connection) -> Connection:
    """Lock a connection and return it as it is now; raise Refused for one that was ended."""
    own(actor, connection, "connection")
    found = (
        Connection.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company")
        .get(pk=connection.pk)
    )
    if found.ended_at is not None:
        raise Refused(f"{found.name} was ended; add a new connection.")
    return found


def _minutes(minutes: int) -> int:
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Refused(
            f"A connection syncs every {SHORTEST_MINUTES} to {LONGEST_MINUTES:,} minutes."
        )
    return minutes


def checked_settings(kind: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a kind, tidied; raise Refused for one that is missing or wrong."""
    fields = {one.name: one for one in KINDS[kind].fields}
    for name in settings:
        if name not in fields:
            raise Refused(f"{KINDS[kind].label} has no setting {name}; use {', '.join(fields)}.")
    told = {
        name: fitting(text=str(settings.get(name, "")), most=one.most, what=one.label)
        for name, one in fields.items()
    }
    for name, one in fields.items():
        if one.is_needed and not told[name]:
            raise Refused(f"Give the setting {name} ({one.label}).")
        if one.choices:
            told[name] = one.said(told)
            if told[name] not in one.choices:
                raise Refused(f"{name} ({one.label}) is one of {', '.join(one.choices)}.")
        if one.is_address and told[name]:
            told[name] = _address(told[name])
    return told


def _address(text: str) -> str:
    parts = web_address(text, example="https://erp.example")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise Refused("Leave user, password and anything behind a ? out of the address.")
    return text.rstrip("/")
