"""Covenants: written down, ended, waived by the lender, and tested on their dates."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting, needed, unused_name
from dunwell.engine.covenants import standing
from dunwell.engine.money import LARGEST_MINOR, is_currency_code
from dunwell.models import Company, Covenant, CovenantTest, CovenantWaiver
from dunwell.queries.covenants import BUCKETS, CovenantTestDue

Measure = Covenant.Measure
PPM = 1_000_000
SHARES = (Measure.OVERDUE_SHARE, Measure.CONCENTRATION)


@transaction.atomic
def add_covenant(
    *,
    actor: Actor,
    name: str,
    lender: str,
    measure: str,
    currency: str,
    threshold: int,
    first_test_on: date,
    every_months: int,
    drawn_minor: int | None = None,
    eligible_ppm: int | None = None,
    most_overdue_days: int | None = None,
    note: str = "",
    at: datetime,
) -> Covenant:
    """Write a covenant down; `threshold` in the unit of its measure (see the model).

    Raises Refused for a name that is taken, a threshold out of bounds, a borrowing base without
    what is drawn, the eligible share and the days past due up to which items count.
    """
    actor.require("covenant.edit")
    if measure not in Measure.values:
        raise Refused(f"There is no measure {measure}; use {', '.join(Measure.values)}.")
    if not is_currency_code(currency):
        raise Refused(f"{currency!r} is no currency; write its three letters, such as EUR.")
    if measure == Measure.LIQUIDITY and currency != actor.company.currency:
        raise Refused(f"Liquidity is counted in {actor.company.currency}.")
    most = PPM if measure in SHARES else LARGEST_MINOR
    if not 0 <= threshold <= most:
        raise Refused("The threshold is below zero or too large.")
    if every_months not in {1, 3, 6, 12}:
        raise Refused("A covenant is tested every 1, 3, 6 or 12 months.")
    if measure != Measure.BORROWING_BASE:
        drawn_minor = eligible_ppm = most_overdue_days = None
    elif not drawn_minor or drawn_minor < 0 or not 0 < (eligible_ppm or 0) <= PPM:
        raise Refused("A borrowing base needs what is drawn and the share that is lent on.")
    elif most_overdue_days not in BUCKETS:
        raise Refused("Items count up to 0, 30, 60 or 90 days past due.")
    told = needed(text=lender, most=120, what="lender", missing="Say who the lender is.")
    remark = fitting(text=note, most=1000, what="note")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    live = Covenant.objects.filter(company=company, ended_on=None)
    made = Covenant.objects.create(
        company=company,
        name=unused_name(live, name=name, what="a covenant"),
        lender=told,
        measure=measure,
        currency=currency,
        threshold=threshold,
        drawn_minor=drawn_minor,
        eligible_ppm=eligible_ppm,
        most_overdue_days=most_overdue_days,
        first_test_on=first_test_on,
        every_months=every_months,
        note=remark,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor, "covenant.added", made, at=at,
        name=made.name, lender=told, measure=measure, threshold=threshold,
    )  # fmt: skip
    return made


@transaction.atomic
def end_covenant(
    *, actor: Actor, covenant: Covenant, reason: str, as_of: date, at: datetime
) -> Covenant:
    """End a covenant, with the reason; its tests stay. Twice is once."""
    actor.require("covenant.edit")
    said = needed(text=reason, most=300, what="reason", missing="Say why the covenant ends.")
    found = _locked(actor, covenant)
    if found.ended_on is not None:
        return found
    found.ended_on, found.ended_by = as_of, actor.name
    found.save(update_fields=["ended_on", "ended_by"])
    record_event(actor, "covenant.ended", found, at=at, name=found.name, reason=said)
    return found


@transaction.atomic
def record_waiver(
    *,
    actor: Actor,
    covenant: Covenant,
    from_on: date,
    until_on: date,
    granted_by: str,
    note: str,
    at: datetime,
) -> CovenantWaiver:
    """Keep what the lender waived for a span of test dates; the same again is that row.

    Raises Refused for a span that ends before it begins, or without who granted what.
    """
    actor.require("covenant.edit")
    if until_on < from_on:
        raise Refused(f"The waiver ends on {until_on}, before it begins on {from_on}.")
    who = needed(text=granted_by, most=120, what="name", missing="Say who granted the waiver.")
    said = needed(text=note, most=1000, what="note", missing="Say what was waived and how.")
    found = _locked(actor, covenant)
    made, is_new = CovenantWaiver.objects.get_or_create(
        covenant=found,
        from_on=from_on,
        until_on=until_on,
        granted_by=who,
        defaults={
            "company": actor.company,
            "note": said,
            "recorded_by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(
            actor, "covenant.waived", found, at=at, name=found.name, granted_by=who,
            from_on=from_on.isoformat(), until_on=until_on.isoformat(),
        )  # fmt: skip
    return made


@transaction.atomic
def freeze_covenant_tests(*, actor: Actor, due: Sequence[CovenantTestDue], at: datetime) -> int:
    """Keep the tests of the day as they were measured; return how many are new."""
    actor.require("cycle.run")
    if not due:
        return 0
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rows = Covenant.objects.filter(company=actor.company, ended_on=None).in_bulk(
        [one.covenant_id for one in due]
    )
    done = set(
        CovenantTest.objects.filter(covenant__in=rows.values()).values_list("covenant_id", "on")
    )
    made = CovenantTest.objects.bulk_create(
        [
            _frozen(actor, rows[one.covenant_id], one, at)
            for one in due
            if one.covenant_id in rows and (one.covenant_id, one.on) not in done
        ]
    )
    record_events(
        actor,
        [
            Fact(
                verb="covenant.tested",
                subject="covenant",
                subject_id=row.covenant_id,
                data={
                    "name": rows[row.covenant_id].name,
                    "on": row.on.isoformat(),
                    "measured": row.measured,
                    "threshold": row.threshold,
                    "is_met": row.is_met,
                },
            )
            for row in made
        ],
        at=at,
    )
    return len(made)


def _locked(actor: Actor, covenant: Covenant) -> Covenant:
    own(actor, covenant, "covenant")
    return Covenant.objects.select_for_update(no_key=True).get(pk=covenant.pk)


def _frozen(actor: Actor, row: Covenant, one: CovenantTestDue, at: datetime) -> CovenantTest:
    found = standing(row.measure, measured=one.measured, threshold=row.threshold)
    return CovenantTest(
        company=actor.company,
        covenant=row,
        on=one.on,
        measured=one.measured,
        threshold=row.threshold,
        is_met=found.is_met,
        inputs=dict(one.inputs),
        recorded_by=actor.name,
        recorded_at=at,
    )
