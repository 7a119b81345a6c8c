"""What tests of cash application share: bank money as the matching meets it, and its cases."""

from datetime import UTC, datetime, timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import record_payment
from dunwell.jobs.matching import match_open
from dunwell.models import BankAccount, BankEntry, BankFile, BankStatement, MatchCase
from tests.conftest import AT, TODAY

LATER = datetime(2026, 3, 6, 9, tzinfo=UTC)
TOMORROW = TODAY + timedelta(days=1)


def money(company, number, amount_minor, *, payer="", reference="", customer=None, **changes):
    """Money whose payer nobody knows yet, with what the bank says."""
    values = {
        "currency": "EUR",
        "value_on": TODAY - timedelta(days=1),
        "method": "bank",
        "as_of": TODAY,
        "at": AT,
        **changes,
    }
    return record_payment(
        actor=system(company),
        number=number,
        customer=customer,
        amount_minor=amount_minor,
        payer=payer,
        reference=reference,
        **values,
    )


def bank_entry(payment, **told):
    """What the bank said of a payment, with its statement and file."""
    company = payment.company
    own = BankAccount.objects.create(
        company=company, account="X", currency="EUR", name="Main", recorded_at=AT
    )
    file = BankFile.objects.create(
        company=company, name="f", sha256="0", size_bytes=1, received_at=AT
    )
    statement = BankStatement.objects.create(
        company=company,
        file=file,
        account=own,
        kind="camt.053",
        identity="1",
        content="1",
        recorded_at=AT,
    )
    values = {
        "counterparty": payment.payer,
        "counterparty_account": "DE89370400440532013000",
        "reference": payment.reference,
        **told,
    }
    return BankEntry.objects.create(
        company=company,
        statement=statement,
        account=own,
        entry_id="1",
        money_identity="1",
        value_on=payment.value_on,
        booked_on=payment.value_on,
        amount_minor=payment.amount_minor,
        currency="EUR",
        treatment="payment",
        payment=payment,
        recorded_at=AT,
        **values,
    )


def advised(payment):
    """A bank entry that tells charges, a text and one document paid."""
    listed = [{"reference": "R9", "paid_minor": 12_00}]
    return bank_entry(payment, text="thank you", charges_minor=1_50, remitted=listed)


def run(company, as_of=TODAY, at=AT, **asked):
    """Match what waits."""
    return match_open(company_id=company.pk, as_of=as_of, at=at, **asked)


def case_of(payment):
    """The case of a payment as it is now."""
    return MatchCase.objects.get(payment=payment)


def state(payment):
    """Status, reason and who looks at a payment's case."""
    case = case_of(payment)
    return case.status, case.reason, case.escalate_to
