"""Why disputes happen: Pareto of causes, reasons and owners, the cycle, what is done about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Exists, OuterRef, Q

from dunwell.engine import dispute_causes as causes
from dunwell.engine.calendars import day_number
from dunwell.engine.kpis import rounded
from dunwell.engine.matching.foreign import Rates, read_rates
from dunwell.engine.money import share
from dunwell.models import (
    CauseAction,
    Company,
    Dispute,
    DisputeCase,
    DisputeResolution,
    User,
)
from dunwell.queries.dispute_amounts import amounts_frame
from dunwell.queries.dispute_cases import ALL, CaseChoice, found_cases
from dunwell.queries.dispute_facts import DECIDED, Kind
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.frames import day, fx_frame, keys_of, read_rows
from dunwell.queries.kept_sums import MANY_ITEMS, kept
from dunwell.queries.reminders import native

BY_CAUSE, BY_REASON, BY_OWNER = "cause", "reason", "owner"
YEAR_DAYS = 365
PPM = 1_000_000
CENTI = 100
_RIGHT = {
    Kind.CREDIT: causes.VALID,
    Kind.REBILL: causes.VALID,
    Kind.PARTIAL: causes.HALF,
    Kind.DENIED: causes.DENIED,
}


_GROUPS = {
    BY_CAUSE: "c.root_cause",
    BY_REASON: "c.reason",
    BY_OWNER: "CASE WHEN c.owner_id IS NULL THEN '' ELSE CAST(c.owner_id AS text) END",
}
_CASES = """
SELECT c.id, {group}, {opened}, CASE WHEN c.status IN ({over}) THEN {ended} - {opened} END,
       EXISTS (SELECT 1 FROM dunwell_dispute d WHERE d.case_id = c.id AND d.closed_on IS NULL)
FROM dunwell_disputecase c WHERE c.id IN ({cases})
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseSum:
    """What cases of a group ever disputed in one currency."""

    currency: str
    original_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseRow:
    """One bar of the Pareto; `base_minor` in the company's currency, `currency` names it.

    Days in hundredths, None where nothing came to an end; shares in ppm. `valid_ppm` is None
    where nothing was decided.
    """

    group: str
    label: str
    cases: int
    base_minor: int
    currency: str
    share_ppm: int
    upto_ppm: int
    resolved: int
    days_sum: int
    mean_centidays: int | None
    median_centidays: int | None
    decided: int
    valid_ppm: int | None
    sums: tuple[CauseSum, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CausesPage:
    """The Pareto of a period with its figures; amounts in `currency`, days in hundredths.

    `unconverted` cases dispute money in a currency without a rate and are not in the amounts.
    `ddo_centidays`: days deductions outstanding as of the day, None where nothing was disputed.
    """

    by: str
    currency: str
    since: date
    until: date
    rows: tuple[CauseRow, ...]
    cases: int
    base_minor: int
    open_minor: int
    resolved: int
    mean_centidays: int | None
    median_centidays: int | None
    ddo_centidays: int | None
    unconverted: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseActionRow:
    """What is done against a cause; shares in ppm of invoices disputed, None while not known."""

    id: int
    root_cause: str
    root_cause_label: str
    action: str
    owner: str
    status: str
    status_label: str
    due_on: date
    is_late: bool
    done_on: date | None
    by: str
    cases_before: int | None
    invoices_before: int | None
    cases_after: int | None
    invoices_after: int | None
    drop_ppm: int | None
    drop_low_ppm: int | None
    drop_high_ppm: int | None


def cause_page(
    company: Company,
    *,
    by: str = BY_CAUSE,
    since: date,
    until: date,
    segment: str = "",
    as_of: date,
    language: str = "en",
) -> CausesPage:
    """Return the Pareto of the cases opened in a half-open period, the largest money first.

    A case counts by its root cause, its reason or its owner (by key); merged ones are part of
    what they went into. What comes of many cases is kept until something is recorded.
    """
    choice = CaseChoice(scope=ALL, since=since, until=until, segment=segment)
    return kept(
        company,
        ("cause_page", by, choice, as_of, language),
        lambda: _page(company, by, choice, as_of=as_of, language=language),
        is_worth=lambda page: page.cases >= MANY_ITEMS,
    )


def _page(
    company: Company, by: str, choice: CaseChoice, *, as_of: date, language: str
) -> CausesPage:
    home = company.currency
    rates = read_rates(fx_frame(company), home)
    tomorrow = as_of + timedelta(days=1)
    year = replace(choice, since=tomorrow - timedelta(days=YEAR_DAYS), until=tomorrow)
    every, every_amount = _read(company, (choice, year), rates, by=by, as_of=as_of)
    cases = every.filter(_is_in(choice))
    amounts = every_amount.filter(_is_in(choice))
    frame = cases.join(_verdicts(company), on="case_id", how="left").select(*causes.CAUSED)
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    name = policy.cause_label if by == BY_CAUSE else policy.reason_label
    owners = _owners(cases["group"].unique()) if by == BY_OWNER else {}

    def label(group: str) -> str:
        return owners.get(group) or (name(group, language) if group else "")

    caused = nw.from_native(frame.lazy())
    found = list(causes.pareto(caused).collect().iter_rows(named=True))
    whole = sum(int(row["base_minor"]) for row in found)
    sums = _sums(amounts)
    rows = [
        _row(row, whole, home, label(row["group"]), sums)
        for row in sorted(found, key=lambda row: (-row["base_minor"], row["group"]))
    ]
    told = causes.cycle(caused)
    open_minor = _open_now(every_amount, rates, as_of=as_of)
    raised = every.filter(_is_in(year))["base_minor"].sum()
    return CausesPage(
        by=by,
        currency=home,
        since=choice.since or date.min,
        until=choice.until or date.max,
        rows=tuple(rows),
        cases=cases.height,
        base_minor=whole,
        open_minor=open_minor,
        resolved=told.resolved,
        mean_centidays=_centi(told.mean_days),
        median_centidays=_centi(told.median_days),
        ddo_centidays=_centi(
            causes.days_deductions_outstanding(
                open_minor=open_minor, disputed_minor=int(raised), days=YEAR_DAYS
            )
        ),
        unconverted=cases["base_minor"].null_count(),
    )


def cause_action_rows(
    company: Company, *, root_cause: str = "", as_of: date, language: str = "en"
) -> tuple[CauseActionRow, ...]:
    """Return what is done against causes, what is under way first; two queries."""
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    found = CauseAction.objects.filter(company=company).select_related("owner")
    if root_cause:
        found = found.filter(root_cause=root_cause)
    order = {status: place for place, status in enumerate(CauseAction.Status.values)}
    rows = sorted(found, key=lambda one: (order[one.status], one.due_on, one.pk))
    return tuple(
        CauseActionRow(
            id=one.pk,
            root_cause=one.root_cause,
            root_cause_label=policy.cause_label(one.root_cause, language),
            action=one.action,
            owner=one.owner.username if one.owner else "",
            status=one.status,
            status_label=str(CauseAction.Status(one.status).label),
            due_on=one.due_on,
            is_late=one.status == CauseAction.Status.OPEN and one.due_on < as_of,
            done_on=one.done_on,
            by=one.by,
            cases_before=one.figures.get("cases_before"),
            invoices_before=one.figures.get("invoices_before"),
            cases_after=one.figures.get("cases_after"),
            invoices_after=one.figures.get("invoices_after"),
            drop_ppm=one.figures.get("drop_ppm"),
            drop_low_ppm=one.figures.get("low_ppm"),
            drop_high_ppm=one.figures.get("high_ppm"),
        )
        for one in rows
    )


def _owners(keys: Iterable[str]) -> dict[str, str]:
    found = User.objects.filter(pk__in=[int(key) for key in set(keys) if key])
    return {str(key): name for key, name in found.values_list("pk", "username")}


def _row(
    row: Mapping[str, int],
    whole: int,
    home: str,
    label: str,
    sums: Mapping[str, Sequence[CauseSum]],
) -> CauseRow:
    group = str(row["group"])
    resolved, decided = int(row["resolved"]), int(row["decided"])
    twice = row["median_twice"]
    return CauseRow(
        group=group,
        label=label,
        cases=int(row["cases"]),
        base_minor=int(row["base_minor"]),
        currency=home,
        share_ppm=int(row["base_minor"]) * PPM // whole if whole else 0,
        upto_ppm=int(row["upto_minor"]) * PPM // whole if whole else 0,
        resolved=resolved,
        days_sum=int(row["days_sum"]),
        mean_centidays=_centi(Fraction(int(row["days_sum"]), resolved) if resolved else None),
        median_centidays=None if twice is None else int(twice) * CENTI // 2,
        decided=decided,
        valid_ppm=int(row["valid_milli"]) * PPM // (decided * causes.VALID) if decided else None,
        sums=tuple(sums.get(group, ())),
    )


def _is_in(choice: CaseChoice) -> pl.Expr:
    """Return whether a case was opened in the period of a choice."""
    first, end = choice.since or date.min, choice.until or date.max
    return pl.col("opened_day").is_between(day_number(first), day_number(end), closed="left")


def _read(
    company: Company, choices: Sequence[CaseChoice], rates: Rates, *, by: str, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cases of some periods and those open now, and their amounts by group.

    Cases: case_id, group, opened_day, is_open, days to the resolution (empty while it runs) and
    base_minor, what it ever disputed in the company's currency, empty without a rate.
    """
    which = Q(Exists(Dispute.objects.filter(case=OuterRef("pk"), closed_on=None)))
    for one in choices:
        which |= Q(opened_on__gte=one.since, opened_on__lt=one.until)
    whole = replace(choices[0], since=None, until=None)
    found = found_cases(company, whole, as_of=as_of).filter(which)
    keys, parameters = keys_of(found)
    cases = read_rows(
        _CASES.format(
            group=_GROUPS[by],
            opened=day("c.opened_on"),
            ended=f"COALESCE({day('c.resolved_on')}, {day('c.closed_on')})",
            over=", ".join(f"'{status}'" for status in DisputeCase.OVER),
            cases=keys,
        ),
        parameters,
        {
            "case_id": pl.Int64,
            "group": pl.String,
            "opened_day": pl.Int32,
            "days": pl.Int32,
            "is_open": pl.Boolean,
        },
    )
    amounts = amounts_frame(company, found, as_of=as_of).join(
        cases.select("case_id", "group", "opened_day", "is_open"), on="case_id"
    )
    home = pl.col("home_minor")
    told = (
        _converted(amounts, rates, amount="original_minor", on="opened_day")
        .group_by("case_id")
        .agg(base_minor=pl.when(home.is_not_null().all()).then(home.sum()), is_told=True)
    )
    # a case of which nothing was disputed by the day disputes 0, not an unknown amount
    base = pl.when("is_told").then("base_minor").otherwise(0)
    return cases.join(told, on="case_id", how="left").with_columns(base_minor=base), amounts


def _converted(amounts: pl.DataFrame, rates: Rates, *, amount: str, on: str) -> pl.DataFrame:
    """Return the rows with `home_minor`: the amount at its day's rate, empty without one."""
    pairs = amounts.select("currency", on).unique()
    told = [rates.rate_ppm(currency, day) or None for currency, day in pairs.iter_rows()]
    dated = pairs.with_columns(rate_ppm=pl.Series(told, dtype=pl.Int64))
    rated = nw.from_native(amounts.join(dated, on=["currency", on], how="left").lazy())
    return native(rated.with_columns(home_minor=share(nw.col(amount), nw.col("rate_ppm"), PPM)))


def _sums(amounts: pl.DataFrame) -> dict[str, list[CauseSum]]:
    """Return what cases ever disputed by group and currency."""
    found: dict[str, list[CauseSum]] = {}
    sums = amounts.group_by("group", "currency").agg(pl.col("original_minor").sum())
    for group, currency, minor in sums.sort("group", "currency").iter_rows():
        found.setdefault(group, []).append(CauseSum(currency=currency, original_minor=minor))
    return found


def _verdicts(company: Company) -> pl.DataFrame:
    """Return how right the claims of cases were found, by the last decision of each."""
    rows = DisputeResolution.objects.filter(
        case__company=company, status__in=DECIDED, kind__in=list(_RIGHT)
    )
    # of a case decided again the last one counts
    told = {
        case: _RIGHT[Kind(kind)] for case, kind in rows.order_by("pk").values_list("case", "kind")
    }
    return pl.DataFrame(
        {"case_id": list(told), "valid_milli": list(told.values())},
        schema={"case_id": pl.Int64, "valid_milli": pl.Int32},
    )


def _open_now(amounts: pl.DataFrame, rates: Rates, *, as_of: date) -> int:
    """Return what is disputed now in the company's currency, where it has a rate."""
    disputed = amounts.filter("is_open").with_columns(today=pl.lit(day_number(as_of), pl.Int32))
    told = _converted(disputed, rates, amount="open_minor", on="today")
    return int(told["home_minor"].sum())


def _centi(days: Fraction | None) -> int | None:
    """Return days in hundredths, rounded half away from zero."""
    told = rounded(days)
    return None if told is None else int(told * CENTI)
