"""What we and the customer say to each other about a case; both read it, the rest stays ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import money_text
from dunwell.actions.dispute_evidence import add_evidence
from dunwell.actions.dispute_parts import (
    Status,
    change_case,
    check_running,
    locked_case,
    move_case,
    open_parts,
    responded,
    sums_by_currency,
    tell,
)
from dunwell.actions.gate import Actor, Refused, lent
from dunwell.actions.portal_notices import notify
from dunwell.actions.texts import fitting, needed
from dunwell.models import DisputeCase, DisputeComment

Kind, Side = DisputeComment.Kind, DisputeComment.Side
LONGEST_TEXT = 4_000
SAID_TWICE_SECONDS = 60
"""The same words of the same person within this time are the same comment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """A file that comes with a comment, and the kind of evidence it is."""

    kind: str
    name: str
    data: bytes


@transaction.atomic
def write_to_customer(
    *,
    actor: Actor,
    case: DisputeCase,
    text: str,
    kind: str = Kind.COMMENT,
    credit_minor: int | None = None,
    as_of: date,
    at: datetime,
) -> DisputeComment:
    """Say something about a case that the customer reads in the portal, and is told of by mail.

    A question, and a proposal that names what we would credit, let the case wait for the
    customer: its clock stops. A proposal decides nothing; what is agreed is resolved as ever.
    Raises Refused for a case that was closed or merged, a question while its end is being
    decided, and a credit beyond what is disputed.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_open_to_words(case)
    if kind not in Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Kind.values)}.")
    told = needed(text=text, most=LONGEST_TEXT, what="text", missing="Write something.")
    if (before := _said_just_now(case, actor, kind, told, at=at)) is not None:
        return before
    currency, credit = "", None
    if kind == Kind.PROPOSAL:
        currency, credit = _proposed(case, credit_minor)
    elif credit_minor is not None:
        raise Refused("Only a proposal names an amount.")
    answered = responded(case, as_of=as_of)
    if kind != Kind.COMMENT:
        check_running(case)
    if kind != Kind.COMMENT and case.status != Status.WAITING_CUSTOMER:
        move_case(case, Status.WAITING_CUSTOMER, as_of=as_of, **answered)
    elif answered:
        change_case(case, **answered)
    comment = say(
        actor, case, side=Side.US, kind=kind, text=told, credit_minor=credit, currency=currency,
        at=at,
    )  # fmt: skip
    wrote = DisputeComment.objects.filter(case=case, side=Side.CUSTOMER)
    notify(
        actor,
        case.customer,
        kind=str(kind),
        what=case.number,
        page="portal-dispute",
        page_id=case.pk,
        thread=f"case-{case.pk}",
        key=f"comment-{comment.pk}",
        whom=set(wrote.values_list("by", flat=True)),
        as_of=as_of,
        at=at,
    )
    return comment


def say(
    actor: Actor,
    case: DisputeCase,
    *,
    side: str,
    text: str,
    kind: str = Kind.COMMENT,
    credit_minor: int | None = None,
    currency: str = "",
    files: Sequence[Enclosed] = (),
    as_of: date | None = None,
    at: datetime,
) -> DisputeComment:
    """Write a comment on a locked case, with its files as evidence that both sides see.

    Part of the action that calls it. Raises Refused for a file that is not taken.
    """
    comment = DisputeComment.objects.create(
        case=case,
        side=side,
        kind=kind,
        text=fitting(text=text, most=LONGEST_TEXT, what="text"),
        credit_minor=credit_minor,
        currency=currency,
        by=actor.name,
        recorded_at=at,
    )
    for file in files:
        add_evidence(
            actor=lent(actor, "dispute.edit"),
            case=case,
            kind=file.kind,
            name=file.name,
            data=file.data,
            comment=comment,
            as_of=as_of or at.date(),
            at=at,
        )
    tell(
        actor, "commented", case, at=at, comment=comment.pk, side=str(side), kind=str(kind),
        files=len(files),
    )  # fmt: skip
    return comment


def open_question(case: DisputeCase) -> DisputeComment | None:
    """Return the last question or proposal of ours that waits for the customer, None for none."""
    asked = DisputeComment.objects.filter(case=case, side=Side.US).exclude(kind=Kind.COMMENT)
    last = asked.order_by("-pk").first()
    return last if last is not None and not last.answer else None


def check_open_to_words(case: DisputeCase) -> None:
    """Raise Refused for a case that was closed or merged."""
    if case.status in (Status.CLOSED, Status.MERGED):
        label = Status(case.status).label.lower()
        raise Refused(f"{case.number} is marked: {label}; nothing can be added to it.")


def _proposed(case: DisputeCase, credit_minor: int | None) -> tuple[str, int]:
    """Return currency and credit of a proposal; refuse what is not disputed."""
    sums = {code: minor for code, minor in sums_by_currency(open_parts(case)).items() if minor}
    if len(sums) != 1:
        raise Refused("A proposal is in one currency; split the case, or write a comment.")
    ((currency, most),) = sums.items()
    if credit_minor is None or not 0 <= credit_minor <= most:
        raise Refused(
            f"Propose to credit from 0 to {money_text(most, currency)}, what is disputed."
        )
    return currency, credit_minor


def _said_just_now(
    case: DisputeCase, actor: Actor, kind: str, text: str, *, at: datetime
) -> DisputeComment | None:
    last = DisputeComment.objects.filter(case=case).order_by("-pk").first()
    if last is None or (last.by, last.kind, last.text) != (actor.name, kind, text):
        return None
    return last if (at - last.recorded_at).total_seconds() <= SAID_TWICE_SECONDS else None
