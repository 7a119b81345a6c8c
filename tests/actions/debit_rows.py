"""What tests of direct debits share: an account, signed mandates, runs at every stage."""

from datetime import UTC, date, datetime

import time_machine

from dunwell.actions.contacts import add_contact
from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_runs import approve_run, prepare_run
from dunwell.actions.gate import system
from dunwell.actions.mandates import add_mandate, sign_mandate
from dunwell.jobs.deliver import deliver
from dunwell.models import BankAccount, BankEntry, BankFile, BankStatement, Debit
from tests.actions.desk import acting
from tests.conftest import AT, TODAY

COLLECT = date(2026, 3, 20)
"""A TARGET business day, fifteen days after TODAY: just enough to tell everybody."""
COLLECTED_AT = datetime(2026, 3, 23, 8, tzinfo=UTC)
OURS = "DE89370400440532013000"
THEIRS = "DE02120300000000202051"
NOW = {"as_of": TODAY, "at": AT}


def account_of(company, **changes):
    """An account of ours that can collect."""
    values = {
        "account": OURS,
        "currency": "EUR",
        "name": "Main account",
        "bic": "COBADEFFXXX",
        "creditor_id": "DE98ZZZ09999999999",
        "recorded_at": AT,
        **changes,
    }
    return BankAccount.objects.create(company=company, **values)


def mandate_of(customer, reference="", *, signed_on=date(2026, 1, 5), contact=True, **changes):
    """A signed mandate of the customer, who has an e-mail address."""
    actor = system(customer.company)
    mandate = add_mandate(
        actor=actor,
        customer=customer,
        reference=reference or f"M-{customer.number}",
        **{"iban": THEIRS, "at": AT, **changes},
    )
    if signed_on is not None:
        sign_mandate(actor=actor, mandate=mandate, signed_on=signed_on, **NOW)
        mandate.refresh_from_db()
    if contact:
        add_contact(
            actor=actor,
            customer=customer,
            email=f"ap@{customer.number.lower()}.example",
            name="Pat",
            at=AT,
        )
    return mandate


def prepared(user, account, **changes):
    """A draft run for COLLECT."""
    values = {"scheme": "CORE", "collect_on": COLLECT, **NOW, **changes}
    return prepare_run(actor=acting(user), account=account, **values)


def approved(user, run, **changes):
    """The run, approved by a second person, its customers put on the outbox."""
    return approve_run(actor=acting(user), run=run, **{**NOW, **changes})


def tell(company, at=AT):
    """Deliver what waits in the outbox, at a moment."""
    with time_machine.travel(at, tick=False):
        return deliver(company.pk)


def sent(clerk, manager, account, **changes):
    """A run that is with the bank, its customers told."""
    run = approved(manager, prepared(clerk, account, **changes))
    tell(run.company)
    return send_run(actor=acting(clerk), run=run, **NOW)


def asked(run):
    """What a run asks for: customer number -> (sequence, attempt, {item: cents})."""
    return {
        debit.customer.number: (
            debit.sequence,
            debit.attempt,
            {line.item.number: line.amount_minor for line in debit.lines.order_by("item")},
        )
        for debit in run.debits.exclude(status="cancelled").order_by("customer__number")
    }


def entry_of(account, number, amount_minor, *, on=COLLECT, **changes):
    """An entry of a statement of the account."""
    file, _ = BankFile.objects.get_or_create(
        company=account.company,
        sha256="f" * 64,
        defaults={"name": "statement.xml", "size_bytes": 1, "received_at": AT},
    )
    statement, _ = BankStatement.objects.get_or_create(
        company=account.company,
        identity="s",
        content="c",
        defaults={
            "file": file,
            "account": account,
            "kind": "statement",
            "recorded_at": AT,
            "closing_on": on,
        },
    )
    return BankEntry.objects.create(
        company=account.company,
        statement=statement,
        account=account,
        **{
            "entry_id": number,
            "money_identity": number,
            "value_on": on,
            "booked_on": on,
            "amount_minor": amount_minor,
            "currency": "EUR",
            "recorded_at": AT,
            **changes,
        },
    )


def standing(run):
    """Status of each debit by end-to-end id without its run."""
    found = Debit.objects.filter(run=run).order_by("pk")
    return [(debit.customer.number, debit.status) for debit in found]
