"""Short builders for dispute cases, made by the real actions; every call is a minute later."""

from datetime import timedelta
from itertools import count

from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.gate import system
from dunwell.models import Dispute
from dunwell.queries.dispute_amounts import case_amounts
from tests.conftest import AT, TODAY

_MINUTES = count(1)


def on(days=0):
    """The day and the moment of an action; later calls are later moments."""
    at = AT + timedelta(days=days, minutes=next(_MINUTES) % 600)
    return {"as_of": TODAY + timedelta(days=days), "at": at}


def case_over(
    item, amount_minor, *, reason="price", source="staff", actor=None, days=0, **changes
):
    """A case over a part of one item."""
    return open_case(
        actor=actor or system(item.company),
        customer=item.customer,
        reason=reason,
        parts=[DisputedPart(item=item, amount_minor=amount_minor)],
        source=source,
        **changes,
        **on(days),
    )


def part_of(case):
    """The one open part of a case."""
    return Dispute.objects.get(case=case, closed_on=None)


def resolve(case, actor, *, days=0, credit=0, denied=0, written_off=0, **changes):
    """Propose how the one open part of a case ends, without the evidence asked for."""
    part = ResolvedPart(
        dispute=part_of(case),
        credit_minor=credit,
        denied_minor=denied,
        written_off_minor=written_off,
    )
    values = {"reason": "agreed", "missing_evidence": "not needed for this", **changes}
    return propose_resolution(actor=actor, case=case, parts=[part], **values, **on(days))


def amounts(case, *, days=0):
    """Original, open, credited, paid, written off, cleared, removed of a case in euro cents."""
    as_of = TODAY + timedelta(days=days)
    ((found,),) = case_amounts(case.company, case_ids=[case.pk], as_of=as_of).values()
    assert found.original_minor == sum(
        (
            *(found.open_minor, found.credited_minor, found.paid_minor),
            *(found.written_off_minor, found.cleared_minor, found.removed_minor),
        )
    )
    return (
        *(found.original_minor, found.open_minor, found.credited_minor, found.paid_minor),
        *(found.written_off_minor, found.cleared_minor, found.removed_minor),
    )


def parts_of(case):
    """Every part of a case in order: amount, still open?, outcome."""
    rows = Dispute.objects.filter(case=case).order_by("pk")
    return [(row.amount_minor, row.closed_on is None, row.outcome) for row in rows]
