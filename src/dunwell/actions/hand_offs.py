"""Work handed from desk to desk: asked, taken on, and done, given back or withdrawn."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from dunwell.actions.case_comments import check_subject
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Forbidden, Refused, check_status, open_customer, own
from dunwell.actions.team_mails import tell_colleagues
from dunwell.actions.texts import fitting, needed
from dunwell.models import Customer, HandOff, TeamMail, User
from dunwell.queries.colleagues import colleagues
from dunwell.queries.hand_offs import HandOffReader, hand_off_reader
from dunwell.queries.playbooks import office_of, playbooks_in_force

Status = HandOff.Status

LONGEST_WHAT, LONGEST_CONTEXT, LONGEST_RESULT = 200, 2_000, 300


@transaction.atomic
def ask_hand_off(
    *,
    actor: Actor,
    customer: Customer,
    to_desk: str,
    what: str,
    context: str = "",
    to_user: User | None = None,
    subject: str = "",
    subject_id: int | None = None,
    due_on: date | None = None,
    as_of: date,
    at: datetime,
) -> HandOff:
    """Hand a piece of work about a customer to a desk, or to somebody of it.

    It is to be taken on within the protocol's business hours. Raises Refused for a desk nobody
    sits at, somebody who is not of the desk, the same work handed over already, a day that has
    passed, and a record that is none of the customer.
    """
    actor.require("case.share")
    open_customer(actor, customer)
    if to_desk not in HandOff.Desk.values:
        raise Refused(f"There is no desk {to_desk}; use {', '.join(HandOff.Desk.values)}.")
    told = needed(text=what, most=LONGEST_WHAT, what="task", missing="Say what is to be done.")
    if due_on is not None and due_on < as_of:
        raise Refused("The day it is needed has passed already.")
    check_subject(customer, subject, subject_id)
    _check_desk(actor, to_desk, to_user)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    policy = playbooks_in_force(actor.company, as_of=as_of)
    office = office_of(actor.company, policy)
    try:
        with transaction.atomic():
            hand_off = HandOff.objects.create(
                company=actor.company,
                customer=customer,
                subject=subject,
                subject_id=subject_id,
                what=told,
                context=fitting(text=context, most=LONGEST_CONTEXT, what="context"),
                to_desk=to_desk,
                to_user=to_user,
                by=actor.name,
                by_user_id=actor.user_id,
                due_on=due_on,
                asked_on=as_of,
                asked_at=at,
                answer_by_at=office.after(at, hours=policy.hours.hand_off),
            )
    except IntegrityError as error:
        desk = HandOff.Desk(to_desk).label
        raise Refused(
            f"{desk} has this already for {customer.name}; see the open ones."
        ) from error
    if to_user is not None:
        _tell(actor, hand_off, to_user, TeamMail.Kind.HAND_OFF, at=at)
    _record(actor, hand_off, "asked", at=at, what=told, person=to_user.username if to_user else "")
    return hand_off


@transaction.atomic
def take_hand_off(*, actor: Actor, hand_off: HandOff, as_of: date, at: datetime) -> HandOff:
    """Take a hand-off on: the clock stops and it is this person's.

    Who it is put to by name, who covers for them, and where nobody is named everybody of the
    desk. Raises Forbidden for anybody else, and Refused once it was taken on or ended.
    """
    actor.require("case.share")
    hand_off = _locked(actor, hand_off)
    _check_may(actor, hand_off, as_of=as_of)
    _move(
        hand_off, Status.TAKEN, by=hand_off.taken_by,
        taken_by=actor.name, taken_user_id=actor.user_id, taken_at=at,
    )  # fmt: skip
    _answer(actor, hand_off, "taken", at=at)
    return hand_off


@transaction.atomic
def give_back(
    *, actor: Actor, hand_off: HandOff, reason: str, as_of: date, at: datetime
) -> HandOff:
    """Give a hand-off back to who asked, with the reason; whoever may take it on may.

    Raises Forbidden for anybody else, and Refused without a reason or once it is over.
    """
    actor.require("case.share")
    hand_off = _locked(actor, hand_off)
    _check_may(actor, hand_off, as_of=as_of)
    told = needed(
        text=reason, most=LONGEST_RESULT, what="reason", missing="Say why you give it back."
    )
    _end(actor, hand_off, Status.GIVEN_BACK, told, at=at)
    _answer(actor, hand_off, "given_back", at=at, reason=told)
    return hand_off


@transaction.atomic
def finish_hand_off(
    *, actor: Actor, hand_off: HandOff, result: str, as_of: date, at: datetime
) -> HandOff:
    """Say what came of a hand-off; who took it on may, and who covers for them.

    Raises Forbidden for anybody else, and Refused without a result or if nobody took it on.
    """
    actor.require("case.share")
    hand_off = _locked(actor, hand_off)
    _check_may(actor, hand_off, as_of=as_of)
    told = needed(text=result, most=LONGEST_RESULT, what="result", missing="Say what came of it.")
    _end(actor, hand_off, Status.DONE, told, at=at)
    _answer(actor, hand_off, "done", at=at, reason=told)
    return hand_off


@transaction.atomic
def withdraw_hand_off(
    *, actor: Actor, hand_off: HandOff, reason: str, as_of: date, at: datetime
) -> HandOff:
    """Take a hand-off back; who asked may, and who covers for them.

    Raises Forbidden for anybody else, and Refused without a reason or once it is over.
    """
    actor.require("case.share")
    hand_off = _locked(actor, hand_off)
    if not _reader(actor, as_of).is_asker(hand_off):
        raise Forbidden(f"{hand_off.by} asked for this; only they may take it back.")
    told = needed(
        text=reason, most=LONGEST_RESULT, what="reason", missing="Say why it is no longer needed."
    )
    _end(actor, hand_off, Status.WITHDRAWN, told, at=at)
    if hand_off.taken_user is not None:
        _tell(actor, hand_off, hand_off.taken_user, TeamMail.Kind.ANSWER, at=at)
    _record(actor, hand_off, "withdrawn", at=at, reason=told)
    return hand_off


def _check_desk(actor: Actor, to_desk: str, to_user: User | None) -> None:
    people = {one.user_id for one in colleagues(actor.company) if to_desk in one.desks}
    desk = HandOff.Desk(to_desk).label
    if not people:
        raise Refused(f"Nobody sits at the desk {desk}; give somebody a role of it first.")
    if to_user is not None and to_user.pk not in people:
        raise Refused(f"{to_user.username} does not sit at the desk {desk}; choose a colleague.")


def _locked(actor: Actor, hand_off: HandOff) -> HandOff:
    """Return the hand-off as it is now; who waited for the lock sees what the other did."""
    own(actor, hand_off, "hand-off")
    return HandOff.objects.select_for_update(no_key=True).get(pk=hand_off.pk)


def _reader(actor: Actor, as_of: date) -> HandOffReader:
    return hand_off_reader(actor.company, user_id=actor.user_id, roles=actor.roles, as_of=as_of)


def _check_may(actor: Actor, hand_off: HandOff, *, as_of: date) -> None:
    if not _reader(actor, as_of).may_work(hand_off):
        whom = hand_off.taken_by or (hand_off.to_user.username if hand_off.to_user else "")
        desk = HandOff.Desk(hand_off.to_desk).label
        raise Forbidden(f"This is with {whom or desk}; you may not answer for them.")


def _end(actor: Actor, hand_off: HandOff, status: Status, result: str, *, at: datetime) -> None:
    by = hand_off.ended_by or hand_off.taken_by
    _move(hand_off, status, by=by, result=result, ended_by=actor.name, ended_at=at)


def _move(hand_off: HandOff, status: Status, *, by: str, **values: object) -> None:
    before = Status(hand_off.status)
    check_status(HandOff.MOVES, before, status, "This hand-off", by=f", by {by}" if by else "")
    rows = HandOff.objects.filter(pk=hand_off.pk, status=before).update(status=status, **values)
    if rows != 1:
        raise Refused("Somebody else has just answered this; load the page again.")
    hand_off.refresh_from_db()


def _answer(actor: Actor, hand_off: HandOff, verb: str, *, at: datetime, reason: str = "") -> None:
    """Tell who asked, and write down what happened."""
    if hand_off.by_user is not None:
        _tell(actor, hand_off, hand_off.by_user, TeamMail.Kind.ANSWER, at=at)
    _record(actor, hand_off, verb, at=at, reason=reason)


def _tell(actor: Actor, hand_off: HandOff, person: User, kind: str, *, at: datetime) -> None:
    tell_colleagues(
        actor,
        [person],
        customer_id=hand_off.customer_id,
        kind=kind,
        key=f"hand-off-{hand_off.pk}-{hand_off.status}",
        subject_id=hand_off.pk,
        at=at,
    )


def _record(actor: Actor, hand_off: HandOff, verb: str, *, at: datetime, **data: object) -> None:
    record_event(
        actor,
        f"hand_off.{verb}",
        hand_off,
        at=at,
        customer_id=hand_off.customer_id,
        desk=hand_off.to_desk,
        **data,
    )
