"""What a comparison of champion and challenger says by a day: effect, money, days, guardrails."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.ml.duels import DUEL_DAYS, MEASURES, days_saved, duel_outcomes
from dunwell.ml.experiments import Guardrail, Plan, Verdict, verdict
from dunwell.models import Company, Duel, DuelLook
from dunwell.queries.frames import day, read_rows

PPM = 1_000_000


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


def _ppm(share: float) -> int:
    return round(share * PPM)
