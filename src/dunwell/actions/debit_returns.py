"""Direct debits that came back: the payment undone, and what the ladder says of the mandate.

A refund within eight weeks, one of an unauthorised debit within thirteen months, a return and
a refusal before settlement all lead here; the reason code tells them apart.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.items import add_item
from dunwell.actions.mandates import move_mandate
from dunwell.actions.payments import reverse_payment
from dunwell.actions.uploads import keep_upload
from dunwell.engine.debits import CURRENCY, Aftermath, after_return
from dunwell.engine.return_reasons import RETURN_REASONS
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.pain002 import Status as Verdict
from dunwell.formats.pain002 import StatusReport, read_pain002
from dunwell.formats.pain008 import batch_id
from dunwell.models import Debit, DebitRun, Item, Mandate, Payment, Task
from dunwell.queries.cash_policies import cash_policy_in_force

Status = Debit.Status

LONGEST_CODE = 10
LARGEST_REPORT = 20_000_000
"""Bytes of a status report that are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportOutcome:
    """What a status report led to: debits refused now, and ids it names that are not ours."""

    run: DebitRun
    refused: int
    unknown: tuple[str, ...]


@transaction.atomic
def return_debit(
    *,
    actor: Actor,
    debit: Debit,
    reason_code: str,
    returned_on: date,
    text: str = "",
    fee_minor: int | None = None,
    is_refused: bool = False,
    as_of: date,
    at: datetime,
) -> Debit:
    """Record that a debit came back; its payment is undone and its items are open again.

    By the company's ladder it is tried again on `retry_on`, or its mandate is suspended or
    ended, each with a task for a person. A fee of the policy (or `fee_minor`) becomes an item.
    `is_refused`: the bank did not even present it. Raises Refused for a debit that is not with
    the bank nor collected.
    """
    actor.require("payment.reverse")
    debit = _locked(actor, debit)
    code = reason_code.strip().upper()[:LONGEST_CODE]
    if not code:
        raise Refused("Give the reason code of the bank, such as AM04.")
    if returned_on > as_of:
        raise Refused(f"The debit cannot be returned on {returned_on}; that lies in the future.")
    policy = cash_policy_in_force(actor.company, as_of=as_of)
    aftermath = after_return(
        policy.debit, reason_code=code, attempt=debit.attempt, returned_on=returned_on
    )
    _undo(actor, debit, code, is_refused=is_refused, as_of=as_of, at=at)
    Debit.objects.filter(pk=debit.pk).update(
        reason_code=code, returned_on=returned_on, retry_on=aftermath.retry_on
    )
    fee = _charge(
        actor,
        debit,
        policy.returned.fee_minor if fee_minor is None else fee_minor,
        as_of=as_of,
        at=at,
    )
    _follow(actor, debit, aftermath, code=code, as_of=as_of, at=at)
    debit.refresh_from_db()
    record_event(
        actor,
        "debit.refused" if is_refused else "debit.returned",
        debit,
        at=at,
        customer_id=debit.customer_id,
        end_to_end=debit.end_to_end,
        amount_minor=debit.amount_minor,
        reason_code=code,
        text=" ".join(text.split())[:300],
        returned_on=returned_on.isoformat(),
        act=aftermath.act,
        retry_on=aftermath.retry_on.isoformat() if aftermath.retry_on else "",
        fee=fee.number if fee else "",
    )
    return debit


@transaction.atomic
def apply_status_report(
    *, actor: Actor, content: bytes, name: str, as_of: date, at: datetime
) -> ReportOutcome:
    """Read what the bank says of a run (pain.002) and record what it refuses.

    When it refuses the whole file or a whole batch no mandate is at fault: the debits are
    refused, their items go into the next run, and the ladder is not asked. The same report
    again changes nothing. Raises Refused for a file that is no status report, and one about a
    message that is not ours.
    """
    actor.require("payment.reverse")
    if len(content) > LARGEST_REPORT:
        raise Refused(f"{name} is larger than any status report; choose another file.")
    try:
        report = read_pain002(content, name)
    except StatementError as error:
        raise Refused(str(error)) from error
    run = (
        DebitRun.objects.select_for_update(no_key=True)
        .filter(company=actor.company, message_id=report.original_id)
        .first()
    )
    if run is None:
        raise Refused(
            f"{name} is about message {report.original_id[:40]}, which is no run of "
            f"{actor.company.name}."
        )
    debits = {debit.end_to_end: debit for debit in Debit.objects.filter(run=run).order_by("pk")}
    refused = 0
    for debit in debits.values():
        verdict, is_own = _verdict(report, run, debit)
        if not verdict.is_refused or debit.status != Status.SENT:
            continue
        refused += 1
        if is_own:
            return_debit(
                actor=actor,
                debit=debit,
                reason_code=verdict.reason_code or "MS03",
                returned_on=as_of,
                text=verdict.text,
                is_refused=True,
                as_of=as_of,
                at=at,
            )
        else:
            Debit.objects.filter(pk=debit.pk, status=Status.SENT).update(
                status=Status.REFUSED, reason_code=verdict.reason_code, returned_on=as_of
            )
    unknown = tuple(sorted(report.debits.keys() - debits.keys()))
    record_event(
        actor,
        "debits.answered",
        run,
        at=at,
        number=run.number,
        report=report.message_id,
        sha256=keep_upload(content, by=actor, at=at),
        status=report.group.code,
        reason_code=report.group.reason_code,
        refused=refused,
        unknown=list(unknown[:20]),
    )
    return ReportOutcome(run=run, refused=refused, unknown=unknown)


def _verdict(report: StatusReport, run: DebitRun, debit: Debit) -> tuple[Verdict, bool]:
    """Return the verdict on a debit, and whether it is about this debit alone."""
    if debit.end_to_end in report.debits:
        own = report.debits[debit.end_to_end]
        # a debit listed under a refused batch may carry the status without a reason of its own
        return own, bool(own.reason_code) or not report.group.is_refused
    batch = report.batches.get(batch_id(run.message_id, debit.sequence))
    if batch is not None and batch.is_refused:
        return batch, False
    return report.group, False


def _locked(actor: Actor, debit: Debit) -> Debit:
    found = (
        Debit.objects.select_for_update(no_key=True, of=("self",))
        .select_related("run", "customer", "mandate", "payment")
        .filter(run__company=actor.company, pk=debit.pk)
        .first()
    )
    if found is None:
        raise Refused("This debit belongs to another company.")
    return found


def _undo(
    actor: Actor, debit: Debit, code: str, *, is_refused: bool, as_of: date, at: datetime
) -> None:
    """Move the debit on, and take its payment back unless the bank's entry did that already."""
    before = Status(debit.status)
    status = Status.REFUSED if is_refused and before == Status.SENT else Status.RETURNED
    if status not in Debit.MOVES[before]:
        raise Refused(f"Debit {debit.end_to_end} is: {before.label.lower()}; it cannot come back.")
    if not Debit.objects.filter(pk=debit.pk, status=before).update(status=status):
        raise Refused("This debit has just changed; load the page again.")
    payment = debit.payment
    if payment is not None and not Payment.objects.filter(reverses=payment).exists():
        words = RETURN_REASONS.get(code, "")
        reason = f"Direct debit returned: {code} {words}".strip()
        reverse_payment(actor=actor, payment=payment, reason=reason, as_of=as_of, at=at)


def _charge(
    actor: Actor, debit: Debit, fee_minor: int, *, as_of: date, at: datetime
) -> Item | None:
    """Add the fee of a return as an item, due at once; 0 charges nothing."""
    if fee_minor <= 0:
        return None
    return add_item(
        actor=actor,
        customer=debit.customer,
        number=f"{debit.end_to_end}-F",
        kind=Item.Kind.FEE,
        currency=CURRENCY,
        amount_minor=fee_minor,
        issued_on=as_of,
        due_on=as_of,
        reference=f"returned debit {debit.end_to_end}",
        as_of=as_of,
        at=at,
    )


def _follow(
    actor: Actor, debit: Debit, aftermath: Aftermath, *, code: str, as_of: date, at: datetime
) -> None:
    """Suspend or end the mandate as the ladder says, and ask a person where one is needed."""
    words = RETURN_REASONS.get(code, "")
    told = f"{code} {words}".strip()
    mandate = debit.mandate
    if aftermath.act == "fix" and mandate.status == Mandate.Status.ACTIVE:
        move_mandate(
            actor, mandate, Mandate.Status.SUSPENDED, at=at, reason=f"Debit returned: {told}"[:300]
        )
    if aftermath.act == "stop" and mandate.status != Mandate.Status.ENDED:
        move_mandate(
            actor,
            mandate,
            Mandate.Status.ENDED,
            at=at,
            reason=f"Debit returned: {told}"[:300],
            ended_on=as_of,
        )
    if aftermath.act == "retry":
        return
    asked = {
        "fix": "Put it right with the customer, then resume the mandate or get a new one.",
        "stop": "The mandate has ended; agree on another way to pay.",
        "give_up": "It was tried as often as agreed; agree on another way to pay.",
    }[aftermath.act]
    Task.objects.bulk_create(
        [
            Task(
                company=actor.company,
                customer=debit.customer,
                kind=Task.Kind.CALL,
                reason=f"Direct debit {debit.end_to_end} returned: {told}. {asked}"[:300],
                due_on=as_of,
                as_of=as_of,
                recorded_at=at,
            )
        ],
        ignore_conflicts=True,
    )
