"""Champion against challenger: who may meet, who is drawn today, and the power before."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db.models import Count

from dunwell.engine.calendars import day_number
from dunwell.engine.strategy import in_force_by_segment
from dunwell.ml.duels import DUEL_DAYS
from dunwell.ml.holdout import Arm, Split, assigned
from dunwell.ml.power import PowerRow, detectable, power_rows
from dunwell.models import Company, Duel, Experiment, Item
from dunwell.queries.frames import day, read_rows
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.wordings import every_wording_in_force

PPM = 1_000_000
DEVIATION_PPM = 450_000
"""Standard deviation of the part paid in time: most customers pay all or nothing, and a share
between 0 and 1 cannot spread more than 0.5."""
VOLUME_DAYS = 84
"""Volumes are those of the last twelve weeks."""
EFFECTS = (0.02, 0.03, 0.05, 0.08, 0.1)
"""Effects of which the power table tells."""
PLAIN = "plain"
"""Name of the text that is no variant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Power:
    """What a comparison would take with today's volumes; `detectable_ppm` in half a year."""

    weekly: int
    days: int
    rows: tuple[PowerRow, ...]
    detectable_ppm: int | None


def strategy_names(company: Company, *, as_of: date) -> tuple[str, ...]:
    """Return the strategies that may meet: those in force, by name."""
    return tuple(sorted({one.name for one in strategies_in_force(company, as_of=as_of)}))


def wording_names(company: Company, *, as_of: date) -> tuple[str, ...]:
    """Return texts that have variants as `template: variant`, the plain one included."""
    found = every_wording_in_force(company, as_of=as_of)[company.language].document
    return tuple(
        f"{template}: {name}"
        for template, variants in sorted(found.variants.items())
        for name in (PLAIN, *(one.name for one in variants))
    )


def power(company: Company, *, as_of: date, share_ppm: int = 500_000) -> Power:
    """Return what comparisons take with the customers that fell due in the last weeks."""
    weekly = weekly_customers(company, as_of=as_of)
    deviation, share = DEVIATION_PPM / PPM, share_ppm / PPM
    rows = power_rows(EFFECTS, weekly=weekly, days=DUEL_DAYS, deviation=deviation, share=share)
    half_year = weekly * 26
    return Power(
        weekly=weekly,
        days=DUEL_DAYS,
        rows=rows,
        detectable_ppm=_ppm(detectable(customers=half_year, deviation=deviation, share=share))
        if half_year
        else None,
    )


def weekly_customers(company: Company, *, as_of: date) -> int:
    """Return how many customers a week had something fall due lately: one query."""
    found = Item.objects.filter(
        company=company,
        kind=Item.Kind.INVOICE,
        due_on__gt=as_of - timedelta(days=VOLUME_DAYS),
        due_on__lte=as_of,
    ).aggregate(n=Count("customer", distinct=True))
    return int(found["n"]) * 7 // VOLUME_DAYS


def running_duel(company: Company, *, as_of: date) -> Duel | None:
    """Return the comparison that runs on a day, None without one."""
    return (
        Duel.objects.filter(
            company=company,
            experiment__status=Experiment.Status.RUNNING,
            experiment__starts_on__lte=as_of,
            experiment__ends_on__gte=as_of,
        )
        .select_related("experiment")
        .first()
    )


def newcomers(company: Company, duel: Duel, *, as_of: date) -> list[tuple[int, str, int]]:
    """Return (customer, arm, what it owes overdue) of those that are to be drawn today.

    Of strategies: customers of the champion's segments with something overdue in the company's
    currency and no strategy by hand. Of wordings: who got one of the two texts.
    """
    if duel.kind == Duel.Kind.WORDING:
        return _worded(company, duel, as_of)
    strategies = tuple(one.strategy for one in strategies_in_force(company, as_of=as_of))
    segments = [
        segment
        for segment, strategy in in_force_by_segment(strategies, as_of=as_of)
        if strategy.name == duel.champion
    ]
    if not segments:
        return []
    marks = ", ".join(["%s"] * len(segments))
    rows = read_rows(
        "SELECT o.customer_id, SUM(o.open_minor) FROM dunwell_openitem o "
        "JOIN dunwell_customer c ON c.id = o.customer_id "
        f"WHERE o.company_id = %s AND o.currency = %s AND {day('o.due_on')} < %s "
        f"AND c.segment IN ({marks}) "
        "AND NOT EXISTS (SELECT 1 FROM dunwell_duelcustomer d WHERE d.experiment_id = %s "
        "AND d.customer_id = o.customer_id) "
        "AND NOT EXISTS (SELECT 1 FROM dunwell_strategyoverride s "
        "WHERE s.customer_id = o.customer_id AND s.kind = 'assign' AND s.ended_on IS NULL) "
        "GROUP BY o.customer_id HAVING SUM(o.open_minor) > 0 ORDER BY o.customer_id",
        [company.pk, company.currency, day_number(as_of), *segments, duel.experiment_id],
        {"customer_id": pl.Int64, "collect_minor": pl.Int64},
    )
    arms = tuple(Arm(one["name"], one["share_ppm"]) for one in duel.experiment.arms)
    split = Split(f"duel {duel.experiment_id}", duel.experiment.salt, arms)
    drawn = assigned(rows["customer_id"], split)
    return [
        (customer_id, arm, owed)
        for customer_id, arm, owed in zip(
            rows["customer_id"], drawn["arm"], rows["collect_minor"], strict=True
        )
    ]


def _worded(company: Company, duel: Duel, as_of: date) -> list[tuple[int, str, int]]:
    """Return who got the first of the two texts since the comparison began, and is not in it."""
    texts = {_variant(name): name for name in (duel.champion, duel.challenger)}
    template = duel.champion.partition(":")[0]
    rows = read_rows(
        "SELECT m.customer_id, m.variant, SUM(i.open_minor) FROM dunwell_message m "
        "JOIN dunwell_messageitem i ON i.message_id = m.id "
        "JOIN dunwell_item t ON t.id = i.item_id AND t.currency = %s "
        f"WHERE m.company_id = %s AND m.template = %s AND {day('m.as_of')} BETWEEN %s AND %s "
        "AND m.author = '' AND m.status IN ('sent', 'delivered', 'bounced') "
        "AND NOT EXISTS (SELECT 1 FROM dunwell_duelcustomer d WHERE d.experiment_id = %s "
        "AND d.customer_id = m.customer_id) "
        "GROUP BY m.id, m.customer_id, m.variant HAVING SUM(i.open_minor) > 0 ORDER BY m.id",
        [
            company.currency, company.pk, template, day_number(duel.experiment.starts_on),
            day_number(as_of), duel.experiment_id,
        ],
        {"customer_id": pl.Int64, "variant": pl.String, "collect_minor": pl.Int64},
    )  # fmt: skip
    first = rows.filter(pl.col("variant").is_in(list(texts))).unique(
        "customer_id", keep="first", maintain_order=True
    )
    return [
        (customer_id, texts[variant], owed) for customer_id, variant, owed in first.iter_rows()
    ]


def _variant(name: str) -> str:
    """Return the variant a `template: variant` names, as messages hold it."""
    variant = name.partition(":")[2].strip()
    return "" if variant == PLAIN else variant


def _ppm(share: float) -> int:
    return round(share * PPM)
