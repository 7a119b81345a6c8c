"""Trying a connection before it is kept: a form that is wrong stays a form."""

from collections.abc import Mapping

from dunwell.actions.connections import checked_settings
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.connection_kinds import KINDS
from dunwell.formats.connection_rows import OutsideError, OutsideSystem
from dunwell.jobs.connections import open_place
from dunwell.models import Connection


def try_settings(
    *, actor: Actor, kind: str, settings: Mapping[str, str], secret: str
) -> OutsideSystem:
    """Sign in there with what a form says and return who answered; nothing is kept.

    Raises Refused with the fault when nobody answers as this kind should.
    """
    actor.require("connection.manage")
    if kind not in KINDS:
        raise Refused(f"There is no connector for {kind}; use {', '.join(sorted(KINDS))}.")
    told = checked_settings(kind, settings)
    trial = Connection(
        company=actor.company, kind=kind, name="", settings=told, secret=secret.strip()
    )
    try:
        return open_place(trial).system()
    except OutsideError as error:
        raise Refused(f"{error.fault}: {error}") from error
