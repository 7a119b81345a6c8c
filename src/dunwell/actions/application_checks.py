"""Checking an applicant: numbers, account, customers it may already be, and sanction lists."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.application_moves import (
    LONGEST_REASON,
    UNDECIDED,
    Status,
    change,
    locked_application,
    move,
    tell,
)
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.sanctions import record_hits
from dunwell.actions.texts import needed
from dunwell.formats.registrations import (
    Checked,
    check_iban,
    check_lei,
    check_registration,
    check_vat,
)
from dunwell.models import (
    ApplicationCheck,
    CreditApplication,
    Customer,
    SanctionList,
    ScreeningHit,
)
from dunwell.queries.application_duplicates import twins_of
from dunwell.queries.application_rules import application_rules
from dunwell.queries.sanctions import sanction_index, subjects_of

Kind = ApplicationCheck.Kind
Outcome = ApplicationCheck.Outcome


@transaction.atomic
def screen_application(
    *, actor: Actor, application: CreditApplication, as_of: date, at: datetime
) -> CreditApplication:
    """Check a submitted application, or check one that is not decided yet again.

    Every check keeps its outcome, the lists their versions and time; likenesses with entries of
    sanction lists wait for a person. Running again keeps what was found before and adds changes.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.status == Status.SUBMITTED:
        move(application, Status.SCREENING)
    elif application.status not in UNDECIDED or application.status == Status.DRAFT:
        label = Status(application.status).label.lower()
        raise Refused(f"{application.number} is marked: {label}; it cannot be screened.")
    told = application.answers

    def text(name: str) -> str:
        return str(told.get(name) or "")

    country = application.country
    _keep(application, Kind.VAT, check_vat(text("vat_id"), country=country), at=at)
    _keep(
        application,
        Kind.REGISTRATION,
        check_registration(text("registration"), country=country),
        at=at,
    )
    _keep(application, Kind.LEI, check_lei(text("lei")), at=at)
    _keep(application, Kind.IBAN, check_iban(text("iban"), country=country), at=at)
    _check_twins(application, at=at)
    found = _check_lists(application, as_of=as_of, at=at)
    tell(actor, "screened", application, at=at, likenesses=found)
    return application


@transaction.atomic
def review_check(
    *, actor: Actor, check: ApplicationCheck, is_cleared: bool, reason: str, at: datetime
) -> ApplicationCheck:
    """Say what a check that failed or is to be looked at comes to: no matter, or it stands.

    Raises Refused without a reason, for one that needs no judgement, and for sanction lists,
    where each likeness is judged by itself.
    """
    actor.require("screening.decide")
    application = locked_application(actor, check.application)
    told = needed(text=reason, most=LONGEST_REASON, what="reason", missing="Say what shows it.")
    if check.kind == Kind.SANCTIONS:
        raise Refused("Judge each likeness with an entry of a list by itself.")
    if check.outcome not in (Outcome.FAILED, Outcome.TO_REVIEW) or not check.is_current:
        raise Refused("This check needs no judgement.")
    decision = (
        ApplicationCheck.Decision.CLEARED if is_cleared else ApplicationCheck.Decision.CONFIRMED
    )
    ApplicationCheck.objects.filter(pk=check.pk).update(
        decision=decision, decision_reason=told, reviewed_by=actor.name, reviewed_at=at
    )
    check.decision, check.decision_reason, check.reviewed_by = decision, told, actor.name
    tell(
        actor, "check_reviewed", application, at=at,
        kind=check.kind, decision=decision.value, reason=told,
    )  # fmt: skip
    return check


@transaction.atomic
def match_customer(
    *,
    actor: Actor,
    application: CreditApplication,
    customer: Customer | None,
    at: datetime,
) -> CreditApplication:
    """Say which customer the applicant already is; None takes it back. Own history then counts."""
    actor.require("application.edit")
    if customer is not None:
        open_customer(actor, customer)
    application = locked_application(actor, application)
    if application.status not in UNDECIDED:
        raise Refused(f"{application.number} is decided; its customer no longer changes.")
    key = customer.pk if customer else None
    if application.customer_id != key:
        change(application, customer_id=key)
        tell(actor, "matched", application, at=at, customer=customer.number if customer else "")
    return application


def open_questions(application: CreditApplication) -> list[str]:
    """Return what a person has still to judge before the application goes on, as sentences."""
    found = []
    hits = application.screening_hits.filter(status=ScreeningHit.Status.OPEN).count()
    if hits:
        found.append(f"{hits} likeness with a sanction list is not judged" if hits == 1 else
                     f"{hits} likenesses with sanction lists are not judged")  # fmt: skip
    waiting = application.checks.filter(
        is_current=True, decision="", outcome__in=(Outcome.FAILED, Outcome.TO_REVIEW)
    ).exclude(kind=Kind.SANCTIONS)
    found += [
        f"{Kind(kind).label.lower()}: {text.rstrip('.')}"
        for kind, text in waiting.order_by("kind").values_list("kind", "text")
    ]
    return found


def is_listed(application: CreditApplication) -> bool:
    """Return whether a person confirmed that somebody of the application is on a list."""
    return application.screening_hits.filter(status=ScreeningHit.Status.CONFIRMED).exists()


def _check_twins(application: CreditApplication, *, at: datetime) -> None:
    twins = [one for one in twins_of(application) if one.customer_id != application.customer_id]
    checked = Checked(outcome=Outcome.PASSED, value="", text="No customer reads like it.")
    if twins:
        names = ", ".join(f"{one.number} {one.name}" for one in twins[:3])
        checked = Checked(
            outcome=Outcome.TO_REVIEW, value=twins[0].number[:120], text=f"May be {names}."[:300]
        )
    detail = {
        "customers": [
            {
                "id": one.customer_id,
                "number": one.number,
                "name": one.name,
                "same_vat": one.is_same_vat,
                "score_ppm": one.score_ppm,
            }
            for one in twins[:20]
        ]
    }
    _keep(application, Kind.DUPLICATE, checked, detail=detail, at=at)


def _check_lists(application: CreditApplication, *, as_of: date, at: datetime) -> int:
    """Compare everybody an application names with every list; return how many are new."""
    lists = list(
        SanctionList.objects.filter(company=application.company, is_current=True).order_by("id")
    )
    versions = [{"source": one.source, "sha256": one.sha256, "label": one.label} for one in lists]
    if not lists:
        checked = Checked(
            outcome=Outcome.NOT_POSSIBLE,
            value="",
            text="No sanction list is loaded; load one and screen again.",
        )
        _keep(application, Kind.SANCTIONS, checked, detail={"lists": []}, at=at)
        return 0
    rules = application_rules(application.company, as_of=as_of).rules
    index = sanction_index(lists)
    likenesses = index.screen(subjects_of(application), threshold_ppm=rules.threshold_ppm)
    new = sum(
        record_hits(
            listing,
            [one for one in likenesses if one.source == listing.source],
            application=application,
            at=at,
        )
        for listing in lists
    )
    checked = Checked(
        outcome=Outcome.TO_REVIEW if likenesses else Outcome.PASSED,
        value="",
        text=f"{len(likenesses)} entries read alike."
        if len(likenesses) > 1
        else "1 entry reads alike."
        if likenesses
        else "No entry reads alike.",
    )
    detail = {"lists": versions, "threshold_ppm": rules.threshold_ppm, "at": at.isoformat()}
    _keep(application, Kind.SANCTIONS, checked, detail=detail, at=at)
    return new


def _keep(
    application: CreditApplication,
    kind: ApplicationCheck.Kind,
    checked: Checked,
    *,
    detail: Mapping[str, object] | None = None,
    at: datetime,
) -> None:
    """Keep the outcome of a check; the same one as before stays, with what was decided on it."""
    values: dict[str, object] = {
        "outcome": checked.outcome,
        "value": checked.value[:120],
        "text": checked.text[:300],
    }
    current = ApplicationCheck.objects.filter(application=application, kind=kind, is_current=True)
    before = current.first()
    if before is not None and all(getattr(before, name) == told for name, told in values.items()):
        current.update(detail=dict(detail or {}), checked_at=at)
        return
    current.update(is_current=False)
    ApplicationCheck.objects.create(
        application=application, kind=kind, detail=dict(detail or {}), checked_at=at, **values
    )
