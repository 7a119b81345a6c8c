"""Official rates a company enters: proposed by one person, in force once a second approved them.

A rate for a day that has one already replaces it when approved; the old row stays and says so.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.models import Company, ReferenceRate
from dunwell.queries.charge_law import official_tables

LONGEST_SOURCE = 200
SMALLEST_PPM, LARGEST_PPM = -100_000, 1_000_000
"""Between -10 % and 100 % a year; what lies outside is a slip of the keyboard."""


@transaction.atomic
def propose_reference_rate(
    *, actor: Actor, name: str, from_on: date, rate_ppm: int, source: str, at: datetime
) -> ReferenceRate:
    """Propose a rate; nothing accrues by it before a second person approves.

    The same proposal again is returned as it is. Raises Refused for a series that does not exist,
    a rate out of bounds, no source, while another proposal for the day waits, and for a value
    that is in force already.
    """
    actor.require("reference_rate.edit")
    told = _checked(name=name, rate_ppm=rate_ppm, source=source)
    company = actor.company
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    same = ReferenceRate.objects.filter(company=company, name=name, from_on=from_on)
    waiting = same.filter(approver="").first()
    if waiting is not None:
        if (waiting.rate_ppm, waiting.source) == (rate_ppm, told):
            return waiting
        raise Refused(
            f"{waiting.author} has proposed another rate for {name} from {from_on}; "
            "approve or withdraw that first."
        )
    if same.exclude(approver="").filter(replaced_by=None, rate_ppm=rate_ppm).exists():
        raise Refused(f"{name} from {from_on} has this rate already.")
    row = ReferenceRate.objects.create(
        company=company,
        name=name,
        from_on=from_on,
        rate_ppm=rate_ppm,
        source=told,
        author=actor.name,
        recorded_at=at,
    )
    _record(actor, "reference_rate.proposed", row, at=at)
    return row


@transaction.atomic
def approve_reference_rate(*, actor: Actor, rate: ReferenceRate, at: datetime) -> None:
    """Put a proposed rate in force; charges follow with the next run.

    The author may not approve, except in a demo company or where nobody else works. Raises Refused
    for that and for a rate that is in force already.
    """
    actor.require("reference_rate.edit")
    row = _waiting(actor.company, rate)
    override = own_approval(
        actor,
        author=row.author,
        refusal="You proposed this rate; somebody else has to approve it.",
    )
    before = (
        ReferenceRate.objects.filter(
            company=actor.company, name=row.name, from_on=row.from_on, replaced_by=None
        )
        .exclude(approver="")
        .first()
    )
    if before is not None:
        ReferenceRate.objects.filter(pk=before.pk).update(replaced_by=row)
    changed = ReferenceRate.objects.filter(pk=row.pk, approver="").update(
        approver=actor.name, recorded_at=at
    )
    if changed != 1:
        raise Refused("Somebody else has just decided about this rate; load the page again.")
    _record(
        actor,
        "reference_rate.approved",
        row,
        at=at,
        author=row.author,
        before_ppm=before.rate_ppm if before else None,
        override=override,
    )


@transaction.atomic
def withdraw_reference_rate(*, actor: Actor, rate: ReferenceRate, at: datetime) -> None:
    """Drop a proposed rate; raise Refused for one that is in force."""
    actor.require("reference_rate.edit")
    row = _waiting(actor.company, rate)
    _record(actor, "reference_rate.withdrawn", row, at=at, author=row.author)
    row.delete()


def _checked(*, name: str, rate_ppm: int, source: str) -> str:
    if name not in official_tables():
        known = ", ".join(official_tables())
        raise Refused(f"{name} is no official rate that a rule uses; use one of {known}.")
    if not SMALLEST_PPM <= rate_ppm <= LARGEST_PPM:
        raise Refused("The rate must lie between -10 % and 100 % a year.")
    told = fitting(text=source, most=LONGEST_SOURCE, what="source")
    if not told:
        raise Refused("Say where the rate was published, such as: ECB press release, 11 June.")
    return told


def _waiting(company: Company, rate: ReferenceRate) -> ReferenceRate:
    """Return the proposal, with the company's row locked so that two decisions take turns."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    row = ReferenceRate.objects.filter(company=company, pk=rate.pk).first()
    if row is None:
        raise Refused(f"This rate does not belong to {company.name}, or was withdrawn.")
    if row.approver:
        raise Refused(f"{row.name} from {row.from_on} is in force already.")
    return row


def _record(actor: Actor, verb: str, row: ReferenceRate, *, at: datetime, **data: Any) -> None:
    record_event(
        actor,
        verb,
        row,
        at=at,
        name=row.name,
        from_on=row.from_on.isoformat(),
        rate_ppm=row.rate_ppm,
        source=row.source,
        **data,
    )
