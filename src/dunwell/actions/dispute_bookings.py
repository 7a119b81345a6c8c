"""What a decided resolution does: parts denied are owed again, written off, or asked as credit.

Nothing here is an action of its own: the caller holds customer and case and checked authority.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from dunwell.actions.adjustments import book_adjustment
from dunwell.actions.allocations import check_day, locked_items, money_text
from dunwell.actions.dispute_moves import check_dates
from dunwell.actions.dispute_parts import (
    Status,
    close_parts,
    go_on,
    judge,
    move_case,
    next_numbers,
    open_parts,
    responded,
    tell,
)
from dunwell.actions.gate import Actor, Refused
from dunwell.models import (
    Adjustment,
    CreditRequest,
    Dispute,
    DisputeCase,
    DisputeResolution,
)
from dunwell.queries.dispute_facts import disputed_now
from dunwell.queries.dispute_policies import dispute_policy_in_force

Kind, Resolved = DisputeResolution.Kind, DisputeResolution.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedPart:
    """How one disputed part ends; the three sum to what of it is disputed and open now."""

    dispute: Dispute
    credit_minor: int = 0
    denied_minor: int = 0
    written_off_minor: int = 0

    @property
    def total_minor(self) -> int:
        """Return what the part disposes of."""
        return self.credit_minor + self.denied_minor + self.written_off_minor

    def document(self) -> dict[str, int]:
        """Return the part as the record of a resolution keeps it."""
        return {
            "dispute": self.dispute.pk,
            "credit_minor": self.credit_minor,
            "denied_minor": self.denied_minor,
            "written_off_minor": self.written_off_minor,
        }


def request_number(number: int) -> str:
    """Return how a credit request is called."""
    return f"CR-{number:06d}"


def checked_parts(case: DisputeCase, parts: Sequence[ResolvedPart]) -> dict[int, ResolvedPart]:
    """Return the parts by the key of their dispute; refuse what does not dispose of all of it.

    Parts of which all was paid meanwhile need not be named.
    """
    held = open_parts(case)
    now = disputed_now(held)
    by_key = {part.dispute.pk: part for part in parts}
    if len(by_key) < len(parts):
        raise Refused("A disputed part stands twice; state once how it ends.")
    if by_key.keys() - now.keys():
        raise Refused(f"A part is not disputed in {case.number} now; load the page again.")
    if len({one.item.currency for one in held if now[one.pk]}) > 1:
        raise Refused(f"{case.number} is about several currencies; split it by currency first.")
    if not any(now.values()):
        raise Refused(f"Nothing of {case.number} is open any more; it was paid.")
    for one in held:
        part = by_key.get(one.pk, ResolvedPart(dispute=one))
        if min(part.credit_minor, part.denied_minor, part.written_off_minor) < 0:
            raise Refused(f"Amounts of {one.item.number} cannot be below 0.")
        if part.total_minor != now[one.pk]:
            raise Refused(
                f"{money_text(now[one.pk], one.item.currency)} of {one.item.number} is disputed "
                f"and open; credit, denial and write-off come to "
                f"{money_text(part.total_minor, one.item.currency)}."
            )
    return by_key


def carry_out(
    actor: Actor,
    case: DisputeCase,
    resolution: DisputeResolution,
    *,
    by: str,
    certified: Mapping[str, object] = MappingProxyType({}),
    as_of: date,
    at: datetime,
) -> None:
    """Do what a resolution says: parts end, write-offs are booked, credit notes are asked for.

    `certified` is what the event says of the certificates it was decided with. Raises Refused
    when something was paid or changed on a part since it was proposed.
    """
    held = {one.pk: one for one in open_parts(case)}
    check_dates(list(held.values()), as_of=as_of)
    stated = [
        ResolvedPart(
            dispute=held[one["dispute"]],
            credit_minor=one["credit_minor"],
            denied_minor=one["denied_minor"],
            written_off_minor=one["written_off_minor"],
        )
        for one in resolution.parts
        if one["dispute"] in held
    ]
    if len(stated) < len(resolution.parts):
        raise Refused("A part of this resolution is no longer disputed; propose it anew.")
    parts = checked_parts(case, stated)
    written = _write_off(case, resolution, parts, as_of=as_of, at=at)
    asked = []
    for key, one in sorted(held.items()):
        part = parts.get(key, ResolvedPart(dispute=one))
        outcome = _outcome(resolution, part)
        if not part.credit_minor:
            close_parts([one], outcome=outcome, as_of=as_of)
        elif part.total_minor == part.credit_minor:
            asked.append((one, part.credit_minor))
        else:
            rest = go_on(one, amount_minor=part.credit_minor, outcome=outcome, as_of=as_of, at=at)
            asked.append((rest, part.credit_minor))
    requests = _ask_credit(case, resolution, asked, at=at)
    move_resolution(resolution, Resolved.APPROVED, decided_by=by, decided_at=at)
    if not requests:
        move_resolution(resolution, Resolved.DONE)
    move_case(
        case, Status.RESOLVED, as_of=as_of, resolved_on=as_of, **responded(case, as_of=as_of)
    )
    tell(
        actor, "resolved", case, at=at, resolution=resolution.pk, kind=str(resolution.kind),
        currency=resolution.currency, credit_minor=resolution.credit_minor,
        denied_minor=resolution.denied_minor, written_off_minor=resolution.written_off_minor,
        root_cause=case.root_cause, proposed_by=resolution.proposed_by,
        requests=[one.number for one in requests], adjustments=[one.pk for one in written],
        **certified,
    )  # fmt: skip


def turn_down(
    actor: Actor,
    case: DisputeCase,
    resolution: DisputeResolution,
    *,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Reject a resolution that waits: the case is reviewed again, nothing was booked."""
    move_resolution(
        resolution, Resolved.REJECTED, decided_by=actor.name, decided_at=at, note=reason[:500]
    )
    move_case(case, Status.IN_REVIEW, as_of=as_of)
    judge(case, dispute_policy_in_force(case.company, as_of=as_of).policy)
    tell(
        actor, "rejected", case, at=at, resolution=resolution.pk, reason=reason,
        proposed_by=resolution.proposed_by,
    )  # fmt: skip


def move_resolution(resolution: DisputeResolution, status: str, **fields: object) -> None:
    """Move a resolution on, with fields that change with it; refuse when somebody just did."""
    before = Resolved(resolution.status)
    if status not in DisputeResolution.MOVES[before]:
        raise Refused(f"This resolution is marked: {before.label.lower()}; load the page again.")
    rows = DisputeResolution.objects.filter(pk=resolution.pk, status=before).update(
        status=status, **fields
    )
    if rows != 1:
        raise Refused("Somebody else has just decided this; load the page again.")
    resolution.status = status
    for name, value in fields.items():
        setattr(resolution, name, value)


def _write_off(
    case: DisputeCase,
    resolution: DisputeResolution,
    parts: dict[int, ResolvedPart],
    *,
    as_of: date,
    at: datetime,
) -> list[Adjustment]:
    given_up = {part.dispute.item_id: part for part in parts.values() if part.written_off_minor}
    if not given_up:
        return []
    locked = locked_items(
        company=case.company, items=[part.dispute.item for part in given_up.values()]
    )
    written = []
    for key in sorted(given_up):
        one, amount = locked[key], given_up[key].written_off_minor
        check_day(one, as_of=as_of)
        if amount > one.open_minor:
            raise Refused(
                f"Only {money_text(one.open_minor, one.item.currency)} is open on "
                f"{one.item.number} now; propose the resolution anew."
            )
        written.append(
            book_adjustment(
                one,
                kind=Adjustment.Kind.WRITE_OFF,
                amount_minor=amount,
                reason=f"{case.number}: {resolution.reason}"[:300],
                on=as_of,
                as_of=as_of,
                at=at,
            )
        )
    return written


def _ask_credit(
    case: DisputeCase,
    resolution: DisputeResolution,
    asked: Sequence[tuple[Dispute, int]],
    *,
    at: datetime,
) -> list[CreditRequest]:
    if not asked:
        return []
    numbers = next_numbers(case.company, CreditRequest, len(asked))
    return CreditRequest.objects.bulk_create(
        CreditRequest(
            company=case.company,
            resolution=resolution,
            dispute=dispute,
            number=request_number(number),
            amount_minor=amount,
            currency=dispute.item.currency,
            is_rebilled=resolution.kind == Kind.REBILL,
            recorded_at=at,
        )
        for number, (dispute, amount) in zip(numbers, asked, strict=True)
    )


def _outcome(resolution: DisputeResolution, part: ResolvedPart) -> str:
    if not part.total_minor:
        return "Paid"
    told = [
        word
        for word, minor in (
            ("credit note asked for", part.credit_minor),
            ("denied", part.denied_minor),
            ("written off", part.written_off_minor),
        )
        if minor
    ]
    return f"{', '.join(told).capitalize()}: {resolution.reason}"
