"""Handing a direct debit run to the bank: one pain.008, written once and kept byte for byte."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from dunwell.actions.debit_lines import check_debits, close_retries
from dunwell.actions.debit_notices import told_debits
from dunwell.actions.debit_runs import end_last_mandates, locked_run
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import keep_bytes
from dunwell.engine.debits import earliest_collection
from dunwell.formats.pain008 import (
    SCHEMAS,
    Collection,
    Creditor,
    DebitFileError,
    write_pain008,
)
from dunwell.models import Debit, DebitRun, Message
from dunwell.queries.cash_policies import cash_policy_in_force

MOST_NAMED = 5


@transaction.atomic
def send_run(
    *,
    actor: Actor,
    run: DebitRun,
    schema: str = SCHEMAS[0],
    as_of: date,
    at: datetime,
) -> DebitRun:
    """Write the file of an approved run and count its debits as handed over.

    It happens once; the file kept under `run.sha256` is what every download gives. Raises
    Refused when customers were not told in time, when the day has come too near, when an
    amount is no longer owed, and when the bank would refuse the file.
    """
    actor.require("debit.prepare")
    run = locked_run(actor, run)
    if run.status != DebitRun.Status.APPROVED:
        label = DebitRun.Status(run.status).label.lower()
        raise Refused(f"Run {run.number} is: {label}. Only an approved run is handed over.")
    policy = cash_policy_in_force(run.company, as_of=as_of).debit
    first = earliest_collection(as_of, lead_days=policy.lead_days)
    if run.collect_on < first:
        raise Refused(
            f"The bank cannot collect on {run.collect_on} any more; the first day it can is "
            f"{first}. Cancel the run and prepare it for a later day."
        )
    debits = told_debits(run)
    _check_told(run, debits, notice_days=policy.notice_days)
    check_debits(run, debits)
    message_id = f"DD{run.company_id}-{run.number}"
    content = _written(run, debits, message_id=message_id, schema=schema, at=at)
    sha256 = keep_bytes(content)
    DebitRun.objects.filter(pk=run.pk, status=DebitRun.Status.APPROVED).update(
        status=DebitRun.Status.SENT, message_id=message_id, sha256=sha256, sent_at=at
    )
    Debit.objects.filter(run=run, status=Debit.Status.PLANNED).update(status=Debit.Status.SENT)
    close_retries(debits)
    end_last_mandates(actor, debits, on=as_of, at=at)
    run.refresh_from_db()
    record_event(
        actor,
        "debits.sent",
        run,
        at=at,
        number=run.number,
        message_id=message_id,
        sha256=sha256,
        schema=schema,
        debits=run.lines_count,
        total_minor=run.total_minor,
    )
    return run


def _check_told(run: DebitRun, debits: Sequence[Debit], *, notice_days: int) -> None:
    """Raise Refused for debits whose customer was not told, or later than agreed."""
    untold = [
        debit
        for debit in debits
        if debit.notice is None or debit.notice.status not in Message.ARRIVING
    ]
    if untold:
        raise Refused(
            f"{_names(untold)} must be told first: messages go out by themselves within "
            "minutes, letters once you have noted that they were posted. Or take the debits out."
        )
    last = run.collect_on - timedelta(days=notice_days)
    zone = ZoneInfo(run.company.zone)
    late = [
        debit
        for debit in debits
        if debit.retry_of_id is None
        and debit.notice is not None
        and debit.notice.sent_at is not None
        and debit.notice.sent_at.astimezone(zone).date() > last
    ]
    if late:
        raise Refused(
            f"{_names(late)} heard of it after {last}, less than {notice_days} days before. Take "
            "the debits out and collect them on a later day."
        )


def _written(
    run: DebitRun, debits: Sequence[Debit], *, message_id: str, schema: str, at: datetime
) -> bytes:
    account = run.account
    try:
        return write_pain008(
            creditor=Creditor(
                name=run.company.name,
                iban=account.account.replace(" ", ""),
                bic=account.bic,
                creditor_id=account.creditor_id.replace(" ", ""),
            ),
            collections=[_collection(debit) for debit in debits],
            scheme=run.scheme,
            collect_on=run.collect_on,
            message_id=message_id,
            made_at=at,
            schema=schema,
        )
    except DebitFileError as error:
        raise Refused(str(error)) from error


def _collection(debit: Debit) -> Collection:
    mandate = debit.mandate
    if mandate.signed_on is None:
        raise Refused(f"Mandate {mandate.reference} is not signed.")
    numbers = [line.item.number for line in debit.lines.all()]
    return Collection(
        end_to_end=debit.end_to_end,
        sequence=debit.sequence,
        amount_minor=debit.amount_minor,
        mandate=mandate.reference,
        signed_on=mandate.signed_on,
        debtor=mandate.debtor,
        iban=mandate.iban,
        bic=mandate.bic,
        text=", ".join(numbers),
    )


def _names(debits: Sequence[Debit]) -> str:
    named = ", ".join(debit.customer.name for debit in debits[:MOST_NAMED])
    more = len(debits) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
