"""Works analyses out: those ordered by somebody, and those the day's cycle keeps."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from dunwell import clock
from dunwell.actions.analyses import begin_analysis, finish_analysis, keep_analyses
from dunwell.actions.gate import Actor, system
from dunwell.jobs.background import begin
from dunwell.models import Analysis
from dunwell.queries.analysis_parts import Part, analysis_parts
from dunwell.queries.ledgers import Books
from dunwell.queries.runs import first_item_on

log = logging.getLogger(__name__)


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


@dataclass(frozen=True, kw_only=True)
class AnalysesDay:
    """What the cycle keeps of a day: the book, and both comparisons with last month's end."""

    actor: Actor
    books: Books
    as_of: date
    at: datetime

    @cached_property
    def found(self) -> list[tuple[str, date, Sequence[Part]]]:
        """Kind, earlier day and parts of each analysis, worked out on first use.

        None for a company without an item: there is nothing to take apart.
        """
        if first_item_on(self.actor.company) is None:
            return []
        since = self.as_of.replace(day=1) - timedelta(days=1)
        return [
            (
                kind,
                start,
                analysis_parts(
                    self.actor.company, self.books, kind=kind, as_of=self.as_of, since=start
                ),
            )
            for kind, start in (
                (Analysis.Kind.BOOK, self.as_of),
                (Analysis.Kind.BRIDGE, since),
                (Analysis.Kind.CAUSES, since),
            )
        ]

    def write(self) -> int:
        """Keep them; return how many."""
        return keep_analyses(actor=self.actor, found=self.found, as_of=self.as_of, at=self.at)
