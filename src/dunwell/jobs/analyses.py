"""Works analyses out: those ordered by somebody, and those the day's cycle keeps."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from dunwell import clock
from dunwell.actions.analyses import begin_analysis, finish_analysis, keep_analyses
from dunwell.actions.gate import Actor, system
from dunwell.jobs.background import begin
from dunwell.models import Analysis
from dunwell.queries.analysis_parts import Part, analysis_parts
from dunwell.queries.ledgers import Books

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One analysis of the day, worked out and not written yet."""

    kind: str
    since: date
    parts: Sequence[Part]


def start_analysis(found: Analysis) -> bool:
    """Begin an analysis in the background unless this process is at it; say whether it was."""
    return begin(partial(run_analysis, found.pk), key=f"analysis {found.pk}")


def run_analysis(analysis_id: int) -> None:
    """Work an ordered analysis out; killed anywhere, the next call begins it anew."""
    found = Analysis.objects.select_related("company").get(pk=analysis_id)
    actor = system(found.company)
    begin_analysis(actor=actor, analysis=found)
    parts: Sequence[Part] = ()
    error = ""
    try:
        parts = analysis_parts(
            found.company,
            Books(found.company),
            kind=found.kind,
            as_of=found.as_of,
            since=found.since_on,
        )
    except Exception:
        log.exception("analysis %s failed", analysis_id)
        error = "The analysis failed; what happened is in the server's log. Order it again."
    finish_analysis(actor=actor, analysis=found, parts=parts, at=clock.now(), error=error)


def analyses_of_day(actor: Actor, books: Books, *, as_of: date) -> list[Found]:
    """Return what the cycle keeps of a day: the book, compared with last month's end."""
    since = as_of.replace(day=1) - timedelta(days=1)
    pairs = (
        (Analysis.Kind.BOOK, as_of),
        (Analysis.Kind.BRIDGE, since),
        (Analysis.Kind.CAUSES, since),
    )
    return [
        Found(
            kind=kind,
            since=start,
            parts=analysis_parts(actor.company, books, kind=kind, as_of=as_of, since=start),
        )
        for kind, start in pairs
    ]


def keep_day(actor: Actor, found: Sequence[Found], *, as_of: date) -> int:
    """Write the analyses of a day; return how many were written."""
    return keep_analyses(
        actor=actor,
        found=[(one.kind, one.since, one.parts) for one in found],
        as_of=as_of,
        at=clock.now(),
    )
