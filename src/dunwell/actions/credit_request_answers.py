"""What billing answers to credit requests, many at once: settled, refused, or told why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.credit_requests import refuse_request, settle_request
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.credit_request_files import AnswerLine
from dunwell.models import CreditRequest, Item
from dunwell.queries.credit_requests import UNANSWERED


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersTaken:
    """How many requests were settled, refused and are as before; `problems` name their lines."""

    settled: int
    refused: int
    unchanged: int
    problems: tuple[str, ...]


@transaction.atomic
def take_answers(
    *, actor: Actor, answers: Sequence[AnswerLine], as_of: date, at: datetime
) -> AnswersTaken:
    """Settle and refuse requests as billing says; a line that cannot be done leaves the others be.

    The same file again changes nothing. A credit note has to be in the ledger first.
    """
    actor.require("credit_request.edit")
    by_number = {
        one.number: one
        for one in CreditRequest.objects.filter(
            company=actor.company, number__in=[one.request for one in answers]
        ).select_related("dispute__item", "resolution__case", "credit_item")
    }
    names = [one.credit_note for one in answers if one.credit_note]
    notes: dict[tuple[int, str], Item] = {
        (note.customer_id, note.number): note
        for note in Item.objects.filter(
            company=actor.company, number__in=names, kind=Item.Kind.CREDIT_NOTE
        )
    }
    settled = refused = unchanged = 0
    problems: list[str] = []
    # one order for every file, so that two at once do not wait for each other
    for line in sorted(answers, key=lambda one: _place(by_number.get(one.request))):
        request = by_number.get(line.request)
        if request is None:
            problems.append(f"line {line.row}: there is no credit request {line.request}.")
            continue
        if _is_known(request, line):
            unchanged += 1
            continue
        try:
            with transaction.atomic():
                if line.refusal:
                    refuse_request(
                        actor=actor, request=request, reason=line.refusal, as_of=as_of, at=at
                    )
                    refused += 1
                    continue
                note = notes.get((request.dispute.customer_id, line.credit_note))
                if note is None:
                    problems.append(
                        f"line {line.row}: {line.credit_note} is no credit note of the customer "
                        "in the ledger; import it first."
                    )
                    continue
                settle_request(actor=actor, request=request, credit_item=note, as_of=as_of, at=at)
                settled += 1
        except Refused as refusal:
            problems.append(f"line {line.row}: {refusal}")
    return AnswersTaken(
        settled=settled, refused=refused, unchanged=unchanged, problems=tuple(problems)
    )


def _is_known(request: CreditRequest, line: AnswerLine) -> bool:
    """Return whether a line says nothing, or what is recorded already."""
    if not line.credit_note and not line.refusal:
        return True
    if request.status in UNANSWERED:
        return False
    if line.refusal:
        return request.status == CreditRequest.Status.REFUSED
    note = request.credit_item
    return note is not None and note.number == line.credit_note


def _place(request: CreditRequest | None) -> tuple[int, int]:
    return (request.dispute.customer_id, request.pk) if request else (0, 0)
