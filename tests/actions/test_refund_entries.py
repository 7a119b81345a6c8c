"""What the bank's entries say of refunds: paid, come back, told once, and nothing else."""

import pytest

from dunwell.actions.gate import Forbidden, system
from dunwell.actions.periods import lock_period
from dunwell.actions.refund_entries import refund_numbers, settle_refund_entries
from dunwell.models import BankAccount, BankEntry, BankFile, BankStatement, Refund
from tests.actions.desk import acting, verbs
from tests.actions.ledger_rows import breaks, payment
from tests.actions.refund_rows import approved_payee, approved_refund
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def money(customer):
    return payment(customer, "P1", 100_00)


@pytest.fixture
def payee(clerk, manager, customer):
    return approved_payee(clerk, manager, customer)


@pytest.fixture
def statement(company):
    account = BankAccount.objects.create(
        company=company, account="DE1", currency="EUR", name="Main", recorded_at=AT
    )
    file = BankFile.objects.create(
        company=company, name="f", sha256="0" * 64, size_bytes=1, received_at=AT
    )
    return BankStatement.objects.create(
        company=company, file=file, account=account, kind="statement", identity="i", content="c",
        recorded_at=AT,
    )  # fmt: skip


@pytest.fixture
def entry(company, statement):
    def made(amount_minor, **changes):
        number = BankEntry.objects.count()
        values = {
            "currency": "EUR", "value_on": TODAY, "booked_on": TODAY, "treatment": "open",
            "text": "", **changes,
        }  # fmt: skip
        return BankEntry.objects.create(
            company=company, statement=statement, account=statement.account,
            entry_id=f"e{number}", money_identity=f"m{number}", amount_minor=amount_minor,
            recorded_at=AT, **values,
        )  # fmt: skip

    return made


def states():
    entries = BankEntry.objects.order_by("pk").values_list("treatment", flat=True)
    refunds = Refund.objects.order_by("pk").values_list("status", flat=True)
    return list(entries), list(refunds)


def test_money_that_went_out_pays_the_refund_it_names(
    company, clerk, manager, payee, money, entry
):
    for amount in (10_00, 20_00, 30_00):
        approved_refund(clerk, manager, money, payee, amount)
    entry(-10_00, end_to_end="RF-1")
    entry(-20_00, text="SEPA transfer Acme rf-2 of P1", treatment="other")
    entry(-30_00, reference="RF-33")
    entry(-30_01, reference="RF-3")
    entry(-30_00, reference="RF-3", currency="USD")

    assert settle_refund_entries(actor=acting(clerk), **ON) == 2
    assert settle_refund_entries(actor=acting(clerk), **ON) == 0

    assert states() == (
        ["refund", "refund", "open", "open", "open"], ["paid", "paid", "approved"],
    )  # fmt: skip
    assert verbs(company).count("refund.paid") == 2 and breaks(company) == {}


def test_money_that_came_back_fails_the_refund(company, clerk, manager, payee, money, entry):
    approved_refund(clerk, manager, money, payee, 100_00)
    entry(-100_00, end_to_end="RF-1")
    entry(100_00, end_to_end="RF-1", return_reason="AC04", text="account closed")
    entry(100_00, end_to_end="RF-1", treatment="payment", payment=money)

    assert settle_refund_entries(actor=acting(clerk), **ON) == 2

    assert states() == (["refund", "refund", "payment"], ["failed"])
    assert Refund.objects.get().decision == "came back from the bank on 2026-03-05: AC04"
    assert breaks(company) == {}


def test_a_second_payout_of_one_refund_waits_for_a_person(clerk, manager, payee, money, entry):
    approved_refund(clerk, manager, money, payee, 10_00)
    entry(-10_00, end_to_end="RF-1")
    entry(-10_00, end_to_end="RF-1")
    assert settle_refund_entries(actor=acting(clerk), **ON) == 1
    assert states() == (["refund", "open"], ["paid"])


def test_what_the_books_refuse_waits_for_a_person(company, clerk, manager, payee, money, entry):
    approved_refund(clerk, manager, money, payee, 10_00)
    entry(10_00, end_to_end="RF-1", is_reversal=True)
    lock_period(
        actor=acting(manager), until_on=TODAY, reason="month end",
        as_of=TODAY.replace(day=6), at=AT,
    )  # fmt: skip
    assert settle_refund_entries(actor=acting(clerk), **ON) == 0
    assert states() == (["open"], ["approved"]) and breaks(company) == {}


def test_only_who_may_import_bank_files_settles(company, collector):
    with pytest.raises(Forbidden):
        settle_refund_entries(actor=acting(collector), **ON)
    assert settle_refund_entries(actor=system(company), **ON) == 0


def test_numbers_are_read_as_words_of_their_own():
    texts = ("RF-1", "pay rf-20 now", "XRF-3", "RF18539007547034", "RF-004", "RF-5x RF-6")
    assert refund_numbers(texts) == {"RF-1", "RF-20", "RF-5", "RF-6"}
