"""Dispute cases as the board, lists and the API show them: whose they are, the clock, the sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.dispute_clock import business_days_between, due_on, is_late
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.models import Company, Dispute, DisputeCase
from dunwell.queries.dispute_amounts import CaseAmounts, case_amounts
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.kept_sums import MANY_ITEMS, kept
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.workforce import own_or_covered

Status = DisputeCase.Status

OPEN, MINE, LATE, OVER, ALL = "open", "mine", "late", "over", "all"
SCOPES = (OPEN, MINE, LATE, OVER, ALL)
"""To be decided; of those the reader's own; past their last day; decided; every one."""

NOBODY = -1
"""The owner of what nobody owns."""
NEVER = date(9999, 12, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseChoice:
    """Which cases are asked for; empty fields leave everything in.

    `least_minor` in minor units of `currency`, compared with what is disputed now.
    `since` and `until`: opened on or after the first, before the second.
    """

    scope: str = OPEN
    user_id: int | None = None
    team: str = ""
    owner_id: int | None = None
    reason: str = ""
    cause: str | None = None
    status: str = ""
    customer_id: int | None = None
    segment: str = ""
    search: str = ""
    currency: str = ""
    least_minor: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeCaseRow:
    """One case. `days_left`: business days to its last day, below 0 late, None once over.

    `resolve_by` has moved on by what the case waits for the customer; `is_paused` says it does.
    """

    id: int
    number: str
    title: str
    customer_id: int
    customer_number: str
    customer_name: str
    reason: str
    reason_label: str
    root_cause: str
    root_cause_label: str
    source: str
    source_label: str
    status: str
    status_label: str
    owner_id: int | None
    owner: str
    team: str
    validity_ppm: int | None
    opened_on: date
    respond_by: date | None
    resolve_by: date | None
    days_left: int | None
    is_late: bool
    is_paused: bool
    is_escalated: bool
    resolved_on: date | None
    closed_on: date | None
    age_days: int
    amounts: tuple[CaseAmounts, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseCounts:
    """What the tabs count."""

    open: int = 0
    mine: int = 0
    late: int = 0
    teams: tuple[str, ...] = field(default_factory=tuple)


def found_cases(company: Company, choice: CaseChoice, *, as_of: date) -> QuerySet[DisputeCase]:
    """Return the cases that are asked for, in no order."""
    found = DisputeCase.objects.filter(_scope(company, choice, as_of), company=company)
    exact = {
        "team": choice.team,
        "reason": choice.reason,
        "status": choice.status,
        "customer": choice.customer_id,
        "customer__segment": choice.segment,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if choice.owner_id:
        found = found.filter(owner=None if choice.owner_id == NOBODY else choice.owner_id)
    if choice.cause is not None:
        found = found.filter(root_cause=choice.cause)
    if choice.since is not None:
        found = found.filter(opened_on__gte=choice.since)
    if choice.until is not None:
        found = found.filter(opened_on__lt=choice.until)
    if text := choice.search.strip().replace("\0", ""):
        found = found.filter(
            Q(number__istartswith=text)
            | Q(title__icontains=text)
            | Q(customer__name__icontains=text)
            | Q(customer__number__istartswith=text)
        )
    if choice.currency:
        found = found.annotate(disputed=_disputed(choice.currency)).filter(
            disputed__gte=max(choice.least_minor or 0, 1)
        )
    return found


def case_rows(
    company: Company,
    choice: CaseChoice,
    *,
    as_of: date,
    language: str = "en",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[DisputeCaseRow]:
    """Return one page; what is to be decided by its last day, the rest the newest first.

    Four queries. Raises CursorError for a cursor of another list.
    """
    is_newest_first = choice.scope in {OVER, ALL}
    order = ("-id",) if is_newest_first else ("due", "id")
    kinds: tuple[type[Key], ...] = (int,) if is_newest_first else (date, int)
    limit = page_limit(limit)
    found = list(
        found_cases(company, choice, as_of=as_of)
        .annotate(due=Coalesce("resolve_by", NEVER))
        .filter(after(cursor, order, kinds))
        .select_related("customer", "owner")
        .order_by(*order)[: limit + 1]
    )
    dues = {one.pk: one.resolve_by or NEVER for one in found}
    return page_of(
        rows_of(company, found, as_of=as_of, language=language),
        limit=limit,
        key=lambda row: (row.id,) if is_newest_first else (dues[row.id], row.id),
    )


def case_counts(company: Company, *, user_id: int | None, as_of: date) -> CaseCounts:
    """Return what the tabs count, and the teams that have open cases; two queries.

    Counts of many cases are kept until something is recorded.
    """
    return kept(
        company,
        ("case_counts", user_id, as_of),
        lambda: _counts(company, user_id, as_of),
        is_worth=lambda counts: counts.open >= MANY_ITEMS,
    )


def _counts(company: Company, user_id: int | None, as_of: date) -> CaseCounts:
    to_decide = DisputeCase.objects.filter(company=company).exclude(status__in=DisputeCase.OVER)
    told = to_decide.aggregate(
        open=Count("pk"),
        mine=Count("pk", filter=own_or_covered("owner", company, user_id, as_of=as_of)),
        late=Count("pk", filter=late_cases(as_of)),
    )
    teams = to_decide.exclude(team="").order_by("team").values_list("team", flat=True).distinct()
    return CaseCounts(**told, teams=tuple(teams))


def my_case_count(company: Company, *, user_id: int | None, as_of: date) -> int:
    """Return how many cases to be decided a person owns or covers; one query."""
    mine = own_or_covered("owner", company, user_id, as_of=as_of)
    found = DisputeCase.objects.filter(mine, company=company)
    return found.exclude(status__in=DisputeCase.OVER).count()


def late_cases(as_of: date) -> Q:
    """Return the condition "past its last day", as `engine.dispute_clock.is_late` says it."""
    return Q(paused_on=None, resolve_by__lt=as_of) | Q(resolve_by__lt=F("paused_on"))


def rows_of(
    company: Company,
    cases: Sequence[DisputeCase],
    *,
    as_of: date,
    language: str,
) -> list[DisputeCaseRow]:
    """Return cases, read with customer and owner, as rows; three queries."""
    amounts = case_amounts(company, case_ids=[one.pk for one in cases], as_of=as_of)
    return told_rows(company, cases, amounts, as_of=as_of, language=language)


def told_rows(
    company: Company,
    cases: Iterable[DisputeCase],
    amounts: Mapping[int, tuple[CaseAmounts, ...]],
    *,
    as_of: date,
    language: str,
) -> list[DisputeCaseRow]:
    """Return cases with their amounts as rows; one query."""
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    return [
        _row(
            one,
            policy,
            amounts.get(one.pk, ()),
            country=company.country,
            as_of=as_of,
            language=language,
        )
        for one in cases
    ]


def _row(
    case: DisputeCase,
    policy: DisputePolicy,
    amounts: tuple[CaseAmounts, ...],
    *,
    country: str,
    as_of: date,
    language: str,
) -> DisputeCaseRow:
    is_over = case.status in DisputeCase.OVER
    due = case.resolve_by
    if due is not None and not is_over:
        due = due_on(due, paused_on=case.paused_on, as_of=as_of, country=country)
    ended = case.resolved_on or case.closed_on if is_over else None
    return DisputeCaseRow(
        id=case.pk,
        number=case.number,
        title=case.title,
        customer_id=case.customer_id,
        customer_number=case.customer.number,
        customer_name=case.customer.name,
        reason=case.reason,
        reason_label=policy.reason_label(case.reason, language),
        root_cause=case.root_cause,
        root_cause_label=policy.cause_label(case.root_cause, language) if case.root_cause else "",
        source=case.source,
        source_label=str(DisputeCase.Source(case.source).label),
        status=case.status,
        status_label=str(Status(case.status).label),
        owner_id=case.owner_id,
        owner=case.owner.username if case.owner else "",
        team=case.team,
        validity_ppm=case.validity_ppm,
        opened_on=case.opened_on,
        respond_by=case.respond_by,
        resolve_by=due,
        days_left=None if is_over or due is None else _days_left(due, as_of, country),
        is_late=not is_over
        and case.resolve_by is not None
        and is_late(case.resolve_by, paused_on=case.paused_on, as_of=as_of),
        is_paused=case.paused_on is not None,
        is_escalated=case.is_escalated,
        resolved_on=case.resolved_on,
        closed_on=case.closed_on,
        age_days=((ended or as_of) - case.opened_on).days,
        amounts=amounts,
    )


def _days_left(due: date, as_of: date, country: str) -> int:
    """Return the business days from a day to the last one, below 0 once it has passed."""
    if due < as_of:
        # a last day on Friday is one day late on Saturday already
        return min(-1, -business_days_between(due, as_of, country=country))
    return business_days_between(as_of, due, country=country)


def _scope(company: Company, choice: CaseChoice, as_of: date) -> Q:
    to_decide = ~Q(status__in=DisputeCase.OVER)
    if choice.scope == MINE:
        return to_decide & own_or_covered("owner", company, choice.user_id, as_of=as_of)
    if choice.scope == LATE:
        return to_decide & late_cases(as_of)
    if choice.status == Status.MERGED:
        return Q()
    # a merged case is part of the one it went into
    found = Q(status__in=DisputeCase.OVER) if choice.scope == OVER else Q()
    return to_decide if choice.scope == OPEN else found & ~Q(status=Status.MERGED)


def _disputed(currency: str) -> Subquery:
    """Return what a case disputes now in a currency."""
    parts = Dispute.objects.filter(
        case=OuterRef("pk"), closed_on=None, item__currency=currency
    ).order_by()
    return Subquery(parts.values("case").annotate(n=Sum("amount_minor")).values("n"))
