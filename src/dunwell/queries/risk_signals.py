"""Signals from outside as pages and the API show them, and whom new ones touch."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

from dunwell.engine.sanctions import Listed, SanctionIndex
from dunwell.engine.signal_matches import Known, SignalAbout, SignalHit, signal_hits
from dunwell.models import Company, Customer, RiskSignal, SignalFeed, SignalMatch
from dunwell.queries.credit_portfolio import portfolio
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.sanctions import customer_subjects

ALIKE_PPM = 850_000
"""From this likeness on a name is that of a customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalRow:
    """One signal with how many customers it touches and the most it matters to one of them."""

    id: int
    source: str
    kind: str
    kind_label: str
    severity: int
    severity_label: str
    title: str
    text: str
    url: str
    published_on: date
    effective_on: date | None
    region: str
    sector: str
    currency: str
    party: str
    status: str
    status_label: str
    reason: str
    decided_by: str
    decided_on: date | None
    customers: int
    relevance_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchRow:
    """A customer a signal touches; `exposure_minor` as of the day it came, home minor units."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    how: str
    how_label: str
    likeness_ppm: int
    currency: str
    exposure_minor: int | None
    relevance_ppm: int
    task_id: int | None
    watch_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """One feed, how often it spoke, and what went wrong the last time."""

    id: int
    name: str
    url: str
    form: str
    form_label: str
    kind: str
    severity: int
    region: str
    sector: str
    currency: str
    is_automatic: bool
    is_on: bool
    read_at: datetime | None
    error: str
    signals: int


def hits_of(
    company: Company, signals: Sequence[RiskSignal], *, as_of: date
) -> tuple[SignalHit, ...]:
    """Return whom signals touch, by their keys; reads the book once for all of them."""
    abouts = [
        SignalAbout(
            key=one.pk,
            severity=one.severity,
            customer_number=one.customer_number,
            vat_id=one.vat_id,
            party=one.party,
            region=one.region,
            sector=one.sector,
            currency=one.currency,
        )
        for one in signals
    ]
    if not abouts:
        return ()
    book = portfolio(company, as_of=as_of, is_whole=any(one.currency for one in abouts))
    vats = dict(Customer.objects.filter(company=company).values_list("id", "vat_id"))
    customers = [
        Known(number=number, vat_id=vats.get(row.customer_id, ""), row=row)
        for number, row in zip(
            book.book.rows["customer_number"].to_list(), book.engine_rows, strict=True
        )
    ]
    return signal_hits(abouts, customers, alike=_alike(company, abouts))


def _alike(company: Company, abouts: Sequence[SignalAbout]) -> dict[int, dict[int, int]]:
    """Return how alike customers are called to the parties that signals name."""
    listed = [
        Listed(source="signal", uid=str(one.key), kind="", names=(one.party,))
        for one in abouts
        if one.party
    ]
    found: dict[int, dict[int, int]] = defaultdict(dict)
    if listed:
        index = SanctionIndex(listed)
        for one in index.screen(customer_subjects(company), threshold_ppm=ALIKE_PPM):
            found[int(one.uid)][int(one.key)] = one.score_ppm
    return found


def signal_rows(
    company: Company,
    *,
    status: str = "",
    kind: str = "",
    search: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[SignalRow]:
    """Return one page of signals, the newest first; one query."""
    found = RiskSignal.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if kind:
        found = found.filter(kind=kind)
    if search:
        found = found.filter(Q(title__icontains=search) | Q(party__icontains=search))
    if customer_id is not None:
        found = found.filter(matches__customer=customer_id)
    limit = page_limit(limit)
    rows = _counted(found).filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def signal_detail(company: Company, signal_id: int) -> SignalRow | None:
    """Return one signal of the company, or None."""
    one = _counted(RiskSignal.objects.filter(company=company, pk=signal_id)).first()
    return None if one is None else _row(one)


def signal_counts(company: Company) -> dict[str, int]:
    """Return how many signals there are by status; one query."""
    found = RiskSignal.objects.filter(company=company).values_list("status")
    return dict(found.annotate(n=Count("id")).order_by())


def match_rows(company: Company, *, signal_id: int) -> tuple[MatchRow, ...]:
    """Return whom a signal touches, those it matters most to first; one query."""
    found = SignalMatch.objects.filter(signal=signal_id, signal__company=company)
    return tuple(
        MatchRow(
            id=one.pk,
            customer_id=one.customer_id,
            customer_number=one.customer.number,
            customer_name=one.customer.name,
            how=one.how,
            how_label=str(SignalMatch.How(one.how).label),
            likeness_ppm=one.likeness_ppm,
            currency=company.currency,
            exposure_minor=one.exposure_minor,
            relevance_ppm=one.relevance_ppm,
            task_id=one.task_id,
            watch_id=one.watch_id,
        )
        for one in found.select_related("customer").order_by("-relevance_ppm", "customer_id")
    )


def feed_rows(company: Company) -> tuple[FeedRow, ...]:
    """Return the feeds by name; one query."""
    found = SignalFeed.objects.filter(company=company).annotate(n=Count("signals"))
    return tuple(
        FeedRow(
            id=one.pk,
            name=one.name,
            url=one.url,
            form=one.form,
            form_label=str(SignalFeed.Form(one.form).label),
            kind=one.kind,
            severity=one.severity,
            region=one.region,
            sector=one.sector,
            currency=one.currency,
            is_automatic=one.is_automatic,
            is_on=one.is_on,
            read_at=one.read_at,
            error=one.error,
            signals=one.n,
        )
        for one in found.order_by("name", "id")
    )


def _counted(found: QuerySet[RiskSignal]) -> QuerySet[RiskSignal]:
    return found.annotate(n=Count("matches"), most=Max("matches__relevance_ppm"))


def _row(one: RiskSignal) -> SignalRow:
    return SignalRow(
        id=one.pk,
        source=one.source,
        kind=one.kind,
        kind_label=str(RiskSignal.Kind(one.kind).label),
        severity=one.severity,
        severity_label=str(RiskSignal.Severity(one.severity).label),
        title=one.title,
        text=one.text,
        url=one.url,
        published_on=one.published_on,
        effective_on=one.effective_on,
        region=one.region,
        sector=one.sector,
        currency=one.currency,
        party=one.party,
        status=one.status,
        status_label=str(RiskSignal.Status(one.status).label),
        reason=one.reason,
        decided_by=one.decided_by,
        decided_on=one.decided_on,
        customers=getattr(one, "n", 0),
        relevance_ppm=getattr(one, "most", None) or 0,
    )
