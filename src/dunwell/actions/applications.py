"""Credit applications until they are submitted: started, filled in, resumed, sent, withdrawn.

The applicant's own pages, staff and programs come through the same actions.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.application_answers import checked_answers
from dunwell.actions.application_mails import drop_mails, queue_mail
from dunwell.actions.application_moves import (
    LONGEST_REASON,
    OVER,
    UNDECIDED,
    Status,
    change,
    check_move,
    decide_by,
    ended_waits,
    is_waiting,
    locked_application,
    meet_deadlines,
    move,
    tell,
)
from dunwell.actions.application_signatures import sign_paper
from dunwell.actions.approvals import drop_approvals
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting, needed
from dunwell.engine.application_rules import CONSENTS
from dunwell.formats.application_words import consent_text
from dunwell.models import Company, CreditApplication
from dunwell.queries.application_rules import application_rules, duties_of, missing_of
from dunwell.queries.link_tokens import APPLICANT, fresh_nonce, hashed_link, link_token

LINK_DAYS = 30
STEPS = ("applicant", "credit", "references", "documents", "consent")
"""The pages of the form, in order."""


@transaction.atomic
def start_application(
    *,
    actor: Actor,
    name: str,
    email: str,
    country: str = "",
    language: str = "en",
    is_natural_person: bool = False,
    source: str = "staff",
    site: str = "",
    key: str = "",
    sends_link: bool = False,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Open an application, as a draft; with `sends_link` its link goes to the address by mail.

    The same `key` again returns the application it made before. Raises Refused without a name
    or with an address that is none.
    """
    actor.require("application.edit")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    told_key = fitting(text=key, most=64, what="key")
    if told_key:
        before = CreditApplication.objects.filter(company=company, form_key=told_key).first()
        if before is not None:
            return before
    told = needed(
        text=name,
        most=200,
        what="name",
        missing="Say who applies: the name of the company or person.",
    )
    rules = application_rules(company, as_of=as_of).rules
    application = CreditApplication.objects.create(
        company=company,
        number=f"CA-{CreditApplication.objects.filter(company=company).count() + 1}",
        source=source,
        name=told,
        email=_address(email, is_needed=sends_link or source == "form"),
        country=country,
        language=language or company.language,
        currency=company.currency,
        is_natural_person=is_natural_person,
        site=fitting(text=site, most=200, what="address"),
        form_key=told_key,
        opened_on=as_of,
        expires_on=as_of + timedelta(days=rules.expiry_days),
        owner_id=actor.user_id,
        entered_by=actor.name,
        recorded_at=at,
    )
    tell(actor, "started", application, at=at, source=source)
    if sends_link:
        _send_link(application, kind="link", as_of=as_of, at=at)
    return application


@transaction.atomic
def send_link(
    *, actor: Actor, application: CreditApplication, site: str = "", as_of: date, at: datetime
) -> CreditApplication:
    """Mail a new link to the applicant's address; the one before stops working.

    Raises Refused where there is no address, and once the application is over.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.status in OVER:
        raise Refused(f"{application.number} is over; open a new application.")
    if not application.email:
        raise Refused("Enter the applicant's e-mail address first.")
    if site:
        application.site = fitting(text=site, most=200, what="address")
    drop_mails(application, ("link",))
    _send_link(application, kind="link", as_of=as_of, at=at)
    tell(actor, "link_sent", application, at=at, to=application.email)
    return application


@transaction.atomic
def renew_link(*, actor: Actor, token: str, as_of: date, at: datetime) -> bool:
    """Mail a new link to whom a link was sent that was used or has expired; say whether.

    The address is the one on record: whoever holds an old link learns nothing by asking.
    """
    actor.require("application.edit")
    found = CreditApplication.objects.filter(
        company=actor.company, link_hash=hashed_link(token)
    ).first()
    if found is None or found.status in OVER or not found.email:
        return False
    send_link(actor=actor, application=found, as_of=as_of, at=at)
    return True


@transaction.atomic
def open_link(*, actor: Actor, token: str, at: datetime) -> CreditApplication:
    """Return the application a link opens and use the link up; raise Refused when it is spent."""
    actor.require("application.edit")
    found = CreditApplication.objects.filter(
        company=actor.company, link_hash=hashed_link(token), link_until_at__gt=at
    )
    if found.update(link_until_at=at) != 1:
        raise Refused("This link was used or has expired. Have a new one sent to you.")
    application = CreditApplication.objects.select_related("company").get(
        company=actor.company, link_hash=hashed_link(token)
    )
    tell(actor, "opened", application, at=at)
    return application


@transaction.atomic
def save_answers(
    *,
    actor: Actor,
    application: CreditApplication,
    answers: Mapping[str, object],
    at: datetime,
) -> CreditApplication:
    """Keep answers by name of the field; those not named stay. What fits no field is refused.

    The currency is the company's, `asked_minor` minor units of it. Raises Refused naming every
    answer that cannot be kept; then none is. Before submission only, or while we wait for the
    applicant.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    check_open(application)
    columns, kept = checked_answers(answers, currency=application.currency)
    merged = {**application.answers, **kept}
    changes: dict[str, object] = {
        name: value for name, value in columns.items() if getattr(application, name) != value
    }
    if merged != application.answers:
        changes["answers"] = merged
    if not changes:
        return application
    change(application, **changes)
    tell(actor, "answered", application, at=at, fields=sorted({*kept, *columns}))
    return application


@transaction.atomic
def give_consent(
    *, actor: Actor, application: CreditApplication, kinds: tuple[str, ...], by: str, at: datetime
) -> CreditApplication:
    """Keep what the applicant agrees to, word for word, with who and when; once each."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    check_open(application)
    told = needed(text=by, most=120, what="name", missing="Say who agrees for the applicant.")
    given = {one["kind"] for one in application.consents}
    if unknown := [kind for kind in kinds if kind not in CONSENTS]:
        raise Refused(f"There is no consent {unknown[0]!r}.")
    new = [
        {
            "kind": kind,
            "text": consent_text(kind, application.language, company=application.company.name),
            "by": told,
            "at": at.isoformat(),
        }
        for kind in dict.fromkeys(kinds)
        if kind not in given
    ]
    if new:
        change(application, consents=[*application.consents, *new])
        tell(actor, "consented", application, at=at, kinds=[one["kind"] for one in new], by=told)
    return application


@transaction.atomic
def submit_application(
    *,
    actor: Actor,
    application: CreditApplication,
    signed_by: str | None = None,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Submit a complete application; its clock starts and the applicant is told by when.

    `signed_by` is the name the applicant typed as its signature, kept with the hash of what was
    signed; None where nobody signs here, as on paper. Submitting again only ends our waiting for
    the applicant, and keeps a signature under what is new. Raises Refused naming all that is
    missing, an empty name too.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.status in UNDECIDED and application.status != Status.DRAFT:
        if is_waiting(application):
            sign_paper(actor, application, signed_by, as_of=as_of, at=at)
            _go_on(actor, application, as_of=as_of, at=at)
        return application
    check_move(application, Status.SUBMITTED)
    in_force = application_rules(application.company, as_of=as_of)
    missing = missing_of(application, in_force.rules, as_of=as_of)
    if missing:
        listed = ", ".join(
            f"{one.kind} {one.name}{f' ({one.count})' if one.count > 1 else ''}".replace("_", " ")
            for one in missing
        )
        raise Refused(f"This is missing before the application can be submitted: {listed}.")
    sign_paper(actor, application, signed_by, as_of=as_of, at=at)
    application.complete_on = as_of
    owed = duties_of(application, as_of=as_of)
    due = decide_by(application, in_force.rules, as_of=as_of)
    move(
        application,
        Status.SUBMITTED,
        submitted_at=at,
        complete_at=at,
        complete_on=as_of,
        decide_by=due,
        notify_by=owed.notify_by(as_of),
        # decided long before; a forgotten one ends with the law's last day behind it
        expires_on=as_of + timedelta(days=in_force.rules.expiry_days + owed.notice_days),
        policy_version=in_force.version_id,
    )
    queue_mail(
        application, "received", at=at, until=min(filter(None, (due, application.notify_by)))
    )
    tell(actor, "submitted", application, at=at, decide_by=str(due), rules=list(owed.rules))
    return application


@transaction.atomic
def await_applicant(
    *,
    actor: Actor,
    application: CreditApplication,
    text: str,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Ask the applicant for something and stop the decision's clock until it has answered.

    A mail with a new link says what is needed. The law's own day to notify does not move.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    told = needed(
        text=text,
        most=2_000,
        what="text",
        missing="Say what the applicant should add; it stands in the mail.",
    )
    if application.status not in UNDECIDED or application.status == Status.DRAFT:
        raise Refused(f"{application.number} is not being decided on.")
    if is_waiting(application):
        raise Refused("We wait for the applicant already.")
    change(application, waits=[*application.waits, [as_of.isoformat(), None]])
    _send_link(application, kind="waiting", text=told, as_of=as_of, at=at)
    tell(actor, "asked", application, at=at, text=told)
    return application


@transaction.atomic
def end_wait(
    *, actor: Actor, application: CreditApplication, as_of: date, at: datetime
) -> CreditApplication:
    """Go on, the applicant has answered; the days waited are added to the clock."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    if is_waiting(application):
        _go_on(actor, application, as_of=as_of, at=at)
    return application


@transaction.atomic
def withdraw_application(
    *,
    actor: Actor,
    application: CreditApplication,
    reason: str,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """End an application at the applicant's wish; links, mails and requests end with it."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    told = needed(
        text=reason, most=LONGEST_REASON, what="reason", missing="Say why it is withdrawn."
    )
    was = application.status
    move(application, Status.WITHDRAWN, ended_on=as_of, link_until_at=at)
    if was == Status.PENDING_APPROVAL:
        drop_approvals(actor=actor, subject=application, reason=told, as_of=as_of, at=at)
    drop_mails(application, ("link", "waiting", "reference", "reminder", "condition"))
    meet_deadlines(application, ("decide", "notify"), as_of=as_of)
    tell(actor, "withdrawn", application, at=at, reason=told, before=was)
    return application


def check_open(application: CreditApplication) -> None:
    """Refuse changes by or for the applicant once it is submitted, unless we wait for him."""
    if application.status == Status.DRAFT:
        return
    if application.status in UNDECIDED and is_waiting(application):
        return
    label = Status(application.status).label.lower()
    raise Refused(f"{application.number} is marked: {label}; it can no longer be changed.")


def _send_link(
    application: CreditApplication, *, kind: str, text: str = "", as_of: date, at: datetime
) -> None:
    nonce = fresh_nonce()
    token = link_token(APPLICANT, application.pk, nonce)
    change(
        application,
        link_nonce=nonce,
        link_hash=hashed_link(token),
        link_until_at=at + timedelta(days=LINK_DAYS),
        site=application.site,
    )
    queue_mail(application, kind, at=at, until=as_of + timedelta(days=LINK_DAYS), text=text)


def _address(email: str, *, is_needed: bool) -> str:
    told = fitting(text=email, most=254, what="address")
    if not told and not is_needed:
        return ""
    try:
        validate_email(told)
    except ValidationError as error:
        raise Refused(f"{told or 'Nothing'} is not an e-mail address.") from error
    return told


def _go_on(actor: Actor, application: CreditApplication, *, as_of: date, at: datetime) -> None:
    application.waits = ended_waits(application, as_of=as_of)
    rules = application_rules(application.company, as_of=as_of).rules
    due = decide_by(application, rules, as_of=as_of)
    change(application, waits=application.waits, decide_by=due)
    drop_mails(application, ("waiting",))
    tell(actor, "resumed", application, at=at, decide_by=str(due))
