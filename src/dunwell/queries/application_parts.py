"""What belongs to one credit application: files, references, checks, conditions, days, mails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dunwell.models import ApplicationCheck, CreditApplication


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRow:
    """A file with an application."""

    id: int
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceRow:
    """Somebody who knows the applicant, how far asking went, and what was answered."""

    id: int
    kind: str
    kind_label: str
    status: str
    status_label: str
    name: str
    person: str
    email: str
    asked_on: date | None
    chased: int
    answered_on: date | None
    answer: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationCheckRow:
    """One check with its outcome and what a person made of it."""

    id: int
    kind: str
    kind_label: str
    outcome: str
    outcome_label: str
    value: str
    text: str
    detail: Mapping[str, Any]
    decision: str
    decision_reason: str
    reviewed_by: str
    checked_at: datetime

    @property
    def needs_judgement(self) -> bool:
        """Return whether a person has to say what it comes to."""
        return not self.decision and self.outcome in {"failed", "to_review"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionRow:
    """What the approval depends on; amounts in minor units of the company's currency."""

    id: int
    kind: str
    kind_label: str
    text: str
    currency: str
    amount_minor: int | None
    due_on: date
    fulfilled_on: date | None
    waived_on: date | None
    evidence: str
    by: str

    @property
    def is_open(self) -> bool:
        """Return whether it is neither met nor given up."""
        return self.fulfilled_on is None and self.waived_on is None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineRow:
    """A day that must not be missed."""

    kind: str
    kind_label: str
    due_on: date
    rule: str
    met_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRow:
    """A mail that went, or is to go, to the applicant or a reference."""

    kind: str
    status: str
    status_label: str
    to: str
    subject: str
    error: str
    recorded_at: datetime
    sent_at: datetime | None


def document_rows(one: CreditApplication) -> tuple[DocumentRow, ...]:
    """Return the files of an application that were not taken off again; one query."""
    return tuple(
        DocumentRow(
            id=row.pk,
            kind=row.kind,
            name=row.name,
            media_type=row.media_type,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            by=row.by,
            recorded_at=row.recorded_at,
        )
        for row in one.documents.filter(removed_at=None).order_by("id")
    )


def reference_rows(one: CreditApplication) -> tuple[ReferenceRow, ...]:
    """Return the references of an application; one query."""
    return tuple(
        ReferenceRow(
            id=row.pk,
            kind=row.kind,
            kind_label=str(row.get_kind_display()),
            status=row.status,
            status_label=str(row.get_status_display()),
            name=row.name,
            person=row.person,
            email=row.email,
            asked_on=row.asked_on,
            chased=row.chased,
            answered_on=row.answered_on,
            answer=row.answer,
        )
        for row in one.references.order_by("id")
    )


def check_rows(one: CreditApplication) -> tuple[ApplicationCheckRow, ...]:
    """Return the checks that count, in the order of their kinds; one query."""
    order = {kind.value: at for at, kind in enumerate(ApplicationCheck.Kind)}
    rows = one.checks.filter(is_current=True)
    return tuple(
        ApplicationCheckRow(
            id=row.pk,
            kind=row.kind,
            kind_label=str(row.get_kind_display()),
            outcome=row.outcome,
            outcome_label=str(row.get_outcome_display()),
            value=row.value,
            text=row.text,
            detail=row.detail,
            decision=row.decision,
            decision_reason=row.decision_reason,
            reviewed_by=row.reviewed_by,
            checked_at=row.checked_at,
        )
        for row in sorted(rows, key=lambda row: order[row.kind])
    )


def condition_rows(one: CreditApplication) -> tuple[ConditionRow, ...]:
    """Return what the approval depends on, the first due first; one query."""
    return tuple(
        ConditionRow(
            id=row.pk,
            kind=row.kind,
            kind_label=str(row.get_kind_display()),
            text=row.text,
            currency=one.company.currency,
            amount_minor=row.amount_minor,
            due_on=row.due_on,
            fulfilled_on=row.fulfilled_on,
            waived_on=row.waived_on,
            evidence=row.evidence,
            by=row.by,
        )
        for row in one.conditions.order_by("due_on", "id")
    )


def deadline_rows(one: CreditApplication) -> tuple[DeadlineRow, ...]:
    """Return the days that must not be missed; one query."""
    return tuple(
        DeadlineRow(
            kind=row.kind,
            kind_label=str(row.get_kind_display()),
            due_on=row.due_on,
            rule=row.rule,
            met_on=row.met_on,
        )
        for row in one.deadlines.order_by("due_on", "id")
    )


def mail_rows(one: CreditApplication) -> tuple[MailRow, ...]:
    """Return the mails about an application; one query."""
    return tuple(
        MailRow(
            kind=row.kind,
            status=row.status,
            status_label=str(row.get_status_display()),
            to=row.to,
            subject=row.subject,
            error=row.error,
            recorded_at=row.recorded_at,
            sent_at=row.sent_at,
        )
        for row in one.mails.order_by("id")
    )
