"""Mandates and direct debit runs at every stage, for calls that need one to name."""

from dataclasses import replace
from datetime import timedelta

from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_runs import approve_run, prepare_run
from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.actions.mandates import add_mandate, sign_mandate, suspend_mandate
from dunwell.engine.calendars import TARGET, next_business_day
from dunwell.models import BankAccount, Debit, DebitItem, DebitRun, Message
from tests.api.autopay_books import keep_autopay
from tests.conftest import add_customer

OURS, THEIRS = "DE02100500000054540402", "DE02120300000000202051"


def keep_debits(company, tag, *, today, at):
    """Add a mandate and a run of every stage; return path parameter -> key."""
    actor, on = system(company), {"as_of": today, "at": at}
    account = BankAccount.objects.create(
        company=company, account=OURS, currency="EUR", name="Debits", bic="COBADEFFXXX",
        creditor_id="DE98ZZZ09999999999", recorded_at=at,
    )  # fmt: skip

    def mandate(number):
        customer = add_customer(company, f"{tag}D{number}", f"Debtor {number}")
        return add_mandate(
            actor=actor, customer=customer, reference=f"{tag}M{number}", iban=THEIRS, at=at
        )

    def run(number, *, weeks):
        found = mandate(number)
        sign_mandate(actor=actor, mandate=found, signed_on=today, **on)
        add_item(
            actor=actor, customer=found.customer, number=f"{tag}DR{number}", kind="invoice",
            currency="EUR", amount_minor=10_00, issued_on=today, due_on=today, **on,
        )  # fmt: skip
        day = next_business_day(today + timedelta(weeks=weeks), country=TARGET)
        return prepare_run(
            actor=replace(actor, name=f"{tag}peter"),
            account=account,
            scheme="CORE",
            collect_on=day,
            customer_ids=[found.customer_id],
            **on,
        )

    def approved(number, *, weeks):
        return approve_run(actor=actor, run=run(number, weeks=weeks), **on)

    def told(number, *, weeks):
        found = approved(number, weeks=weeks)
        Message.objects.filter(debits__run=found).update(status="sent", sent_at=at)
        return found

    unsigned = mandate(1)
    draft, to_post, ready = run(2, weeks=3), approved(3, weeks=4), told(4, weeks=5)
    gone = send_run(actor=actor, run=told(5, weeks=6), **on)
    over = send_run(actor=actor, run=told(6, weeks=7), **on)
    DebitRun.objects.filter(pk=over.pk).update(collect_on=today)
    paused = mandate(7)
    sign_mandate(actor=actor, mandate=paused, signed_on=today, **on)
    suspend_mandate(actor=actor, mandate=paused, reason="account blocked", at=at)
    line = DebitItem.objects.select_related("item", "debit__customer").filter(debit__run=draft)[0]
    return {
        **keep_autopay(line.debit.customer, line.item, tag=tag, as_of=today, at=at),
        "collecting_id": account.pk,
        "debit_id": Debit.objects.get(run=draft).pk,
        "debit_run_id": draft.pk,
        "mandate_id": Debit.objects.get(run=draft).mandate_id,
        "unsigned_id": unsigned.pk,
        "paused_id": paused.pk,
        "to_post_id": to_post.pk,
        "ready_id": ready.pk,
        "gone_id": gone.pk,
        "gone_debit_id": Debit.objects.get(run=gone).pk,
        "gone_message": gone.message_id,
        "over_id": over.pk,
    }
