"""Gap alerts of the day's cycle: one a period, raised once, ended when the gap is gone."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor
from dunwell.models import Company, GapAlert
from dunwell.queries.gaps import GapsDue

FIELDS = ("starts_on", "label", "currency", "unit", "expected", "wanted", "levers", "seen_on")
BATCH = 500


@transaction.atomic
def raise_gap_alerts(*, actor: Actor, due: GapsDue, as_of: date, at: datetime) -> int:
    """Raise what is new, bring up to date what stands, end what is gone; return how many moved.

    The same gaps again change nothing. A gap that comes back opens its own row again.
    """
    actor.require("cycle.run")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    held = {
        (row.kind, row.key): row
        for row in GapAlert.objects.filter(company=company).filter(
            kind__in={gap.kind for gap, _ in due.gaps},
            key__in=[gap.key for gap, _ in due.gaps],
        )
    }
    standing = {
        (row.kind, row.key): row for row in GapAlert.objects.filter(company=company, ended_on=None)
    }
    held |= standing
    new: list[GapAlert] = []
    moved: list[GapAlert] = []
    told: list[tuple[str, GapAlert]] = []
    for gap, ways in due.gaps:
        row = held.get((gap.kind, gap.key))
        values = {
            "starts_on": gap.starts_on,
            "label": gap.label,
            "currency": gap.currency,
            "unit": gap.unit,
            "expected": gap.expected,
            "wanted": gap.wanted,
            "levers": [asdict(way) for way in ways],
            "seen_on": as_of,
        }
        if row is None:
            row = GapAlert(
                company=company, kind=gap.kind, key=gap.key, opened_on=as_of, recorded_at=at,
                **values,
            )  # fmt: skip
            new.append(row)
            told.append(("raised", row))
            continue
        if row.ended_on is not None:
            row.ended_on = None
            told.append(("raised", row))
        elif all(getattr(row, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        moved.append(row)
    seen = {(gap.kind, gap.key) for gap, _ in due.gaps}
    for key, row in standing.items():
        if key not in seen:
            row.ended_on = as_of
            moved.append(row)
            told.append(("ended", row))
    GapAlert.objects.bulk_create(new, batch_size=BATCH)
    GapAlert.objects.bulk_update(moved, [*FIELDS, "ended_on"], batch_size=BATCH)
    record_events(actor, [_fact(what, row) for what, row in told], at=at)
    return len(told)


def _fact(what: str, row: GapAlert) -> Fact:
    return Fact(
        verb=f"gap.{what}",
        subject="gapalert",
        subject_id=row.pk,
        data={
            "kind": row.kind,
            "starts_on": row.starts_on.isoformat(),
            "expected": row.expected,
            "wanted": row.wanted,
            "unit": row.unit,
            "currency": row.currency,
        },
    )
