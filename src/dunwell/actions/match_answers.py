"""What matching said of each payment, turned into what is written: a case and its decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dunwell.actions.gate import Refused
from dunwell.actions.match_decisions import Decision, Deduction, GivenUp, planned
from dunwell.actions.match_moves import Status
from dunwell.engine.matching import Matching
from dunwell.engine.matching.answers import Proposal
from dunwell.models import Adjustment, Dispute, Item, MatchProposal, Payment
from dunwell.queries.match_frames import MatchFrames, PaymentSeen
from dunwell.queries.match_repeats import Money, Repeats

Reason = Dispute.Reason
DEDUCTED: Mapping[str, str] = {
    "freight": Reason.FREIGHT,
    "pricing": Reason.PRICE,
    "promotion": Reason.PROMOTION,
    "damage": Reason.DAMAGE,
    "quality": Reason.QUALITY,
    "returns": Reason.RETURN,
    "shortage": Reason.SHORT_DELIVERY,
    "tax": Reason.TAX,
    "penalty": Reason.CONTRACT,
    "other": Reason.OTHER,
    "unearned_discount": Reason.DISCOUNT,
}
"""Kinds of shortfall that are refused to be paid, and the reason of the dispute they open."""
GIVEN_UP: Mapping[str, tuple[str, str]] = {
    "discount": (Adjustment.Kind.DISCOUNT, "Discount within its days, taken"),
    "fee": (Adjustment.Kind.SMALL_BALANCE, "Bank fee or small difference"),
    "fx": (Adjustment.Kind.FX, "Difference of exchange rates"),
}
"""Kinds of shortfall that are given up. All others stay open and are still to be paid."""
BUDGETED = (Adjustment.Kind.SMALL_BALANCE, Adjustment.Kind.FX)
"""What is given up without being owed: within the budget of small differences."""

WHY: Mapping[str, str] = {
    "prepayment": "The text speaks of a payment in advance; no open item fits it.",
    "other_currency": "It names items of another currency, and no exchange rate makes them meet.",
    "no_match": "No open item fits it.",
}
SURE_PAYER = ("known", "close")
"""Grades of the payer by which a payment of one customer is surely that customer's."""
LONGEST_WHY = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is to become of one payment; amounts in minor units of the items by key."""

    seen: PaymentSeen
    status: str
    reason: str = ""
    why: str = ""
    escalate_to: str = ""
    proposals: tuple[Proposal, ...] = ()
    amounts: Mapping[int, int] = field(default_factory=dict)
    paid: Mapping[int, int] = field(default_factory=dict)
    payer_id: int | None = None

    def doubted(self, reason: str, *, why: str) -> "Answer":
        """Return the answer left to a person instead of posted; whose it is must be known then."""
        return replace(
            self,
            payer_id=_payer(self.proposals, is_posted=False),
            status=Status.EXCEPTION,
            reason=reason,
            why=_sentence(why),
            escalate_to="",
        )


def read_answers(matching: Matching, frames: MatchFrames) -> list[Answer]:
    """Return one answer per payment of the frames, in their order."""
    note_posted(matching, frames)
    proposals = _proposals(matching)
    held = {str(one.payment_id): one for one in matching.held}
    unapplied = {str(one.payment_id): one.reason for one in matching.unapplied}
    amounts: dict[str, dict[int, int]] = {}
    paid: dict[str, dict[int, int]] = {}
    # what would give up too much is tried too: the budget says why not
    autos = {str(key) for key in matching.over}
    for one in matching.allocations:
        key, item = str(one.payment_id), int(one.item_id)
        amounts.setdefault(key, {})[item] = one.amount_minor
        if one.currency != frames.seen[key].currency:
            paid.setdefault(key, {})[item] = one.paid_minor
        if one.is_auto:
            autos.add(key)
    answers = []
    for number, seen in frames.seen.items():
        readings = tuple(proposals.get(number, ()))
        answer = Answer(
            seen=seen,
            status=Status.POSTED if number in autos else Status.EXCEPTION,
            proposals=readings,
            amounts=amounts.get(number, {}),
            paid=paid.get(number, {}),
            payer_id=_payer(readings, is_posted=number in autos),
        )
        if number in held:
            hold = held[number]
            answer = replace(
                answer,
                status=Status.HELD,
                reason=hold.reason,
                why=_sentence(hold.why),
                escalate_to=hold.escalate_to,
                payer_id=None,
            )
        elif answer.status == Status.EXCEPTION:
            answer = _exception(answer, unapplied.get(number, ""), frames.repeats)
        answers.append(answer)
    return answers


def note_posted(matching: Matching, frames: MatchFrames) -> None:
    """Know the payments that post by themselves as such that another may repeat.

    The next run finds them in the records; this one must say the same.
    """
    proposals = _proposals(matching)
    for key in dict.fromkeys(str(one.payment_id) for one in matching.allocations if one.is_auto):
        frames.repeats.note(
            _owned(frames.seen[key].money, _payer(proposals.get(key, ()), is_posted=True))
        )


def _owned(money: Money, payer_id: int | None) -> Money:
    """Return the payment with the customer it has from now on."""
    return replace(money, customer_id=payer_id) if money.customer_id is None else money


def _proposals(matching: Matching) -> dict[str, list[Proposal]]:
    found: dict[str, list[Proposal]] = {}
    for proposal in matching.proposals:
        found.setdefault(str(proposal.payment_id), []).append(proposal)
    return found


def _exception(answer: Answer, reason: str, repeats: Repeats) -> Answer:
    """Return the answer with why a person must look, held when it seems to come twice."""
    best = answer.proposals[0] if answer.proposals else None
    earlier = repeats.earlier(_owned(answer.seen.money, answer.payer_id))
    if earlier and (best is None or best.evidence.source != "reference"):
        return replace(
            answer,
            status=Status.HELD,
            reason="possible_duplicate",
            why=_sentence(f"the same amount came from the same payer with payment {earlier}"),
            escalate_to="cash application",
            payer_id=None,
        )
    if not answer.amounts:
        return answer.doubted(
            reason or "no_match", why=WHY[reason if reason in WHY else "no_match"]
        )
    return answer.doubted("unsure", why="; ".join(best.reasons) if best else "")


def _sentence(text: str) -> str:
    """Return a reason of the engine as a sentence of at most LONGEST_WHY characters."""
    whole = text[:1].upper() + text[1 : LONGEST_WHY - 1]
    return whole if not whole or whole.endswith(".") else f"{whole}."


def _payer(proposals: Sequence[Proposal], *, is_posted: bool) -> int | None:
    """Return whose payment it surely is: the best reading knows the payer, and all agree."""
    if not proposals or proposals[0].evidence.payer not in SURE_PAYER:
        return None
    if proposals[0].evidence.payer != "known" and not is_posted:
        return None
    told = proposals[:1] if is_posted else proposals
    found = {int(key) for one in told for key in one.customers}
    return found.pop() if len(found) == 1 else None


def decision_of(answer: Answer, *, items: Mapping[int, Item], payment: Payment) -> Decision:
    """Return what posting an answer writes; raise Refused when it cannot be written so."""
    parts, nettings = planned(answer.amounts, answer.paid, items=items, payment=payment)
    given_up, deductions = [], []
    # across currencies what is short is a difference of rates, which the journal derives
    shortfalls = () if answer.paid else answer.proposals[0].shortfalls
    for one in shortfalls:
        key = int(one.item_id)
        if one.kind in GIVEN_UP:
            kind, what = GIVEN_UP[one.kind]
            reason = f"{what} with payment {payment.number}"
            given_up.append(GivenUp(key, kind, one.amount_minor, reason))
        elif one.kind in DEDUCTED:
            deductions.append(
                Deduction(
                    item_id=key,
                    amount_minor=one.amount_minor,
                    reason=DEDUCTED[one.kind],
                    note=_note(one.kind, payment),
                )
            )
    if len({one.item_id for one in deductions}) < len(deductions):
        raise Refused("Two deductions fall on one item.")
    return Decision(
        payment=payment,
        parts=parts,
        nettings=nettings,
        given_up=given_up,
        deductions=deductions,
        payer_id=answer.payer_id,
    )


def _note(kind: str, payment: Payment) -> str:
    what = {
        "unearned_discount": "Discount that no terms grant on the day",
        "other": "Amount without a clear reason",
    }.get(kind, kind.capitalize())
    said = f": {payment.reference}" if payment.reference else ""
    return f"{what}, deducted from payment {payment.number}{said}"[:500]


def proposal_rows(answer: Answer, case_id: int) -> list[MatchProposal]:
    """Return the answer's proposals as records, not yet written."""
    return [
        MatchProposal(
            case_id=case_id,
            rank=one.rank,
            tier=one.tier,
            confidence_ppm=one.confidence_ppm,
            evidence=evidence_of(one),
            allocations=[[int(key), amount] for key, amount in one.allocations],
            shortfalls=[
                {
                    "item_id": int(short.item_id),
                    "kind": short.kind,
                    "amount_minor": short.amount_minor,
                }
                for short in one.shortfalls
            ],
            left_minor=one.left_minor,
            reasons=list(one.reasons),
        )
        for one in answer.proposals
    ]


def evidence_of(proposal: Proposal) -> list[str]:
    """Return the evidence of a proposal as records keep it."""
    cell = proposal.evidence
    return [cell.source, cell.fit, cell.reference, cell.payer, cell.doubt]


def content(row: MatchProposal) -> tuple[Any, ...]:
    """Return what a proposal says, to compare it with another."""
    return (
        *(row.rank, row.tier, row.confidence_ppm, row.evidence, row.allocations),
        *(row.shortfalls, row.left_minor, row.reasons),
    )
