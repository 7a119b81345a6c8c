"""Cases for disputes that a ledger export tells: written set-based, as an import writes its rows.

Nothing here is an action of its own: the caller holds the company and writes the event.
"""

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
from django.db import connection

from dunwell.actions.bulk import insert_rows, staged
from dunwell.actions.dispute_parts import Status, case_number, next_numbers, opening, staff_of
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import Company, Dispute, DisputeCase
from dunwell.queries.dispute_facts import Debtor, routing_facts
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.frames import fx_frame

BATCH = 50_000
_NEEDED = (
    *("pk", "reason", "amount_minor", "opened_on", "closed_on", "item__number", "item__currency"),
    *("customer", "customer__number", "customer__segment", "customer__country"),
    "customer__collector",
)
_CASES = {
    "dispute_id": pl.Int64,
    "customer_id": pl.Int64,
    "number": pl.String,
    "title": pl.String,
    "reason": pl.String,
    "status": pl.String,
    "owner_id": pl.Int64,
    "team": pl.String,
    "route": pl.String,
    "respond_by": pl.Date,
    "resolve_by": pl.Date,
    "clock_days": pl.Int32,
    "opened_on": pl.Date,
    "closed_on": pl.Date,
}
_ADOPT = """
UPDATE dunwell_dispute SET case_id = c.id
FROM {staged} s JOIN dunwell_disputecase c ON c.company_id = %s AND c.number = s.number
WHERE dunwell_dispute.id = s.dispute_id
"""


def adopt_disputes(company: Company, *, as_of: date, at: datetime) -> int:
    """Give every dispute of a company that has no case one of its own; return how many.

    The clock of an open one starts when it became known to us.
    """
    total = Dispute.objects.filter(company=company, case=None).count()
    if not total:
        return 0
    in_force = dispute_policy_in_force(company, as_of=as_of)
    for rows in _cases(company, total, policy=in_force.policy, as_of=as_of):
        insert_rows(
            table="dunwell_disputecase",
            rows=rows.drop("dispute_id").with_columns(
                pl.lit(company.pk, pl.Int64).alias("company_id"),
                pl.lit(in_force.version_id, pl.Int64).alias("policy_version"),
                pl.lit(DisputeCase.Source.STAFF.value).alias("source"),
                pl.lit("").alias("root_cause"),
                pl.lit("{}").alias("validity"),
                pl.lit(value=False).alias("is_escalated"),
                pl.col("closed_on").alias("resolved_on"),
                pl.lit(at).cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
            ),
        )
        with (
            staged("adopted", rows.select("dispute_id", "number")) as table,
            connection.cursor() as cursor,
        ):
            cursor.execute(_ADOPT.format(staged=table), [company.pk])
    return total


def _cases(
    company: Company, total: int, *, policy: DisputePolicy, as_of: date
) -> Iterator[pl.DataFrame]:
    """Yield a case for each dispute that has none, in the columns _CASES, by their keys."""
    staff, rates = staff_of(company), read_rates(fx_frame(company), company.currency)
    numbers = iter(next_numbers(company, DisputeCase, total))
    orphans = Dispute.objects.filter(company=company, case=None).order_by("pk")
    last = 0
    while batch := list(orphans.filter(pk__gt=last).values_list(*_NEEDED)[:BATCH]):
        rows = []
        for key, reason, minor, opened_on, closed_on, item, currency, owner, *told in batch:
            debtor = Debtor(*told)
            facts = routing_facts(
                company,
                debtor,
                reason=policy.reason_rule(reason).code,
                amounts={currency: minor},
                as_of=as_of,
                rates=rates,
            )
            new = opening(company, debtor, policy=policy, facts=facts, staff=staff, as_of=as_of)
            is_over = closed_on is not None
            rows.append(
                (
                    *(key, owner, case_number(next(numbers)), item, facts.reason),
                    Status.CLOSED.value if is_over else new.status.value,
                    *(new.owner.pk if new.owner else None, new.team, new.route),
                    None if is_over else new.clock.respond_by,
                    None if is_over else new.clock.resolve_by,
                    *(new.clock_days, opened_on, closed_on),
                )
            )
        last = batch[-1][0]
        yield pl.DataFrame(rows, schema=_CASES, orient="row")
