"""The bad goods of the demo's story: each dispute from first word to end, and its cause."""

from datetime import date, timedelta

from dunwell.actions.cause_actions import add_cause_action, finish_cause_action
from dunwell.actions.credit_requests import settle_request
from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.dispute_evidence import add_evidence
from dunwell.actions.dispute_moves import assign_case
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.items import add_item
from dunwell.demo.customers import LEAD
from dunwell.jobs.demo_credit_desk import HOME
from dunwell.jobs.demo_history import History, approved, on, received, shared_out
from dunwell.models import CreditRequest, Dispute, DisputeCase, Item, User

TITLE = "Seals leak"
ROOT_CAUSE = "product_quality"
ENDS = ("credit", "denied", "credit", "written_off")
"""How the cases end, in turn, and how much of the item is disputed."""

DISPUTED_PERCENT = (40, 25, 100, 15)
OPENED_BEFORE_DUE_DAYS = 4
ASSIGNED_AFTER_DAYS, SEEN_AFTER_DAYS, ENDED_AFTER_DAYS, PAID_AFTER_DAYS = 2, 6, 24, 34
CREDITED_AFTER_DAYS = 4


def bad_goods_are_disputed(history: History) -> bool:
    """Take in what customers say of the bad goods, decide it, and remove the cause."""
    if DisputeCase.objects.filter(company=history.company, title=TITLE).exists():
        return False
    cases = [item for _, items in history.owing("case") for item in items]
    for number, item in enumerate(sorted(cases, key=lambda item: (item.due_on, item.pk))):
        _case(history, item, number)
    if cases:
        _cause_is_removed(history)
    return bool(cases)


def _case(history: History, item: Item, number: int) -> None:
    """Open a case over a part of an item, decide it weeks later, and take the rest's money."""
    actor = history.actor(LEAD)
    end = ENDS[number % len(ENDS)]
    opened = history.day(max(item.issued_on, item.due_on - timedelta(OPENED_BEFORE_DUE_DAYS)))
    minor = max(1, item.amount_minor * DISPUTED_PERCENT[number % len(ENDS)] // 100)
    case = open_case(
        actor=actor,
        customer=item.customer,
        reason="quality",
        parts=[DisputedPart(item=item, amount_minor=minor)],
        source=DisputeCase.Source.STAFF,
        title=TITLE,
        note="Sealing rings of the new supplier; photographs are with the case.",
        **on(opened),
    )
    ben = User.objects.get(username="ben")
    assign_case(actor=actor, case=case, owner=ben, **on(history.day(opened, ASSIGNED_AFTER_DAYS)))
    add_evidence(
        actor=actor,
        case=case,
        kind="photos",
        note="Five photographs, sent by the customer",
        **on(history.day(opened, SEEN_AFTER_DAYS)),
    )
    day = history.day(opened, ENDED_AFTER_DAYS)
    dispute = Dispute.objects.get(case=case, closed_on=None)
    resolution = propose_resolution(
        actor=actor,
        case=case,
        parts=[ResolvedPart(dispute=dispute, **{f"{end}_minor": minor})],
        reason="The seals of this delivery are from an earlier, good batch."
        if end == "denied"
        else "The customer is right: rings of the bad batch.",
        root_cause=ROOT_CAUSE,
        missing_evidence="Seen by our own fitter",
        **on(day),
    )
    approved(history, "disputeresolution", resolution.pk, day)
    if end == "credit":
        _credited(history, item, minor, history.day(day, CREDITED_AFTER_DAYS))
    left = shared_out([item], item.amount_minor)
    if left:
        received(history, item.customer, left, history.day(opened, PAID_AFTER_DAYS))


def _credited(history: History, item: Item, minor: int, day: date) -> None:
    """Let the ledger bring the credit note that answers the request."""
    actor = history.actor(LEAD)
    note = add_item(
        actor=actor,
        customer=item.customer,
        number=f"CN-Q-{item.number}",
        kind=Item.Kind.CREDIT_NOTE,
        currency=HOME,
        amount_minor=-minor,
        issued_on=day,
        due_on=day,
        reference=item.number,
        **on(day),
    )
    request = CreditRequest.objects.get(dispute__item=item, status=CreditRequest.Status.OPEN)
    settle_request(actor=actor, request=request, credit_item=note, **on(day, 10))


def _cause_is_removed(history: History) -> None:
    """Change the supplier; whether fewer disputes came of it, the day's cycle says."""
    day = history.day(history.measures, 3)
    action = add_cause_action(
        actor=history.actor(LEAD),
        root_cause=ROOT_CAUSE,
        action="Buy the sealing rings from the old supplier again; test ten of each delivery",
        owner=User.objects.get(username="ben"),
        due_on=day + timedelta(days=30),
        **on(day),
    )
    finish_cause_action(actor=history.actor(LEAD), cause_action=action, **on(history.day(day, 20)))
