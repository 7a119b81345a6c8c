"""What really happened month by month, kept by the day's cycle."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.gate import Actor
from dunwell.models import Company, MonthActual
from dunwell.queries.month_actuals import MonthFacts

BATCH = 500


@transaction.atomic
def keep_actuals(*, actor: Actor, facts: MonthFacts | None, at: datetime) -> int:  # noqa: ARG001  each step of the cycle is told
    """Keep the figures of the last months as the books tell them now; return how many changed.

    A projection: months older than those looked at stay, and what is no longer true goes.
    """
    actor.require("cycle.run")
    if facts is None:
        return 0
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    first = min((key[1] for key in facts.values), default=facts.as_of)
    held = {
        (row.currency, row.month_on, row.figure, row.dimension, row.key): row
        for row in MonthActual.objects.filter(company=actor.company, month_on__gte=first)
    }
    changed = sum(
        1 for key, value in facts.values.items() if key not in held or held[key].value != value
    )
    gone = [row.pk for key, row in held.items() if key not in facts.values]
    for start in range(0, len(gone), BATCH):
        MonthActual.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    MonthActual.objects.bulk_create(
        [
            MonthActual(
                company=actor.company,
                currency=currency,
                month_on=month,
                figure=figure,
                dimension=dimension,
                key=key,
                value=value,
                as_of=facts.as_of,
            )
            for (currency, month, figure, dimension, key), value in sorted(facts.values.items())
        ],
        update_conflicts=True,
        unique_fields=["company", "currency", "month_on", "figure", "dimension", "key"],
        update_fields=["value", "as_of"],
        batch_size=BATCH,
    )
    return changed + len(gone)
