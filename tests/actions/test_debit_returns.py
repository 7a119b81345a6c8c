"""Debits that come back: the books as before, and what each reason leads to."""

from datetime import date, timedelta

import pytest

from dunwell.actions.debit_returns import apply_status_report, return_debit
from dunwell.actions.debit_runs import approve_run, prepare_run, remove_debit
from dunwell.actions.debit_settlements import settle_debit_entries
from dunwell.actions.gate import Refused, system
from dunwell.actions.mandates import resume_mandate
from dunwell.models import Debit, Item, Mandate, Payment, Task
from dunwell.queries.debits import due_retries
from tests.actions.debit_rows import (
    COLLECT,
    COLLECTED_AT,
    account_of,
    asked,
    entry_of,
    mandate_of,
    sent,
    standing,
)
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.conftest import add_customer
from tests.formats.test_pain002 import report

BACK = date(2026, 3, 24)
AT_BACK = COLLECTED_AT + timedelta(days=1)
LATER = {"as_of": BACK, "at": AT_BACK}


@pytest.fixture
def account(company):
    return account_of(company)


@pytest.fixture
def run(company, clerk, manager, account):
    """Two debits with the bank: 120.00 of K1 for two items, 50.00 of K2."""
    for number, amounts in (("K1", (100_00, 20_00)), ("K2", (50_00,))):
        customer = add_customer(company, number)
        for place, amount in enumerate(amounts):
            invoice(customer, f"R-{number}-{place}", amount, due_on=COLLECT)
        mandate_of(customer)
    return sent(clerk, manager, account)


@pytest.fixture
def paid(company, account, run):
    """The same two, collected."""
    entry_of(account, "e1", 170_00, reference=run.message_id)
    settle_debit_entries(actor=system(company), as_of=COLLECT, at=COLLECTED_AT)
    return run


def came_back(user, debit, code="AM04", **changes):
    return return_debit(
        actor=acting(user),
        debit=debit,
        reason_code=code,
        **{"returned_on": BACK, **LATER, **changes},
    )


def first(run):
    return run.debits.order_by("pk")[0]


def test_a_return_opens_the_items_again_and_names_the_day_of_the_retry(company, clerk, paid):
    debit = came_back(clerk, first(paid), " am04 ", text="not  enough")

    # five TARGET business days after the 24th
    assert (debit.status, debit.reason_code, debit.retry_on) == (
        "returned",
        "AM04",
        date(2026, 3, 31),
    )
    assert open_amounts(company) == {"R-K1-0": 100_00, "R-K1-1": 20_00}
    assert Payment.objects.get(number=f"{debit.end_to_end}-R").amount_minor == -120_00
    assert not Task.objects.exists()
    verb, _, _, data = last_event(company)
    assert (verb, data["act"], data["retry_on"], data["text"]) == (
        "debit.returned",
        "retry",
        "2026-03-31",
        "not enough",
    )
    assert breaks(company) == {}


@pytest.mark.parametrize(
    ("code", "mandate", "asked_for"),
    [
        ("AC01", "suspended", "Put it right with the customer"),
        ("MD06", "suspended", "Put it right with the customer"),
        ("XX99", "suspended", "Put it right with the customer"),
        ("AC04", "ended", "agree on another way to pay"),
        ("MD01", "ended", "agree on another way to pay"),
    ],
)
def test_the_ladder_suspends_or_ends_the_mandate_and_asks_a_person(
    clerk, paid, code, mandate, asked_for
):
    debit = came_back(clerk, first(paid), code)

    found = Mandate.objects.get(pk=debit.mandate_id)
    assert (found.status, debit.retry_on) == (mandate, None)
    assert found.ended_on == (BACK if mandate == "ended" else None)
    task = Task.objects.get()
    assert (task.kind, task.customer_id) == ("call", debit.customer_id)
    assert f"returned: {code}" in task.reason and asked_for in task.reason


def test_a_fee_becomes_an_item_of_its_own(company, clerk, paid):
    debit = came_back(clerk, first(paid), fee_minor=3_50)

    fee = Item.objects.get(kind="fee")
    assert (fee.number, fee.amount_minor, fee.due_on) == (f"{debit.end_to_end}-F", 3_50, BACK)
    assert breaks(company) == {}


def test_it_comes_back_once_and_not_before_it_is_with_the_bank(clerk, paid):
    came_back(clerk, first(paid))

    with pytest.raises(Refused, match="is: returned; it cannot come back"):
        came_back(clerk, first(paid))
    with pytest.raises(Refused, match="lies in the future"):
        came_back(clerk, paid.debits.order_by("pk")[1], returned_on=BACK + timedelta(days=1))
    with pytest.raises(Refused, match="Give the reason code"):
        came_back(clerk, paid.debits.order_by("pk")[1], " ")


def test_the_bank_s_entry_returns_the_debit_by_itself(company, account, paid):
    entry = entry_of(
        account, "e2", -123_00, on=BACK, end_to_end=f"{paid.message_id}-1",
        return_reason="MD06 refund", charges_minor=3_00,
    )  # fmt: skip

    found = settle_debit_entries(actor=system(company), **LATER)

    entry.refresh_from_db()
    assert (found.collected, found.returned) == (0, 1)
    assert (entry.treatment, entry.payment.number) == ("return", f"{paid.message_id}-1")
    assert (first(paid).status, first(paid).reason_code) == ("returned", "MD06")
    assert settle_debit_entries(actor=system(company), **LATER).returned == 0


def test_a_return_that_the_import_took_back_already_still_climbs_the_ladder(
    company, account, paid
):
    from dunwell.actions.payments import reverse_payment

    payment = first(paid).payment
    reverse_payment(actor=system(company), payment=payment, reason="returned", **LATER)
    entry_of(
        account, "e2", -120_00, on=BACK, end_to_end=f"{paid.message_id}-1", return_reason="AC04",
        treatment="return", payment=payment,
    )  # fmt: skip

    assert settle_debit_entries(actor=system(company), **LATER).returned == 1

    assert first(paid).status == "returned"
    assert first(paid).mandate.status == "ended"
    assert Payment.objects.filter(reverses=payment).count() == 1
    assert breaks(company) == {}


def test_another_amount_or_a_debit_not_credited_yet_waits_for_a_person(company, account, run):
    entry_of(account, "e2", -120_00, on=BACK, end_to_end=f"{run.message_id}-1")

    assert settle_debit_entries(actor=system(company), **LATER).returned == 0
    assert standing(run) == [("K1", "sent"), ("K2", "sent")]


def prepare_again(clerk, account, collect_on, as_of=BACK):
    return prepare_run(
        actor=acting(clerk), account=account, scheme="CORE", collect_on=collect_on, as_of=as_of,
        at=AT_BACK,
    )  # fmt: skip


def test_a_retry_waits_for_its_day_and_needs_no_second_notice_period(
    company, clerk, manager, account, paid
):
    came_back(clerk, first(paid))
    invoice(first(paid).customer, "R-new", 5_00, due_on=BACK, as_of=BACK)

    with pytest.raises(Refused, match="cannot be debited: 1"):
        prepare_again(clerk, account, date(2026, 3, 30))
    again = prepare_again(clerk, account, date(2026, 3, 31))

    # the new item was not announced and has to wait
    assert asked(again) == {"K1": ("RCUR", 2, {"R-K1-0": 100_00, "R-K1-1": 20_00})}
    assert again.debits.get().retry_of == first(paid)
    assert due_retries(company, as_of=date(2026, 3, 31)) == 0
    approve_run(actor=acting(manager), run=again, **LATER)
    assert again.debits.get().notice.status == "ready"


def test_with_time_to_tell_a_retry_takes_new_items_along(clerk, account, paid):
    came_back(clerk, first(paid))
    invoice(first(paid).customer, "R-new", 5_00, due_on=BACK, as_of=BACK)

    again = prepare_again(clerk, account, date(2026, 4, 9))

    assert asked(again) == {"K1": ("RCUR", 2, {"R-K1-0": 100_00, "R-K1-1": 20_00, "R-new": 5_00})}


def test_a_retry_taken_out_of_a_draft_is_due_again(company, clerk, account, paid):
    came_back(clerk, first(paid))
    again = prepare_again(clerk, account, date(2026, 3, 31))

    remove_debit(actor=acting(clerk), debit=again.debits.get(), reason="not yet", at=AT_BACK)

    assert due_retries(company, as_of=date(2026, 3, 31)) == 1
    assert asked(prepare_again(clerk, account, date(2026, 3, 31)))["K1"][1] == 2


def test_after_the_last_retry_it_is_given_up_and_not_debited_again(clerk, account, paid):
    Debit.objects.filter(pk=first(paid).pk).update(attempt=3)

    debit = came_back(clerk, first(paid))

    assert (debit.retry_on, Mandate.objects.get(pk=debit.mandate_id).status) == (None, "active")
    assert "tried as often as agreed" in Task.objects.get().reason
    with pytest.raises(Refused, match="cannot be debited: 1"):
        prepare_again(clerk, account, date(2026, 4, 9))


def test_once_the_mandate_is_put_right_the_items_are_collected_again(clerk, account, paid):
    debit = came_back(clerk, first(paid), "AC01")
    with pytest.raises(Refused, match="cannot be debited: 1"):
        prepare_again(clerk, account, date(2026, 4, 9))

    mandate = Mandate.objects.get(pk=debit.mandate_id)
    resume_mandate(actor=acting(clerk), mandate=mandate, at=AT_BACK)

    assert asked(prepare_again(clerk, account, date(2026, 4, 9)))["K1"][1] == 1


def say(user, content):
    return apply_status_report(
        actor=acting(user), content=content, name="answer.xml", as_of=BACK, at=AT_BACK
    )


def test_the_bank_s_report_refuses_single_debits(company, clerk, account, run):
    name = run.message_id
    content = report(
        name, "PART", debits=[(f"{name}-1", "RJCT", "AC04"), ("DD9-9-9", "RJCT", "AM04")]
    )

    outcome = say(clerk, content)

    assert (outcome.run, outcome.refused, outcome.unknown) == (run, 1, ("DD9-9-9",))
    assert standing(run) == [("K1", "refused"), ("K2", "sent")]
    assert Mandate.objects.get(customer__number="K1").status == "ended"
    assert say(clerk, content).refused == 0
    entry_of(account, "e1", 50_00, reference=name)
    assert settle_debit_entries(actor=system(company), **LATER).collected == 1


@pytest.mark.parametrize("whole", ["group", "batch"])
def test_a_whole_file_or_batch_that_is_refused_blames_no_mandate(clerk, account, run, whole):
    name = run.message_id
    content = (
        report(name, "RJCT", reason="FF01")
        if whole == "group"
        else report(name, "PART", batches=[(f"{name}-FRST", "RJCT", "DT01")])
    )

    assert say(clerk, content).refused == 2

    assert standing(run) == [("K1", "refused"), ("K2", "refused")]
    assert set(Mandate.objects.values_list("status", flat=True)) == {"active"}
    again = prepare_again(clerk, account, date(2026, 4, 9))
    # nothing was presented, so it is a first debit still
    assert asked(again)["K1"] == ("FRST", 1, {"R-K1-0": 100_00, "R-K1-1": 20_00})


def test_a_report_about_something_else_is_refused(clerk, run):
    with pytest.raises(Refused, match="is about message DD9-9, which is no run of Northwind"):
        say(clerk, report("DD9-9", "RJCT"))
    with pytest.raises(Refused, match="answer.xml: line 1: .*this is no status report"):
        say(clerk, b"<Document><Other/></Document>")
