"""What the debtor's people say to the lines of their statement, and what follows from a no."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.dispute_cases import open_case
from dunwell.actions.dispute_intake import DisputedPart
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent, open_customer
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.texts import fitting
from dunwell.formats.account_statement import AccountLine
from dunwell.models import (
    Customer,
    DisputeCase,
    Item,
    OpenItem,
    PortalSeat,
    StatementAnswer,
)
from dunwell.queries.account_documents import Span
from dunwell.queries.statement_answers import newest_answers
from dunwell.queries.statements import preview

MOST_AT_ONCE = 500
LONGEST_NOTE = 300
Verdict = StatementAnswer.Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAnswer:
    """A word about one line; `opens_query` asks us to clear the item up, for `reason`."""

    line_key: str
    verdict: str
    note: str = ""
    opens_query: bool = False
    reason: str = "other"


@transaction.atomic
def answer_statement(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    span: Span,
    answers: Sequence[LineAnswer],
    as_of: date,
    at: datetime,
) -> tuple[StatementAnswer, ...]:
    """Keep what somebody says to lines of the statement over a span; return what is new.

    Amounts are the ledger's at that moment. What the line's newest answer says already is not
    written again. A no needs a word; it opens a query where that is asked for and the item is
    open, and asks a colleague of ours to look at it otherwise. Raises Refused for a line the
    statement does not have, and for a no without a word.
    """
    actor.require("portal.ask")
    open_customer(actor, customer)
    if not answers:
        raise Refused("Say of at least one line whether it is right.")
    if len(answers) > MOST_AT_ONCE:
        raise Refused(f"Answer at most {MOST_AT_ONCE} lines at once.")
    lines = _lines(actor, customer, span)
    told = [_checked(one, lines) for one in answers]
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = newest_answers(customer, [one.line_key for one in told])
    fresh = [one for one in told if not _stands(before.get(one.line_key), one)]
    if not fresh:
        return ()
    items = _items(customer, fresh)
    cases = _cases(actor, customer, fresh, items, as_of=as_of, at=at)
    made = StatementAnswer.objects.bulk_create(
        StatementAnswer(
            company=actor.company,
            customer=customer,
            seat=seat,
            item=items.get(one.line_key),
            case=cases.get(one.line_key),
            line_key=one.line_key,
            line_number=lines[one.line_key].number[:80],
            currency=lines[one.line_key].currency,
            amount_minor=lines[one.line_key].amount_minor,
            verdict=one.verdict,
            note=one.note,
            by=actor.name,
            answered_on=as_of,
            recorded_at=at,
        )
        for one in fresh
    )
    _follow(actor, customer, fresh, lines, cases, as_of=as_of, at=at)
    record_event(
        actor,
        "statement_answer.given",
        made[0],
        at=at,
        customer_id=customer.pk,
        from_on=span.from_on.isoformat(),
        to_on=span.to_on.isoformat(),
        agrees=[one.line_number for one in made if one.verdict == Verdict.AGREES],
        disagrees=[
            {"line": one.line_number, "note": one.note}
            for one in made
            if one.verdict == Verdict.DISAGREES
        ],
    )
    return tuple(made)


def _lines(actor: Actor, customer: Customer, span: Span) -> Mapping[str, AccountLine]:
    document = preview(actor.company, customer, span=span)
    return {line.key: line for account in document.accounts for line in account.lines}


def _checked(one: LineAnswer, lines: Mapping[str, AccountLine]) -> LineAnswer:
    if one.line_key not in lines:
        raise Refused(
            "The statement does not have one of these lines any more; load the page again."
        )
    if one.verdict not in Verdict.values:
        raise Refused(f"A line {' or '.join(Verdict.values)}; {one.verdict!r} is neither.")
    number = lines[one.line_key].number
    note = fitting(text=one.note, most=LONGEST_NOTE, what=f"note to {number}")
    if one.verdict == Verdict.DISAGREES and not note:
        raise Refused(f"Say in a word what is wrong with {number}.")
    return LineAnswer(
        line_key=one.line_key,
        verdict=one.verdict,
        note=note if one.verdict == Verdict.DISAGREES else "",
        opens_query=one.opens_query and one.verdict == Verdict.DISAGREES,
        reason=one.reason,
    )


def _stands(before: StatementAnswer | None, one: LineAnswer) -> bool:
    if before is None or (before.verdict, before.note) != (one.verdict, one.note):
        return False
    return not one.opens_query or before.case_id is not None


def _items(customer: Customer, answers: Collection[LineAnswer]) -> Mapping[str, Item]:
    """Return the item of each line that is one, by the line's key."""
    keys = {
        int(one.line_key.removeprefix("item:")): one.line_key
        for one in answers
        if one.line_key.startswith("item:")
    }
    found = Item.objects.filter(customer=customer, pk__in=keys)
    return {keys[item.pk]: item for item in found}


def _cases(
    actor: Actor,
    customer: Customer,
    answers: Sequence[LineAnswer],
    items: Mapping[str, Item],
    *,
    as_of: date,
    at: datetime,
) -> Mapping[str, DisputeCase]:
    """Open a query for each line that asks for one and whose item is open."""
    asked = [one for one in answers if one.opens_query and one.line_key in items]
    open_minor = dict(
        OpenItem.objects.filter(
            item__in=[items[one.line_key].pk for one in asked], open_minor__gt=0
        ).values_list("item_id", "open_minor")
    )
    found = {}
    for one in asked:
        item = items[one.line_key]
        if item.pk not in open_minor:
            continue
        found[one.line_key] = open_case(
            actor=lent(actor, "dispute.open"),
            customer=customer,
            reason=one.reason,
            parts=[DisputedPart(item=item, amount_minor=open_minor[item.pk], note=one.note)],
            source=DisputeCase.Source.PORTAL,
            note=one.note,
            as_of=as_of,
            at=at,
        )
    return found


def _follow(
    actor: Actor,
    customer: Customer,
    answers: Sequence[LineAnswer],
    lines: Mapping[str, AccountLine],
    cases: Mapping[str, DisputeCase],
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Ask a colleague to look at what is called wrong and became no query."""
    left = [
        lines[one.line_key].number
        for one in answers
        if one.verdict == Verdict.DISAGREES and one.line_key not in cases
    ]
    if left:
        ask_follow_up(
            company_id=actor.company.pk,
            customer_id=customer.pk,
            reason=f"Statement: the customer disagrees with {', '.join(left)}"[:300],
            as_of=as_of,
            at=at,
        )
