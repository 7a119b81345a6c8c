"""Portfolio reviews as pages and the API show them, and what asks for the next one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from dunwell.formats.review_pack import PackChange, PackSection, pack_changes, read_pack
from dunwell.models import (
    Company,
    EarlyWarning,
    PortfolioDecision,
    PortfolioPack,
    PortfolioReview,
    ReviewRhythm,
    RiskSignal,
)
from dunwell.queries.credit_appetite import appetite_gauges
from dunwell.queries.exposures import exposures
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.warning_names import warning_name

STRONG_PPM = 700_000
"""A warning of at least this strength may ask for a review."""
SIGNAL_DAYS = 7
"""A signal from outside asks within so many days of its coming."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioReviewRow:
    """One review with how many decisions it took and how many of them wait."""

    id: int
    name: str
    cause: str
    cause_text: str
    due_on: date
    status: str
    agenda: str
    attendees: str
    minutes: str
    held_on: date | None
    reason: str
    before_id: int | None
    author: str
    version: int
    decisions: int
    decisions_open: int
    signatures: int
    is_late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PackRow:
    """The frozen pack without its files."""

    as_of: date
    currency: str
    sha256: str
    pdf_sha256: str
    xlsx_sha256: str
    frozen_by: str
    frozen_at: datetime
    sections: tuple[PackSection, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioDecisionRow:
    """One decision; `is_late`: its day has passed and it is not done."""

    id: int
    review_id: int
    review: str
    text: str
    owner: str
    owner_id: int
    due_on: date
    customer_id: int | None
    customer: str
    task_id: int | None
    done_on: date | None
    done_by: str
    outcome: str
    is_late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureRow:
    """One person's name under a review."""

    name: str
    at: datetime
    pack_sha256: str
    minutes_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioReviewDetail:
    """One review with its pack, decisions, signatures and what changed since the last one.

    `before_on` is the day of the pack it is compared with, None without one.
    """

    row: PortfolioReviewRow
    pack: PackRow | None
    decisions: tuple[PortfolioDecisionRow, ...]
    signatures: tuple[SignatureRow, ...]
    before_on: date | None
    changes: tuple[PackChange, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewCause:
    """Something that asks for a review: once for each `key`."""

    cause: str
    key: str
    text: str
    due_on: date


def review_rows(
    company: Company, *, as_of: date, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PortfolioReviewRow]:
    """Return one page of reviews, the latest due first; one query. Raises CursorError."""
    limit = page_limit(limit)
    found = _counted(company).filter(after(cursor, ("-due_on", "-id"), (date, int)))
    rows = found.order_by("-due_on", "-id")[: limit + 1]
    return page_of(
        [_row(one, as_of) for one in rows], limit=limit, key=lambda row: (row.due_on, row.id)
    )


def review_detail(
    company: Company, review_id: int, *, as_of: date
) -> PortfolioReviewDetail | None:
    """Return one review, None for another company's; five queries."""
    review = _counted(company).filter(pk=review_id).first()
    if review is None:
        return None
    pack = _pack(review.pk)
    before = _pack(review.before_id) if review.before_id and pack else None
    changes: tuple[PackChange, ...] = ()
    if pack is not None and before is not None:
        changes = pack_changes(read_pack(pack.figures), read_pack(before.figures))
    return PortfolioReviewDetail(
        row=_row(review, as_of),
        pack=None if pack is None else _pack_row(pack),
        decisions=decision_rows(company, as_of=as_of, review_id=review.pk),
        signatures=tuple(
            SignatureRow(
                name=one.name,
                at=one.at,
                pack_sha256=one.pack_sha256,
                minutes_sha256=one.minutes_sha256,
            )
            for one in review.signatures.order_by("id")
        ),
        before_on=None if before is None else before.as_of,
        changes=changes,
    )


def decision_rows(
    company: Company, *, as_of: date, review_id: int | None = None, owner_id: int | None = None
) -> tuple[PortfolioDecisionRow, ...]:
    """Return the decisions of a review, or those that wait, the first due first; one query."""
    found = PortfolioDecision.objects.filter(company=company)
    found = found.filter(done_on=None) if review_id is None else found.filter(review=review_id)
    if owner_id is not None:
        found = found.filter(owner=owner_id)
    rows = found.select_related("owner", "customer", "review").order_by("due_on", "id")
    return tuple(
        PortfolioDecisionRow(
            id=one.pk,
            review_id=one.review_id,
            review=one.review.name,
            text=one.text,
            owner=one.owner.get_full_name() or one.owner.username,
            owner_id=one.owner_id,
            due_on=one.due_on,
            customer_id=one.customer_id,
            customer=one.customer.name if one.customer else "",
            task_id=one.task_id,
            done_on=one.done_on,
            done_by=one.done_by,
            outcome=one.outcome,
            is_late=one.done_on is None and one.due_on < as_of,
        )
        for one in rows[:500]
    )


def pack_file(company: Company, review_id: int, kind: str) -> tuple[bytes, str] | None:
    """Return a file of a pack and its SHA-256, None where there is none; one query."""
    if kind not in {"pdf", "xlsx"}:
        return None
    found = (
        PortfolioPack.objects.filter(company=company, review=review_id)
        .values_list(kind, f"{kind}_sha256")
        .first()
    )
    return None if found is None else (bytes(found[0]), found[1])


def causes_of_day(company: Company, *, as_of: date) -> tuple[ReviewCause, ...]:
    """Return what asks for a review on a day: its turn, a limit passed, a warning, a signal.

    Texts are in the company's language, as its packs are. Nothing without a rhythm: then nobody
    has asked for reviews yet.
    """
    rhythm = ReviewRhythm.objects.filter(company=company).first()
    if rhythm is None:
        return ()
    causes = []
    if rhythm.next_on <= as_of:
        key = rhythm.next_on.isoformat()
        causes.append(ReviewCause(cause="schedule", key=key, text="", due_on=rhythm.next_on))
    with override(company.language):
        if rhythm.on_gauge:
            causes += _gauge_causes(company, as_of)
        if rhythm.on_warning:
            causes += _warning_causes(company, rhythm.warning_minor, as_of)
    return (*causes, *_signal_causes(company, as_of))


def _gauge_causes(company: Company, as_of: date) -> list[ReviewCause]:
    month = f"{as_of:%Y-%m}"
    return [
        ReviewCause(
            cause="gauge",
            key=f"{month} {one.limit.name}"[:80],
            text=(
                _("%(name)s stands at %(share)s %% of its limit")
                % {"name": one.limit.name, "share": f"{one.used_ppm / 10_000:.0f}"}
            )[:300],
            due_on=as_of + timedelta(days=7),
        )
        for one in appetite_gauges(company, as_of=as_of, most_parts=0)
        if one.is_reached
    ]


def _warning_causes(company: Company, least_minor: int, as_of: date) -> list[ReviewCause]:
    strong = list(
        EarlyWarning.objects.filter(
            company=company,
            strength_ppm__gte=STRONG_PPM,
            status__in=(EarlyWarning.Status.NEW, EarlyWarning.Status.ACCEPTED),
        )
        .select_related("customer")
        .order_by("id")
    )
    if not strong:
        return []
    owed = exposures(company, as_of=as_of)
    return [
        ReviewCause(
            cause="warning",
            key=str(one.pk),
            text=f"{one.customer.number} {one.customer.name}: {warning_name(one.kind)}"[:300],
            due_on=as_of + timedelta(days=7),
        )
        for one in strong
        if one.customer_id in owed and (owed[one.customer_id].exposure_minor or 0) >= least_minor
    ]


def _signal_causes(company: Company, as_of: date) -> list[ReviewCause]:
    found = RiskSignal.objects.filter(
        company=company,
        severity=RiskSignal.Severity.HIGH,
        status=RiskSignal.Status.NEW,
        recorded_at__date__gte=as_of - timedelta(days=SIGNAL_DAYS),
        recorded_at__date__lte=as_of,
    )
    return [
        ReviewCause(
            cause="signal",
            key=str(one.pk),
            text=one.title[:300],
            due_on=as_of + timedelta(days=7),
        )
        for one in found.order_by("id")
    ]


def _counted(company: Company) -> QuerySet[PortfolioReview]:
    return PortfolioReview.objects.filter(company=company).annotate(
        n_decisions=Count("decisions", distinct=True),
        n_open=Count("decisions", filter=Q(decisions__done_on=None), distinct=True),
        n_signatures=Count("signatures", distinct=True),
    )


def _pack(review_id: int | None) -> PortfolioPack | None:
    return PortfolioPack.objects.filter(review=review_id).defer("pdf", "xlsx").first()


def _pack_row(pack: PortfolioPack) -> PackRow:
    return PackRow(
        as_of=pack.as_of,
        currency=pack.currency,
        sha256=pack.sha256,
        pdf_sha256=pack.pdf_sha256,
        xlsx_sha256=pack.xlsx_sha256,
        frozen_by=pack.frozen_by,
        frozen_at=pack.frozen_at,
        sections=read_pack(pack.figures).sections,
    )


def _row(one: PortfolioReview, as_of: date) -> PortfolioReviewRow:
    return PortfolioReviewRow(
        id=one.pk,
        name=one.name,
        cause=one.cause,
        cause_text=one.cause_text,
        due_on=one.due_on,
        status=one.status,
        agenda=one.agenda,
        attendees=one.attendees,
        minutes=one.minutes,
        held_on=one.held_on,
        reason=one.reason,
        before_id=one.before_id,
        author=one.author,
        version=one.version,
        decisions=one.n_decisions,  # type: ignore[attr-defined]  # annotated
        decisions_open=one.n_open,  # type: ignore[attr-defined]  # annotated
        signatures=one.n_signatures,  # type: ignore[attr-defined]  # annotated
        is_late=one.status in {"planned", "frozen"} and one.due_on < as_of,
    )
