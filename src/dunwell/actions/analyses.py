"""Analyses of a day: ordered by a person or kept by the day's cycle, worked out in between."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.models import Analysis, AnalysisPart
from dunwell.queries.analysis_parts import Part
from dunwell.queries.runs import first_item_on

Status = Analysis.Status
BATCH = 200
"""Parts written at a time: their contents are long."""


@transaction.atomic
def order_analysis(
    *, actor: Actor, kind: str, as_of: date, since: date, today: date, at: datetime
) -> Analysis:
    """Note down that an analysis is to be worked out, also one that is there: the books moved.

    One that waits or runs already is returned as it is. `since` is the earlier day of a
    comparison; an analysis of one day takes its own day whatever is given. Raises Refused for a
    kind that is not there, days that have not come, lie the wrong way round or before the first
    item.
    """
    actor.require("analysis.order")
    if kind not in Analysis.Kind.values:
        raise Refused(f"There is no analysis {kind}; choose one of {', '.join(Analysis.Kind)}.")
    start = as_of if kind == Analysis.Kind.BOOK else since
    _check_days(actor, kind, as_of=as_of, since=start, today=today)
    found, is_new = Analysis.objects.get_or_create(
        company=actor.company,
        kind=kind,
        as_of=as_of,
        since_on=start,
        defaults={"by": actor.name, "recorded_at": at, "is_kept": True},
    )
    if not is_new:
        ended = (Status.DONE, Status.FAILED)
        rows = Analysis.objects.filter(pk=found.pk, status__in=ended).update(
            status=Status.WAITING, is_kept=True, by=actor.name, recorded_at=at, error=""
        )
        found.refresh_from_db()
        if not rows:
            return found
    record_event(
        actor,
        "analysis.ordered",
        found,
        at=at,
        kind=kind,
        as_of=as_of.isoformat(),
        since=start.isoformat(),
    )
    return found


def _check_days(actor: Actor, kind: str, *, as_of: date, since: date, today: date) -> None:
    if as_of > today:
        raise Refused(f"{as_of} has not come; ask for days up to {today}.")
    if kind != Analysis.Kind.BOOK and since >= as_of:
        raise Refused(f"{since} does not lie before {as_of}; give an earlier day to compare with.")
    first = first_item_on(actor.company)
    if first is None:
        raise Refused("There is no item yet, so there is nothing to analyse.")
    if since < first - timedelta(days=1):
        raise Refused(f"Nothing is known of {since}: the first item is of {first}.")


@transaction.atomic
def begin_analysis(*, actor: Actor, analysis: Analysis) -> None:
    """Mark an analysis as running; one that a dead process left running begins anew."""
    actor.require("analysis.order")
    rows = Analysis.objects.filter(
        pk=analysis.pk, company=actor.company, status__in=(Status.WAITING, Status.RUNNING)
    ).update(status=Status.RUNNING)
    if rows != 1:
        raise Refused("This analysis has ended; order it again.")


@transaction.atomic
def finish_analysis(
    *, actor: Actor, analysis: Analysis, parts: Sequence[Part], at: datetime, error: str = ""
) -> None:
    """Keep what an analysis found in place of what it found before, or why it failed.

    Raises Refused when it has ended already.
    """
    actor.require("analysis.order")
    own(actor, analysis, "analysis")
    status = Status.FAILED if error else Status.DONE
    rows = Analysis.objects.filter(
        pk=analysis.pk, company=actor.company, status=Status.RUNNING
    ).update(status=status, error=error[:500], finished_at=at)
    if rows != 1:
        raise Refused("This analysis has ended; order it again.")
    if not error:
        _write(analysis, parts)
    record_event(actor, f"analysis.{status}", analysis, at=at, error=error[:200], parts=len(parts))


@transaction.atomic
def keep_analyses(
    *,
    actor: Actor,
    found: Sequence[tuple[str, date, Sequence[Part]]],
    as_of: date,
    at: datetime,
) -> int:
    """Keep the analyses of a day, (kind, earlier day, parts) each; return how many.

    What earlier days had and nobody ordered is dropped, the last days of months excepted.
    """
    actor.require("cycle.run")
    for kind, since, parts in found:
        analysis, _ = Analysis.objects.update_or_create(
            company=actor.company,
            kind=kind,
            as_of=as_of,
            since_on=since,
            defaults={"status": Status.DONE, "error": "", "finished_at": at},
            create_defaults={
                "status": Status.DONE,
                "finished_at": at,
                "by": actor.name,
                "recorded_at": at,
                "is_kept": _is_month_end(as_of),
            },
        )
        _write(analysis, parts)
    Analysis.objects.filter(company=actor.company, as_of__lt=as_of, is_kept=False).delete()
    if found:
        record_event(
            actor, "analysis.kept", actor.company, at=at, as_of=as_of.isoformat(), n=len(found)
        )
    return len(found)


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _write(analysis: Analysis, parts: Sequence[Part]) -> None:
    AnalysisPart.objects.filter(analysis=analysis).delete()
    AnalysisPart.objects.bulk_create(
        [
            AnalysisPart(
                analysis=analysis,
                section=part.section,
                currency=part.currency,
                dimension=part.dimension,
                key=part.key,
                content=part.content,
            )
            for part in parts
        ],
        batch_size=BATCH,
    )
