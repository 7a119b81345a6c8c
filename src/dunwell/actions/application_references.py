"""References of an applicant: named, asked by mail, reminded, answered through a link."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.application_checks import open_questions
from dunwell.actions.application_mails import drop_mails, queue_mail
from dunwell.actions.application_moves import (
    Status,
    locked_application,
    move,
    tell,
)
from dunwell.actions.applications import check_open
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.application_rules import chase_due
from dunwell.engine.documents import LARGEST
from dunwell.models import ApplicationReference, CreditApplication
from dunwell.queries.application_rules import application_rules
from dunwell.queries.link_tokens import REFERENCE, fresh_nonce, hashed_link, link_token

Kind = ApplicationReference.Kind
State = ApplicationReference.Status
MOST_REFERENCES = 10
LINK_DAYS = 30
PAYS = ("early", "on_time", "to_15_late", "to_30_late", "later")
_NUMBERS = {"years_known": 100, "highest_credit_minor": LARGEST, "terms_days": 365}
_FLAGS = ("would_again", "is_secured")
QUESTIONS = (*_NUMBERS, "pays", *_FLAGS, "comment")
"""What a reference is asked; every answer may be left out."""


@transaction.atomic
def name_reference(
    *,
    actor: Actor,
    application: CreditApplication,
    kind: str,
    name: str,
    email: str,
    person: str = "",
    phone: str = "",
    at: datetime,
) -> ApplicationReference:
    """Add somebody who knows the applicant; the same address again is the same reference.

    Raises Refused without a name or an address, for the applicant's own address, and for too many.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    check_open(application)
    if kind not in Kind.values:
        raise Refused(f"A reference is one of {', '.join(Kind.values)}.")
    told = fitting(text=name, most=120, what="name")
    address = fitting(text=email, most=254, what="address").lower()
    if not told:
        raise Refused("Say who the reference is.")
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(f"{address or 'Nothing'} is not an e-mail address.") from error
    if address == application.email.lower():
        raise Refused("This is the applicant's own address; name somebody else.")
    same = application.references.filter(kind=kind, email=address).first()
    if same is not None:
        return same
    if application.references.count() >= MOST_REFERENCES:
        raise Refused(f"{MOST_REFERENCES} references are enough.")
    reference = ApplicationReference.objects.create(
        application=application,
        kind=kind,
        name=told,
        email=address,
        person=fitting(text=person, most=120, what="name"),
        phone=fitting(text=phone, most=40, what="number"),
        recorded_at=at,
    )
    tell(actor, "reference_named", application, at=at, kind=kind, name=told)
    return reference


@transaction.atomic
def remove_reference(
    *, actor: Actor, reference: ApplicationReference, at: datetime
) -> CreditApplication:
    """Take a reference off again before it was asked."""
    actor.require("application.edit")
    application = locked_application(actor, reference.application)
    check_open(application)
    gone, _ = ApplicationReference.objects.filter(pk=reference.pk, status=State.NAMED).delete()
    if not gone:
        raise Refused("This reference was asked already; it stays.")
    tell(actor, "reference_removed", application, at=at, name=reference.name)
    return application


@transaction.atomic
def gather_application(
    *, actor: Actor, application: CreditApplication, as_of: date, at: datetime
) -> CreditApplication:
    """Go from screening to gathering: every reference is asked by mail.

    Raises Refused while something of the screening waits for a person's judgement.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if open_now := open_questions(application):
        raise Refused(f"Judge this first: {'; '.join(open_now)}.")
    move(application, Status.GATHERING)
    waiting = application.references.filter(status=State.NAMED).order_by("id")
    for reference in waiting:
        _ask(application, reference, "reference", as_of=as_of, at=at)
    tell(actor, "gathering", application, at=at, references=len(waiting))
    return application


@transaction.atomic
def answer_reference(
    *, actor: Actor, token: str, answer: Mapping[str, object], as_of: date, at: datetime
) -> ApplicationReference:
    """Keep what a reference says, once; with `declines` true it does not want to answer.

    Raises Refused for a link that was used or has expired, and for answers that fit no question.
    """
    actor.require("application.edit")
    found = (
        ApplicationReference.objects.select_related("application")
        .filter(
            application__company=actor.company,
            link_hash=hashed_link(token),
            link_until_at__gt=at,
            status__in=(State.ASKED, State.GIVEN_UP),
        )
        .first()
    )
    if found is None:
        raise Refused("This link was used or has expired. Thank you all the same.")
    application = locked_application(actor, found.application)
    told = _told(answer)
    status = State.REFUSED if answer.get("declines") else State.ANSWERED
    if status == State.REFUSED and found.status == State.GIVEN_UP:
        return found
    rows = ApplicationReference.objects.filter(pk=found.pk, status=found.status).update(
        status=status, answer=told, answered_on=as_of, link_until_at=at
    )
    if rows != 1:
        raise Refused("This link was used or has expired. Thank you all the same.")
    drop_mails(application, ("reminder",))
    tell(actor, "reference_answered", application, at=at, name=found.name, status=status.value)
    found.status, found.answer = status, told
    return found


@transaction.atomic
def give_up_reference(
    *, actor: Actor, reference: ApplicationReference, at: datetime
) -> ApplicationReference:
    """Wait for a reference no longer; a late answer is still kept."""
    actor.require("application.edit")
    application = locked_application(actor, reference.application)
    if _give_up(reference):
        tell(actor, "reference_given_up", application, at=at, name=reference.name)
    return reference


def chase_references(
    actor: Actor, application: CreditApplication, *, as_of: date, at: datetime
) -> int:
    """Remind or give up references as the rules say; return how many. Part of the cycle's step."""
    rules = application_rules(application.company, as_of=as_of).rules
    changed = 0
    for reference in application.references.filter(status=State.ASKED).order_by("id"):
        due = chase_due(
            rules,
            asked_on=reference.asked_on or as_of,
            chased=reference.chased,
            as_of=as_of,
        )
        if due == "give_up":
            changed += _give_up(reference)
            tell(actor, "reference_given_up", application, at=at, name=reference.name)
        elif due == "chase" and reference.chased_on != as_of:
            _ask(application, reference, "reminder", as_of=as_of, at=at)
            tell(actor, "reference_chased", application, at=at, name=reference.name)
            changed += 1
    return changed


def is_gathered(application: CreditApplication, *, as_of: date) -> bool:
    """Return whether enough references have answered, or nobody is waited for any more."""
    states = list(application.references.values_list("status", flat=True))
    rules = application_rules(application.company, as_of=as_of).rules
    answered = states.count(State.ANSWERED)
    return State.ASKED not in states or 0 < rules.needs_answered <= answered


def _ask(
    application: CreditApplication,
    reference: ApplicationReference,
    kind: str,
    *,
    as_of: date,
    at: datetime,
) -> None:
    nonce = fresh_nonce()
    token = link_token(REFERENCE, reference.pk, nonce)
    changes: dict[str, object] = {
        "link_nonce": nonce,
        "link_hash": hashed_link(token),
        "link_until_at": at + timedelta(days=LINK_DAYS),
    }
    if kind == "reference":
        changes |= {"status": State.ASKED, "asked_on": as_of}
    else:
        changes |= {"chased": reference.chased + 1, "chased_on": as_of}
    ApplicationReference.objects.filter(pk=reference.pk, status=reference.status).update(**changes)
    for name, value in changes.items():
        setattr(reference, name, value)
    until = as_of + timedelta(days=LINK_DAYS)
    queue_mail(application, kind, at=at, until=until, reference=reference)


def _give_up(reference: ApplicationReference) -> int:
    return ApplicationReference.objects.filter(
        pk=reference.pk, status__in=(State.NAMED, State.ASKED)
    ).update(status=State.GIVEN_UP)


def _told(answer: Mapping[str, object]) -> dict[str, object]:
    """Return the answers that were given; raise Refused for one that fits no question."""
    return {
        name: _answer(name, value)
        for name, value in answer.items()
        if name != "declines" and value not in (None, "")
    }


def _answer(name: str, value: object) -> object:
    what = name.replace("_", " ")
    if name in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused(f"{what}: write a whole number.")
        if not 0 <= value <= _NUMBERS[name]:
            raise Refused(f"{what}: {value} does not lie in 0 … {_NUMBERS[name]}.")
        return value
    if name == "pays" and value in PAYS:
        return value
    if name in _FLAGS and isinstance(value, bool):
        return value
    if name == "comment":
        return fitting(text=str(value), most=1_000, what="comment")
    raise Refused(f"{what}: {value!r} is no answer to a question asked.")
