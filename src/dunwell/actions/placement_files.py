"""An agency's report read back: every line is booked, or none is and each bad line says why."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.placement_reports import report_collection
from dunwell.actions.placement_work import (
    accept_placement,
    end_placement,
    note_on_placement,
    refuse_placement,
)
from dunwell.formats.placement_files import MONEY, AgencyLine, LineRefusal, read_report
from dunwell.models import Agency, AgencyFileLine, Placement

LARGEST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRead:
    """What came of a file: lines read, changes made (0 for a file read before), and refusals."""

    lines: int
    changed: int
    refusals: tuple[LineRefusal, ...]


class _Undone(Exception):
    """A line was refused: nothing of the file stays."""


@transaction.atomic
def read_agency_report(
    *, actor: Actor, agency: Agency, data: bytes, as_of: date, at: datetime
) -> ReportRead:
    """Book what an agency's file reports; the same file twice adds nothing.

    When a line cannot be read or booked nothing at all is written, and the answer holds every
    such line with its column and the reason. Raises Refused for a file that is too large.
    """
    actor.require("placement.report")
    if agency.company_id != actor.company.pk:
        raise Refused("This agency belongs to another company.")
    if len(data) > LARGEST_BYTES:
        raise Refused("The file is larger than 5 MB; split it.")
    lines, refusals = read_report(data)
    if refusals:
        return ReportRead(lines=len(lines) + len(refusals), changed=0, refusals=refusals)
    try:
        return _book(actor, agency, lines, as_of=as_of, at=at)
    except _Undone as undone:
        found: tuple[LineRefusal, ...] = undone.args[0]
        return ReportRead(lines=len(lines), changed=0, refusals=found)


@transaction.atomic
def _book(
    actor: Actor, agency: Agency, lines: Sequence[AgencyLine], *, as_of: date, at: datetime
) -> ReportRead:
    """Book the lines that were not booked before; raise _Undone with what is refused."""
    # two people who read the same file queue here
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    named = {line.placement for line in lines}
    known = {
        placement.number: placement
        for placement in Placement.objects.filter(agency=agency, number__in=named)
    }
    marks = [_mark(line) for line in lines]
    booked = set(
        AgencyFileLine.objects.filter(agency=agency, sha256__in=marks).values_list(
            "sha256", flat=True
        )
    ) & set(marks)
    refusals: list[LineRefusal] = []
    new: list[str] = []
    for line, mark in zip(lines, marks, strict=True):
        if mark in booked:
            continue
        refusal = _refused(actor, known.get(line.placement), line, as_of=as_of, at=at)
        if refusal is not None:
            refusals.append(refusal)
            continue
        booked.add(mark)
        new.append(mark)
    if refusals:
        raise _Undone(tuple(refusals))
    AgencyFileLine.objects.bulk_create(
        AgencyFileLine(agency=agency, sha256=mark, on=as_of) for mark in new
    )
    if new:
        record_event(
            actor,
            "placement.report_read",
            agency,
            at=at,
            agency=agency.name,
            lines=len(lines),
            changed=len(new),
        )
    return ReportRead(lines=len(lines), changed=len(new), refusals=())


def _mark(line: AgencyLine) -> str:
    """Return the hash of what a line says, wherever in the file it stands."""
    told = {**asdict(line), "line": 0, "on": line.on.isoformat()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _refused(
    actor: Actor, placement: Placement | None, line: AgencyLine, *, as_of: date, at: datetime
) -> LineRefusal | None:
    """Book one line; return why not, None once it is booked."""
    if placement is None:
        reason = f"the agency has no placement {line.placement}"
        return LineRefusal(line=line.line, column="placement", reason=reason)
    if line.on > as_of:
        reason = f"{line.on.isoformat()} is still ahead"
        return LineRefusal(line=line.line, column="on", reason=reason)
    if line.event in MONEY and line.currency != placement.currency:
        reason = f"{placement.number} is in {placement.currency}"
        return LineRefusal(line=line.line, column="currency", reason=reason)
    try:
        with transaction.atomic():
            _book_line(actor, placement, line, as_of=as_of, at=at)
    except Refused as refusal:
        column = "gross" if line.event in MONEY else "event"
        return LineRefusal(line=line.line, column=column, reason=str(refusal))
    return None


def _book_line(
    actor: Actor, placement: Placement, line: AgencyLine, *, as_of: date, at: datetime
) -> None:
    if line.event in MONEY:
        report_collection(
            actor=actor,
            placement=placement,
            kind=line.event,
            reference=line.reference,
            gross_minor=line.gross_minor,
            commission_minor=line.commission_minor,
            reported_on=line.on,
            as_of=as_of,
            at=at,
        )
    elif line.event == "accepted":
        accept_placement(
            actor=actor, placement=placement, reference=line.reference, as_of=as_of, at=at
        )
    elif line.event == "refused":
        refuse_placement(actor=actor, placement=placement, reason=line.note, as_of=as_of, at=at)
    elif line.event == "note":
        note_on_placement(actor=actor, placement=placement, text=line.note, as_of=as_of, at=at)
    else:
        end_placement(
            actor=actor,
            placement=placement,
            status=line.event,
            reason=line.note,
            as_of=as_of,
            at=at,
        )
