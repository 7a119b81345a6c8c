"""Customers under watch as pages and the API show them: checks, agenda, sponsor, freeze, end."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from dunwell.engine.risk_conditions import RiskFacts
from dunwell.models import Company, ExposureFreeze, Watch
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.playbooks import playbooks_in_force, risk_facts
from dunwell.queries.prepared import prepared

Status = Watch.Status

RUNNING, DUE, MINE, PROPOSED, ENDED, ALL = "running", "due", "mine", "proposed", "ended", "all"
SCOPES = (RUNNING, DUE, MINE, PROPOSED, ENDED, ALL)
"""Under watch; with a check due; of which this person is the sponsor; not yet started; over."""

BLOCKING = (ExposureFreeze.Status.PENDING, ExposureFreeze.Status.STANDING)


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchRow:
    """One watch; `is_due`: its next check is due; `freeze` is empty, pending or standing."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    playbook: str
    reason: str
    sponsor_id: int | None
    sponsor: str
    way: str
    way_label: str
    every_days: int
    next_on: date
    is_due: bool
    is_late: bool
    from_on: date
    may_end_on: date | None
    ended_on: date | None
    ended_by: str
    result: str
    by: str
    checks: int
    last_check_on: date | None
    freeze: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchCheckRow:
    """One check: when it was due, when and how it was made, by whom, and what it brought."""

    id: int
    way: str
    way_label: str
    due_on: date
    on: date
    by: str
    result: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FreezeRow:
    """One freeze of the exposure, asked for, standing, rejected or lifted.

    `exposure_minor` is what was open when it was asked for, in the company's currency.
    """

    id: int
    customer_id: int
    customer_number: str
    watch_id: int
    status: str
    status_label: str
    reason: str
    exposure_minor: int
    currency: str
    asked_by: str
    asked_on: date
    approved_by: str
    frozen_on: date | None
    lifted_by: str
    lifted_on: date | None
    lift_reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchFigures:
    """What the playbook looks at, as it is now; amounts in the company's currency, share ppm."""

    band: str
    open_minor: int | None
    overdue_minor: int | None
    overdue_share_ppm: int | None
    days_late: int
    broken_promises: int
    warnings: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchDetail:
    """One watch with its agenda, checks (the newest first), freezes and what is known now.

    `about` are the playbook's words; `proposes_freeze`: it proposes to freeze the exposure.
    """

    row: WatchRow
    agenda: tuple[str, ...]
    about: str
    proposes_freeze: bool
    checks: tuple[WatchCheckRow, ...]
    freezes: tuple[FreezeRow, ...]
    facts: WatchFigures


def watch_rows(
    company: Company,
    *,
    as_of: date,
    scope: str = RUNNING,
    user_id: int | None = None,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[WatchRow]:
    """Return one page of watches: the soonest check first, ended and all the newest first."""
    found = _scope(company, scope, as_of=as_of, user_id=user_id)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    is_newest_first = scope in {ENDED, ALL}
    order = ("-id",) if is_newest_first else ("next_on", "id")
    kinds: tuple[type[Key], ...] = (int,) if is_newest_first else (date, int)
    rows = _counted(found.filter(after(cursor, order, kinds))).order_by(*order)[: limit + 1]
    listed = list(rows)
    frozen = _frozen([watch.customer_id for watch in listed])
    return page_of(
        [_row(one, frozen, as_of=as_of) for one in listed],
        limit=limit,
        key=lambda row: (row.id,) if is_newest_first else (row.next_on, row.id),
    )


def watch_counts(company: Company, *, as_of: date, user_id: int | None) -> dict[str, int]:
    """Return how many watches each scope has, but ended and all; one query."""
    found = Watch.objects.filter(company=company).exclude(status=Status.ENDED)
    running = Q(status=Status.RUNNING)
    return found.aggregate(
        running=Count("id", filter=running),
        due=Count("id", filter=running & Q(next_on__lte=as_of)),
        mine=Count("id", filter=running & Q(sponsor=user_id)),
        proposed=Count("id", filter=Q(status=Status.PROPOSED)),
    )


def watch_of(company: Company, customer_id: int, *, as_of: date) -> WatchRow | None:
    """Return the watch a customer is under or proposed for, None without one."""
    found = next(iter(_standing(company.pk, customer_id)), None)
    return None if found is None else _row(found, _frozen([customer_id]), as_of=as_of)


@prepared
def _standing(company_id: int, customer_id: int) -> QuerySet[Watch]:
    found = Watch.objects.filter(company=company_id, customer=customer_id)
    return _counted(found.exclude(status=Status.ENDED)).order_by("pk")[:1]


def watch_detail(company: Company, watch_id: int, *, as_of: date) -> WatchDetail | None:
    """Return one watch of the company from all sides, or None."""
    watch = _counted(Watch.objects.filter(company=company, pk=watch_id)).first()
    if watch is None:
        return None
    book = playbooks_in_force(company, as_of=as_of).playbook(watch.playbook)
    checks = watch.checks.order_by("-on", "-id")
    known = risk_facts(company, as_of=as_of, customer_ids=[watch.customer_id])
    return WatchDetail(
        row=_row(watch, _frozen([watch.customer_id]), as_of=as_of),
        agenda=tuple(watch.agenda),
        about=book.about if book else "",
        proposes_freeze=book is not None and book.proposes_freeze,
        checks=tuple(
            WatchCheckRow(
                id=one.pk,
                way=one.way,
                way_label=str(Watch.Way(one.way).label),
                due_on=one.due_on,
                on=one.on,
                by=one.by,
                result=one.result,
            )
            for one in checks
        ),
        freezes=tuple(
            _freeze(one, company.currency)
            for one in watch.freezes.select_related("customer").order_by("-id")
        ),
        facts=_figures(known[watch.customer_id]),
    )


def freeze_rows(
    company: Company, *, status: str = "standing", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[FreezeRow]:
    """Return one page of freezes, the newest first; an empty status gives them all."""
    found = ExposureFreeze.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of(
        [_freeze(one, company.currency) for one in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def _scope(company: Company, scope: str, *, as_of: date, user_id: int | None) -> QuerySet[Watch]:
    found = Watch.objects.filter(company=company)
    if scope == ALL:
        return found
    if scope in {PROPOSED, ENDED}:
        return found.filter(status=scope)
    found = found.filter(status=Status.RUNNING)
    if scope == DUE:
        return found.filter(next_on__lte=as_of)
    return found.filter(sponsor=user_id) if scope == MINE else found


def _counted(found: QuerySet[Watch]) -> QuerySet[Watch]:
    return found.select_related("customer", "sponsor").annotate(
        n_checks=Count("checks"), last_on=Max("checks__on")
    )


def _frozen(customers: list[int]) -> dict[int, str]:
    return dict(
        ExposureFreeze.objects.filter(customer__in=customers, status__in=BLOCKING).values_list(
            "customer_id", "status"
        )
    )


def _row(watch: Watch, frozen: dict[int, str], *, as_of: date) -> WatchRow:
    customer, is_running = watch.customer, watch.status == Status.RUNNING
    checks: int = getattr(watch, "n_checks", 0)
    last_on: date | None = getattr(watch, "last_on", None)
    return WatchRow(
        id=watch.pk,
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        status=watch.status,
        status_label=str(Status(watch.status).label),
        playbook=watch.playbook,
        reason=watch.reason,
        sponsor_id=watch.sponsor_id,
        sponsor=watch.sponsor.username if watch.sponsor else "",
        way=watch.way,
        way_label=str(Watch.Way(watch.way).label),
        every_days=watch.every_days,
        next_on=watch.next_on,
        is_due=is_running and watch.next_on <= as_of,
        is_late=is_running and watch.next_on < as_of,
        from_on=watch.from_on,
        may_end_on=watch.may_end_on,
        ended_on=watch.ended_on,
        ended_by=watch.ended_by,
        result=watch.result,
        by=watch.by,
        checks=checks,
        last_check_on=last_on,
        freeze="" if watch.status == Status.ENDED else frozen.get(customer.pk, ""),
    )


def _freeze(freeze: ExposureFreeze, currency: str) -> FreezeRow:
    return FreezeRow(
        id=freeze.pk,
        customer_id=freeze.customer_id,
        customer_number=freeze.customer.number,
        watch_id=freeze.watch_id,
        status=freeze.status,
        status_label=str(ExposureFreeze.Status(freeze.status).label),
        reason=freeze.reason,
        exposure_minor=freeze.exposure_minor,
        currency=currency,
        asked_by=freeze.asked_by,
        asked_on=freeze.asked_on,
        approved_by=freeze.approved_by,
        frozen_on=freeze.frozen_on,
        lifted_by=freeze.lifted_by,
        lifted_on=freeze.lifted_on,
        lift_reason=freeze.lift_reason,
    )


def _figures(facts: RiskFacts) -> WatchFigures:
    return WatchFigures(
        band=facts.band,
        open_minor=facts.open_minor,
        overdue_minor=facts.overdue_minor,
        overdue_share_ppm=facts.overdue_share_ppm,
        days_late=facts.days_late,
        broken_promises=facts.broken_promises,
        warnings=facts.warnings,
    )
