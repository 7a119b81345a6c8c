"""Anomalies: keeping what the cycle found, and a person's word on each."""

import json
from datetime import date, datetime

import polars as pl
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.models import Anomaly, Company

Status = Anomaly.Status

DECISIONS = (Status.CONFIRMED.value, Status.DISMISSED.value)
"""What a person may say of a finding."""

SUBJECTS = ("customer_id", "item_id", "payment_id", "other_item_id", "other_payment_id")
FIGURES = ("kind", "severity", "measured", "usual", "unit")


@transaction.atomic
def find_anomalies(*, actor: Actor, rows: pl.DataFrame, as_of: date, at: datetime) -> int:
    """Keep the findings that are not known yet; return how many are new.

    `rows` has `identity`, SUBJECTS, FIGURES and `facts` (JSON text). What was found before
    stays as it is, whatever a person has said about it.
    """
    actor.require("cycle.run")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = set(Anomaly.objects.filter(company=company).values_list("identity", flat=True))
    new = [
        Anomaly(
            company=company,
            identity=row["identity"],
            **{name: row[name] for name in (*SUBJECTS, *FIGURES)},
            facts=json.loads(row["facts"]),
            found_on=as_of,
            recorded_at=at,
        )
        for row in rows.unique("identity").sort("identity").iter_rows(named=True)
        if row["identity"] not in known
    ]
    Anomaly.objects.bulk_create(new, batch_size=1_000)
    if new:
        record_event(
            actor, "anomalies.found", company, at=at, as_of=as_of.isoformat(), found=len(new)
        )
    return len(new)


@transaction.atomic
def decide_anomaly(
    *, actor: Actor, anomaly: Anomaly, status: str, at: datetime, reason: str = ""
) -> None:
    """Confirm or dismiss a finding; a dismissed one is not brought up again.

    Raises Refused for a finding that is decided, for a state that is no decision, and for
    a dismissal without a reason.
    """
    actor.require("anomaly.decide")
    if anomaly.company_id != actor.company.pk:
        raise Refused("This finding belongs to another company.")
    if status not in DECISIONS:
        raise Refused(f"A finding can be {' or '.join(DECISIONS)}, not {status}.")
    before = Status(anomaly.status)
    if Status(status) not in Anomaly.MOVES[before]:
        raise Refused(f"This finding is {before.label.lower()} already.")
    told = fitting(text=reason, most=500, what="reason")
    if status == Status.DISMISSED and not told:
        raise Refused("Say why this is in order.")
    rows = Anomaly.objects.filter(pk=anomaly.pk, status=before).update(
        status=status, decided_by=actor.name, decided_at=at, reason=told
    )
    if rows != 1:
        raise Refused("Somebody else has just decided this finding; load the page again.")
    record_event(
        actor,
        f"anomaly.{status}",
        anomaly,
        at=at,
        customer_id=anomaly.customer_id,
        kind=anomaly.kind,
        reason=told,
    )
