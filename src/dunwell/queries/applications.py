"""Credit applications as pages and the API show them: the queue, and one with all it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from dunwell.engine.application_rules import FIELDS, Clock, Missing, decision_clock
from dunwell.formats.registrations import masked
from dunwell.models import Company, CreditApplication
from dunwell.queries.application_papers import ApplicationSignatureRow, signature_rows
from dunwell.queries.application_parts import (
    ApplicationCheckRow,
    ConditionRow,
    DeadlineRow,
    DocumentRow,
    MailRow,
    ReferenceRow,
    check_rows,
    condition_rows,
    deadline_rows,
    document_rows,
    mail_rows,
    reference_rows,
)
from dunwell.queries.application_rules import application_rules, missing_of
from dunwell.queries.events import EventRow, event_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.sanctions import HitRow, hit_rows

Status = CreditApplication.Status
UNDECIDED = (
    Status.DRAFT,
    Status.SUBMITTED,
    Status.SCREENING,
    Status.GATHERING,
    Status.SCORED,
    Status.IN_REVIEW,
    Status.RECOMMENDED,
    Status.PENDING_APPROVAL,
)
SCOPES: Mapping[str, tuple[str, ...]] = {
    "open": tuple(one.value for one in UNDECIDED if one != Status.DRAFT),
    "drafts": (Status.DRAFT.value,),
    "granted": (
        Status.APPROVED.value,
        Status.APPROVED_WITH_CONDITIONS.value,
        Status.CONDITIONS_MET.value,
    ),
    "over": (
        Status.ACTIVATED.value,
        Status.DECLINED.value,
        Status.WITHDRAWN.value,
        Status.EXPIRED.value,
    ),
    "": (),
}
"""Groups of statuses the queue is filtered by."""
TIMELINE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationRow:
    """One application; amounts in minor units of `currency`. `days_left` below 0 is late."""

    id: int
    number: str
    status: str
    status_label: str
    name: str
    country: str
    language: str
    is_natural_person: bool
    source: str
    currency: str
    asked_minor: int | None
    limit_minor: int | None
    terms_days: int | None
    risk_class: str
    customer_id: int | None
    opened_on: date
    complete_on: date | None
    decide_by: date | None
    notify_by: date | None
    days_left: int | None
    is_waiting: bool
    decided_on: date | None
    told_on: date | None
    expires_on: date
    owner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationDetail:
    """One application with everything that belongs to it."""

    row: ApplicationRow
    email: str
    region: str
    answers: Mapping[str, Any]
    consents: tuple[Mapping[str, Any], ...]
    signatures: tuple[ApplicationSignatureRow, ...]
    clock: Clock
    missing: tuple[Missing, ...]
    documents: tuple[DocumentRow, ...]
    references: tuple[ReferenceRow, ...]
    checks: tuple[ApplicationCheckRow, ...]
    hits: tuple[HitRow, ...]
    conditions: tuple[ConditionRow, ...]
    deadlines: tuple[DeadlineRow, ...]
    mails: tuple[MailRow, ...]
    events: tuple[EventRow, ...]
    proposal: Mapping[str, Any]
    recommendation: Mapping[str, Any]
    decision: Mapping[str, Any]
    authority: Mapping[str, Any]
    recommended_by: str
    decided_by: str
    entered_by: str
    reasons_asked_on: date | None
    reasons_sent_on: date | None
    contested_on: date | None

    @property
    def shown_answers(self) -> tuple[tuple[str, str, Any], ...]:
        """Return the answers given as (field, kind, value), in the order of the form."""
        return tuple(
            (name, kind, self.answers[name])
            for name, kind in FIELDS.items()
            if self.answers.get(name) not in (None, "")
        )

    @property
    def open_questions(self) -> int:
        """Return how many checks and likenesses a person has still to judge."""
        waiting = [one for one in self.checks if one.needs_judgement and one.kind != "sanctions"]
        return len(waiting) + sum(one.status == "open" for one in self.hits)


def application_rows(
    company: Company,
    *,
    as_of: date,
    scope: str = "",
    status: str = "",
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ApplicationRow]:
    """Return one page of applications, the newest first; scope is one of SCOPES."""
    only = Q(company=company)
    if SCOPES.get(scope):
        only &= Q(status__in=SCOPES[scope])
    if status:
        only &= Q(status=status)
    if search:
        only &= Q(name__icontains=search) | Q(number__iexact=search)
    limit = page_limit(limit)
    rows = (
        CreditApplication.objects.filter(only)
        .filter(after(cursor, ("-id",), (int,)))
        .select_related("owner")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one, as_of) for one in rows], limit=limit, key=lambda row: (row.id,))


def application_counts(company: Company) -> Mapping[str, int]:
    """Return how many applications each scope holds."""
    found = dict(
        CreditApplication.objects.filter(company=company)
        .order_by("status")
        .values_list("status")
        .annotate(n=Count("id"))
    )
    return {
        scope: sum(found.get(one, 0) for one in statuses) if statuses else sum(found.values())
        for scope, statuses in SCOPES.items()
    }


def application_detail(
    company: Company, application_id: int, *, as_of: date
) -> ApplicationDetail | None:
    """Return one application of the company, or None; a fixed number of queries."""
    one = (
        CreditApplication.objects.filter(company=company, pk=application_id)
        .select_related("company", "owner")
        .first()
    )
    if one is None:
        return None
    rules = application_rules(company, as_of=as_of).rules
    waits = [
        (date.fromisoformat(first), date.fromisoformat(last) if last else None)
        for first, last in one.waits
    ]
    is_draft = one.status == Status.DRAFT
    return ApplicationDetail(
        row=_row(one, as_of),
        email=one.email,
        region=one.region,
        answers=_shown(one.answers),
        consents=tuple(one.consents),
        signatures=signature_rows(one),
        clock=decision_clock(rules, complete_on=one.complete_on, waits=waits, as_of=as_of),
        missing=missing_of(one, rules, as_of=as_of) if is_draft else (),
        documents=document_rows(one),
        references=reference_rows(one),
        checks=check_rows(one),
        hits=hit_rows(company, application_id=one.pk).rows,
        conditions=condition_rows(one),
        deadlines=deadline_rows(one),
        mails=mail_rows(one),
        events=event_rows(
            company, subject="creditapplication", subject_id=one.pk, limit=TIMELINE
        ).rows,
        proposal=one.proposal,
        recommendation=one.recommendation,
        decision=one.decision,
        authority=one.authority,
        recommended_by=one.recommended_by,
        decided_by=one.decided_by,
        entered_by=one.entered_by,
        reasons_asked_on=one.reasons_asked_on,
        reasons_sent_on=one.reasons_sent_on,
        contested_on=one.contested_on,
    )


def _shown(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers with the account number masked; whoever edits them sees it whole."""
    iban = answers.get("iban")
    return {**answers, **({"iban": masked(str(iban))} if iban else {})}


def _row(one: CreditApplication, as_of: date) -> ApplicationRow:
    is_open = one.status in UNDECIDED and one.decide_by is not None
    return ApplicationRow(
        id=one.pk,
        number=one.number,
        status=one.status,
        status_label=str(one.get_status_display()),
        name=one.name,
        country=one.country,
        language=one.language,
        is_natural_person=one.is_natural_person,
        source=one.source,
        currency=one.currency,
        asked_minor=one.asked_minor,
        limit_minor=one.limit_minor,
        terms_days=one.terms_days,
        risk_class=str(one.proposal.get("risk_class", "")),
        customer_id=one.customer_id,
        opened_on=one.opened_on,
        complete_on=one.complete_on,
        decide_by=one.decide_by,
        notify_by=one.notify_by,
        days_left=(one.decide_by - as_of).days if is_open and one.decide_by else None,
        is_waiting=any(last is None for _, last in one.waits),
        decided_on=one.decided_on,
        told_on=one.told_on,
        expires_on=one.expires_on,
        owner=one.owner.username if one.owner else "",
    )
