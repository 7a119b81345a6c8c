"""Champion against challenger: who is drawn, what came of it so far, and the power before."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db.models import Count

from dunwell.engine.calendars import day_number
from dunwell.engine.strategy import in_force_by_segment
from dunwell.ml.duels import DUEL_DAYS, MEASURES, days_saved, duel_outcomes
from dunwell.ml.experiments import Guardrail, Plan, Verdict, verdict
from dunwell.ml.holdout import Arm, Split, assigned
from dunwell.ml.power import PowerRow, detectable, power_rows
from dunwell.models import Company, Duel, DuelCustomer, DuelLook, Experiment, Item
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
class DuelGuard:
    """Harm of the challenger in one measure: shares of customers in ppm, with the interval."""

    measure: str
    state: str
    margin_ppm: int
    harm_ppm: int
    low_ppm: int
    high_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DuelLookRow:
    """What a comparison said on a day."""

    as_of: date
    seen: int
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    outcome: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DuelReading:
    """A comparison as agreed, and what it says by a day.

    The effect is the part of the money paid within DUEL_DAYS, challenger less champion, in ppm;
    it may be looked at on any day. In money: what it is of all that the customers seen owed
    (minor units of the company's currency). In days: how much earlier a unit of money came,
    tenths of a day. None while there is too little.
    """

    kind: str
    champion: str
    challenger: str
    smallest_ppm: int
    planned: int
    weekly: int
    weeks: int | None
    error_ppm: int
    power_ppm: int
    enrolled: int
    champion_n: int
    challenger_n: int
    seen: int
    outcome: str
    why: str
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    is_final: bool
    owed_minor: int
    gain_minor: int | None
    gain_low_minor: int | None
    gain_high_minor: int | None
    days_tenths: int | None
    days_low_tenths: int | None
    days_high_tenths: int | None
    mismatch_ppm: int
    guards: tuple[DuelGuard, ...]
    looks: tuple[DuelLookRow, ...]


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


def duel_reading(company: Company, experiment_id: int, *, as_of: date) -> DuelReading | None:
    """Return what a comparison says by a day, None where the experiment is none; five queries."""
    duel = (
        Duel.objects.filter(company=company, experiment=experiment_id)
        .select_related("experiment")
        .first()
    )
    if duel is None:
        return None
    readings = _readings(company, duel, as_of)
    share = _share(duel)
    told = verdict(_plan(duel, share), readings)
    best = told.final or told.always
    over = readings.drop_nulls("outcome")
    owed = int(over["collect_minor"].sum())
    days = days_saved(
        readings, challenger=duel.challenger, share=share, tuned_at=max(duel.customers // 2, 1)
    )
    arms = readings["arm"]
    looks = DuelLook.objects.filter(experiment=duel.experiment_id).order_by("-as_of")
    return DuelReading(
        kind=duel.kind,
        champion=duel.champion,
        challenger=duel.challenger,
        smallest_ppm=duel.smallest_ppm,
        planned=duel.customers,
        weekly=duel.weekly,
        weeks=duel.weeks,
        error_ppm=duel.error_ppm,
        power_ppm=duel.power_ppm,
        enrolled=readings.height,
        champion_n=int((arms == duel.champion).sum()),
        challenger_n=int((arms == duel.challenger).sum()),
        seen=told.seen,
        outcome=told.outcome,
        why=told.why,
        effect_ppm=None if best is None else _ppm(best.value),
        low_ppm=None if best is None else _ppm(best.low),
        high_ppm=None if best is None else _ppm(best.high),
        is_final=told.final is not None,
        owed_minor=owed,
        gain_minor=None if best is None else round(best.value * owed),
        gain_low_minor=None if best is None else round(best.low * owed),
        gain_high_minor=None if best is None else round(best.high * owed),
        days_tenths=None if days is None else round(days.value * 10),
        days_low_tenths=None if days is None else round(days.low * 10),
        days_high_tenths=None if days is None else round(days.high * 10),
        mismatch_ppm=_ppm(told.mismatch_p),
        guards=_guards(duel, told),
        looks=tuple(
            DuelLookRow(
                as_of=look.as_of,
                seen=look.seen,
                effect_ppm=look.effect_ppm,
                low_ppm=look.low_ppm,
                high_ppm=look.high_ppm,
                outcome=look.outcome,
                why=look.why,
            )
            for look in looks[:30]
        ),
    )


def duels_of(company: Company, experiment_ids: list[int]) -> Mapping[int, str]:
    """Return `champion against challenger` of those experiments that are comparisons."""
    found = Duel.objects.filter(company=company, experiment__in=experiment_ids)
    return {one.experiment_id: str(one) for one in found}


def _share(duel: Duel) -> float:
    """Return the challenger's part of both arms together."""
    shares = {one["name"]: one["share_ppm"] for one in duel.experiment.arms}
    both = shares[duel.challenger] + shares[duel.champion]
    return float(shares[duel.challenger] / both)


def _plan(duel: Duel, share: float) -> Plan:
    return Plan(
        experiment=duel.experiment.name,
        challenger=duel.challenger,
        champion=duel.champion,
        customers=duel.customers,
        share=share,
        smallest=duel.smallest_ppm / PPM,
        error=duel.error_ppm / PPM,
        power=duel.power_ppm / PPM,
        guardrails=tuple(
            Guardrail(rail["measure"], rail["margin_ppm"] / PPM) for rail in duel.guardrails
        ),
    )


def _guards(duel: Duel, told: Verdict) -> tuple[DuelGuard, ...]:
    margins = {rail["measure"]: rail["margin_ppm"] for rail in duel.guardrails}
    return tuple(
        DuelGuard(
            measure=rail.measure,
            state=rail.state,
            margin_ppm=margins[rail.measure],
            harm_ppm=_ppm(rail.harm.value),
            low_ppm=_ppm(rail.harm.low),
            high_ppm=_ppm(rail.harm.high),
        )
        for rail in told.guardrails
    )


def _readings(company: Company, duel: Duel, as_of: date) -> pl.DataFrame:
    """Return one row per customer drawn: arm, outcome, days, and one column per measure."""
    enrolled = read_rows(
        f"SELECT d.customer_id, d.arm, {day('d.enrolled_on')}, d.collect_minor "
        "FROM dunwell_duelcustomer d WHERE d.experiment_id = %s "
        f"AND {day('d.enrolled_on')} <= %s ORDER BY d.enrolled_on, d.customer_id",
        [duel.experiment_id, day_number(as_of)],
        {
            "customer_id": pl.Int64, "arm": pl.String, "enrolled_day": pl.Int32,
            "collect_minor": pl.Int64,
        },
    )  # fmt: skip
    paid = duel_outcomes(enrolled, _money(company, duel, as_of), today=day_number(as_of))
    harmed = _harms(company, duel, as_of)
    is_over = pl.col("outcome").is_not_null()
    for measure in MEASURES:
        who = (
            harmed.filter(pl.col("measure") == measure)
            .join(enrolled, on="customer_id", how="inner")
            .filter(
                pl.col("day") >= pl.col("enrolled_day"),
                pl.col("day") <= pl.col("enrolled_day") + DUEL_DAYS,
            )["customer_id"]
            .unique()
            .to_list()
        )
        has = pl.col("customer_id").is_in(who).cast(pl.Float64)
        paid = paid.with_columns(pl.when(is_over).then(has).alias(measure))
    return paid


def _money(company: Company, duel: Duel, as_of: date) -> pl.DataFrame:
    """Return what the customers drawn paid, in the company's currency."""
    return read_rows(
        f"SELECT p.customer_id, {day('p.value_on')}, p.amount_minor FROM dunwell_payment p "
        "JOIN dunwell_duelcustomer d ON d.customer_id = p.customer_id AND d.experiment_id = %s "
        "WHERE p.company_id = %s AND p.currency = %s AND p.value_on > d.enrolled_on "
        f"AND {day('p.value_on')} <= %s",
        [duel.experiment_id, company.pk, company.currency, day_number(as_of)],
        {"customer_id": pl.Int64, "day": pl.Int32, "home_minor": pl.Int64},
    )


_HARMS = (
    ("disputes", "dunwell_dispute", "x.opened_on", ""),
    ("opt_outs", "dunwell_contactrestriction", "x.from_on", "AND x.kind IN ('opt_out', 'cease')"),
    ("opt_outs", "dunwell_suppression", "DATE(x.recorded_at)", "AND x.reason = 'unsubscribed'"),
    ("complaints", "dunwell_signal", 'x."on"', "AND x.kind = 'complained'"),
    ("complaints", "dunwell_conversation", "DATE(x.opened_at)", "AND x.is_complaint"),
    (
        "unhappy",
        "dunwell_survey",
        "x.asked_on",
        (
            "AND (x.kind = 'csat' AND x.score <= 2 OR x.kind = 'nps' AND x.score <= 6 "
            "OR x.kind = 'effort' AND x.score <= 3)"
        ),
    ),
)
"""Measure, table, its day, and what counts."""


def _harms(company: Company, duel: Duel, as_of: date) -> pl.DataFrame:
    """Return measure, customer_id, day of everything that counts against an arm; one query."""
    parts, values = [], []
    for measure, table, column, what in _HARMS:
        on = day(column)
        parts.append(
            f"SELECT '{measure}', x.customer_id, {on} FROM {table} x "
            "JOIN dunwell_duelcustomer d ON d.customer_id = x.customer_id "
            f"AND d.experiment_id = %s WHERE x.company_id = %s AND {on} <= %s {what}"
        )
        values += [duel.experiment_id, company.pk, day_number(as_of)]
    return read_rows(
        " UNION ALL ".join(parts),
        values,
        {"measure": pl.String, "customer_id": pl.Int64, "day": pl.Int32},
    )


def enrolled_count(experiment_id: int) -> int:
    """Return how many customers a comparison has drawn."""
    return DuelCustomer.objects.filter(experiment=experiment_id).count()


def _ppm(share: float) -> int:
    return round(share * PPM)
