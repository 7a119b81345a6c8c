"""Why disputes happen: Pareto of causes, reasons and owners, the cycle, what is done about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from dunwell.engine import dispute_causes as causes
from dunwell.engine.calendars import day_number
from dunwell.engine.kpis import rounded
from dunwell.engine.matching.foreign import Rates, read_rates
from dunwell.engine.schema import table
from dunwell.models import (
    CauseAction,
    Company,
    DisputeCase,
    DisputeResolution,
    User,
)
from dunwell.queries.dispute_amounts import CaseAmounts, case_amounts
from dunwell.queries.dispute_cases import ALL, CaseChoice, found_cases
from dunwell.queries.dispute_facts import DECIDED, Kind
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.frames import fx_frame

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
    what they went into.
    """
    home = company.currency
    choice = CaseChoice(scope=ALL, since=since, until=until, segment=segment)
    rates = read_rates(fx_frame(company), home)
    cases, amounts, base = _read(company, choice, rates, as_of=as_of)
    groups = {one.pk: _group(one, by) for one in cases}
    verdicts = _verdicts(company, list(groups))
    frame = table(
        [
            {
                "case_id": one.pk,
                "group": groups[one.pk],
                "base_minor": base[one.pk],
                "days": cycle_days(one),
                "valid_milli": verdicts.get(one.pk),
            }
            for one in cases
        ],
        causes.CAUSED,
    )
    sums = _sums(groups, amounts)
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    name = policy.cause_label if by == BY_CAUSE else policy.reason_label
    owners = _owners(groups.values()) if by == BY_OWNER else {}

    def label(group: str) -> str:
        return owners.get(group) or (name(group, language) if group else "")

    found = list(causes.pareto(frame).collect().iter_rows(named=True))
    whole = sum(int(row["base_minor"]) for row in found)
    rows = [
        _row(row, whole, home, label(row["group"]), sums)
        for row in sorted(found, key=lambda row: (-row["base_minor"], row["group"]))
    ]
    told = causes.cycle(frame)
    open_minor = _open_now(company, rates, segment=segment, as_of=as_of)
    tomorrow = as_of + timedelta(days=1)
    year = replace(choice, since=tomorrow - timedelta(days=YEAR_DAYS), until=tomorrow)
    # the page shows the last year at first: it is not read twice
    anew = base if choice == year else _read(company, year, rates, as_of=as_of)[2]
    raised = sum(minor or 0 for minor in anew.values())
    return CausesPage(
        by=by,
        currency=home,
        since=since,
        until=until,
        rows=tuple(rows),
        cases=len(cases),
        base_minor=whole,
        open_minor=open_minor,
        resolved=told.resolved,
        mean_centidays=_centi(told.mean_days),
        median_centidays=_centi(told.median_days),
        ddo_centidays=_centi(
            causes.days_deductions_outstanding(
                open_minor=open_minor, disputed_minor=raised, days=YEAR_DAYS
            )
        ),
        unconverted=sum(value is None for value in base.values()),
    )


def cycle_days(case: DisputeCase) -> int | None:
    """Return the days from opening to resolution, None while the case runs."""
    ended = case.resolved_on or case.closed_on
    if ended is None or case.status not in DisputeCase.OVER:
        return None
    return (ended - case.opened_on).days


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


def _group(case: DisputeCase, by: str) -> str:
    if by == BY_OWNER:
        return str(case.owner_id or "")
    return case.root_cause if by == BY_CAUSE else case.reason


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


def _read(
    company: Company, choice: CaseChoice, rates: Rates, *, as_of: date
) -> tuple[list[DisputeCase], dict[int, tuple[CaseAmounts, ...]], dict[int, int | None]]:
    """Return cases, their amounts, and what each ever disputed in the company's currency."""
    cases = list(found_cases(company, choice, as_of=as_of).order_by("pk"))
    amounts = case_amounts(company, case_ids=[one.pk for one in cases], as_of=as_of)
    home = company.currency
    base = {one.pk: _base(amounts.get(one.pk, ()), rates, home, one.opened_on) for one in cases}
    return cases, amounts, base


def _base(amounts: Sequence[CaseAmounts], rates: Rates, home: str, opened_on: date) -> int | None:
    """Return what a case ever disputed in the company's currency, None without a rate."""
    day = day_number(opened_on)
    told = [rates.convert(one.original_minor, one.currency, to=home, day=day) for one in amounts]
    known = [minor for minor in told if minor is not None]
    return sum(known) if len(known) == len(told) else None


def _sums(
    groups: Mapping[int, str], amounts: Mapping[int, Sequence[CaseAmounts]]
) -> dict[str, list[CauseSum]]:
    found: dict[str, dict[str, int]] = {}
    for key, group in groups.items():
        for one in amounts.get(key, ()):
            held = found.setdefault(group, {})
            held[one.currency] = held.get(one.currency, 0) + one.original_minor
    return {
        group: [CauseSum(currency=code, original_minor=held[code]) for code in sorted(held)]
        for group, held in found.items()
    }


def _verdicts(company: Company, keys: Sequence[int]) -> dict[int, int]:
    """Return how right the claims of cases were found, by the last decision of each."""
    rows = DisputeResolution.objects.filter(
        case__company=company, status__in=DECIDED, kind__in=list(_RIGHT)
    )
    wanted = set(keys)
    return {
        case: _RIGHT[Kind(kind)]
        for case, kind in rows.order_by("pk").values_list("case", "kind")
        if case in wanted
    }


def _open_now(company: Company, rates: Rates, *, segment: str, as_of: date) -> int:
    """Return what is disputed now in the company's currency, where it has a rate."""
    keys = found_cases(company, CaseChoice(scope=ALL, segment=segment), as_of=as_of).filter(
        disputes__closed_on=None
    )
    amounts = case_amounts(
        company, case_ids=list(keys.order_by("pk").values_list("pk", flat=True)), as_of=as_of
    )
    day, home = day_number(as_of), company.currency
    return sum(
        rates.convert(one.open_minor, one.currency, to=home, day=day) or 0
        for listed in amounts.values()
        for one in listed
    )


def _centi(days: Fraction | None) -> int | None:
    """Return days in hundredths, rounded half away from zero."""
    told = rounded(days)
    return None if told is None else int(told * CENTI)
