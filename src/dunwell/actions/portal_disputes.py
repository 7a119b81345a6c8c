"""Queries of the debtor's people in the portal: opened, followed, answered, taken back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import money_text
from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.dispute_comments import (
    Enclosed,
    Side,
    check_open_to_words,
    open_question,
    say,
)
from dunwell.actions.dispute_moves import reopen_case, review_case, withdraw_case
from dunwell.actions.dispute_parts import locked_case
from dunwell.actions.gate import Actor, Refused, lent, own_customer
from dunwell.actions.portal_messages import checked_files
from dunwell.actions.portal_requests import Kind, begin_request, keep_request
from dunwell.actions.texts import needed
from dunwell.actions.uploads import Upload
from dunwell.models import Customer, DisputeCase, DisputeComment

Answer, Asked = DisputeComment.Answer, DisputeComment.Kind
Status = DisputeCase.Status
OPEN, EDIT = "dispute.open", "dispute.edit"


@transaction.atomic
def open_query(
    *,
    actor: Actor,
    customer: Customer,
    parts: Sequence[DisputedPart],
    reason: str,
    text: str,
    files: Sequence[Enclosed] = (),
    key: str,
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Open a case over what the customer objects to; sent twice it is one.

    Only what is disputed rests, the remainder stays owed. An invoice that is in a case already
    joins it. The words and files are what the customer sees of it. Raises Refused as `open_case`
    does, without words, and for files that are not taken.
    """
    actor.require("portal.ask")
    before = begin_request(actor, customer, key, DisputeCase.objects.all(), kind=Kind.DISPUTE)
    if before is not None:
        return before
    told = needed(text=text, most=4_000, what="text", missing="Say what is wrong.")
    checked_files([Upload(name=one.name, data=one.data) for one in files])
    case = open_case(
        actor=lent(actor, OPEN),
        customer=customer,
        reason=reason,
        parts=parts,
        source=DisputeCase.Source.PORTAL,
        note=told[:500],
        as_of=as_of,
        at=at,
    )
    say(actor, case, side=Side.CUSTOMER, text=told, files=files, as_of=as_of, at=at)
    keep_request(actor, customer, key, case, kind=Kind.DISPUTE, at=at)
    return case


@transaction.atomic
def comment_query(
    *,
    actor: Actor,
    case: DisputeCase,
    text: str,
    files: Sequence[Enclosed] = (),
    key: str,
    as_of: date,
    at: datetime,
) -> DisputeComment:
    """Add words and files to a case; sent twice they are there once.

    Where the case waits for the customer it goes on, and a question of ours counts as answered.
    Raises Refused without words or files, and for a case that was closed or merged.
    """
    actor.require("portal.ask")
    customer = case.customer
    before = begin_request(actor, customer, key, DisputeComment.objects.all(), kind=Kind.COMMENT)
    if before is not None:
        return before
    case = locked_case(actor, case)
    check_open_to_words(case)
    told = text.strip() or ("Files" if files else "")
    told = needed(text=told, most=4_000, what="text", missing="Write something, or add a file.")
    checked_files([Upload(name=one.name, data=one.data) for one in files])
    question = open_question(case)
    if question is not None and question.kind == Asked.QUESTION:
        _answer(question, Answer.ANSWERED, at=at)
    comment = say(actor, case, side=Side.CUSTOMER, text=told, files=files, as_of=as_of, at=at)
    if question is None or question.kind == Asked.QUESTION:
        _go_on(actor, case, as_of=as_of, at=at)
    keep_request(actor, customer, key, comment, kind=Kind.COMMENT, at=at)
    return comment


@transaction.atomic
def answer_proposal(
    *,
    actor: Actor,
    comment: DisputeComment,
    accepts: bool,
    text: str = "",
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Accept or turn down what we proposed; the case goes on with us, who then resolve it so.

    The same answer again changes nothing. Raises Refused for a proposal that was answered
    otherwise, or that another one replaced.
    """
    actor.require("portal.ask")
    own_customer(actor, comment.case.customer)
    case = locked_case(actor, comment.case)
    said = Answer.ACCEPTED if accepts else Answer.DECLINED
    comment = DisputeComment.objects.get(pk=comment.pk)
    if comment.answer == said:
        return case
    question = open_question(case)
    if question is None or question.pk != comment.pk or comment.kind != Asked.PROPOSAL:
        raise Refused("This proposal does not wait for an answer any more; load the page again.")
    _answer(comment, said, at=at)
    amount = money_text(comment.credit_minor or 0, comment.currency)
    words = (
        f"We accept the proposal: {amount} credited."
        if accepts
        else (f"We do not accept the proposal of {amount}.")
    )
    say(
        actor, case, side=Side.CUSTOMER, text=f"{words} {text}".strip(), as_of=as_of, at=at
    )  # fmt: skip
    _go_on(actor, case, as_of=as_of, at=at)
    return case


@transaction.atomic
def withdraw_query(
    *, actor: Actor, case: DisputeCase, reason: str = "", as_of: date, at: datetime
) -> DisputeCase:
    """Take a query back: all of it is owed again at once. Refused while its end is decided."""
    actor.require("portal.ask")
    own_customer(actor, case.customer)
    if case.status == Status.WITHDRAWN:
        return case
    return withdraw_case(
        actor=lent(actor, EDIT),
        case=case,
        reason=reason.strip() or "Taken back in the portal",
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def reopen_query(
    *, actor: Actor, case: DisputeCase, reason: str, key: str, as_of: date, at: datetime
) -> DisputeCase:
    """Open a case again that had ended, within the days of the policy; sent twice it is once."""
    actor.require("portal.ask")
    customer = case.customer
    before = begin_request(actor, customer, key, DisputeCase.objects.all(), kind=Kind.DISPUTE)
    if before is not None:
        return before
    told = needed(
        text=reason, most=4_000, what="reason", missing="Say why you do not agree with the end."
    )
    case = reopen_case(actor=lent(actor, EDIT), case=case, reason=told[:190], as_of=as_of, at=at)
    say(actor, case, side=Side.CUSTOMER, text=told, as_of=as_of, at=at)
    keep_request(actor, customer, key, case, kind=Kind.DISPUTE, at=at)
    return case


def _go_on(actor: Actor, case: DisputeCase, *, as_of: date, at: datetime) -> None:
    """Let a case that waited for the customer go on; its clock runs again."""
    if case.status == Status.WAITING_CUSTOMER:
        review_case(actor=lent(actor, EDIT), case=case, as_of=as_of, at=at)


def _answer(question: DisputeComment, answer: str, *, at: datetime) -> None:
    rows = DisputeComment.objects.filter(pk=question.pk, answer="")
    if rows.update(answer=answer, answered_at=at) != 1:
        raise Refused("This was answered meanwhile; load the page again.")
