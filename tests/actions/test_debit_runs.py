"""Direct debit runs: what is collected, who is left out, four eyes, and telling customers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_notices import letters_posted, tell_again
from dunwell.actions.debit_runs import cancel_run, mark_last, prepare_run, remove_debit
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Refused, system
from dunwell.actions.holds import place_hold
from dunwell.actions.mandates import end_mandate, suspend_mandate
from dunwell.actions.payments import apply_payment
from dunwell.actions.promises import record_promise
from dunwell.models import Debit, DebitRun, Event, Message, Task
from dunwell.queries.debits import left_out_rows, letters_of, notice_count
from tests.actions.debit_rows import (
    COLLECT,
    NOW,
    account_of,
    approved,
    asked,
    mandate_of,
    prepared,
    tell,
)
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_customer

DUE = {"due_on": COLLECT}


@pytest.fixture
def account(company):
    return account_of(company)


@pytest.fixture
def signed(customer):
    return mandate_of(customer)


def test_everything_due_goes_into_one_debit_a_customer(company, clerk, account, customer, signed):
    invoice(customer, "R1", 100_00, due_on=TODAY)
    invoice(customer, "R2", 50_00, **DUE)
    invoice(customer, "R3", 70_00, due_on=COLLECT + timedelta(days=1))
    invoice(add_customer(company, "K2"), "R4", 10_00, **DUE)

    run = prepared(clerk, account)

    assert asked(run) == {"K1": ("FRST", 1, {"R1": 100_00, "R2": 50_00})}
    assert (run.number, run.lines_count, run.total_minor, run.status) == (1, 1, 150_00, "draft")
    assert [debit.end_to_end for debit in run.debits.all()] == [f"DD{company.pk}-1-1"]
    assert last_event(company)[:2] == ("debits.prepared", "carla")


def test_what_is_disputed_promised_held_or_covered_by_credit_is_not_taken(
    company, clerk, account, customer, signed
):
    first, second, third = (
        invoice(customer, f"R{n}", 100_00, due_on=TODAY + timedelta(days=n)) for n in (1, 2, 3)
    )
    system_now = {"actor": system(company), **NOW}
    open_dispute(item=first, amount_minor=30_00, reason="price", **system_now)
    record_promise(
        customer=customer,
        amounts={second: 100_00},
        due_on=TODAY + timedelta(days=5),
        **system_now,
    )
    place_hold(customer=customer, item=third, reason="agreement", note="wait", **system_now)
    invoice(customer, "R4", 80_00, **DUE)
    invoice(customer, "G1", -20_00)
    payment(customer, "B1", 5_00)

    # 70 + 80 less 20 credit less 5 unapplied; the newest item bears it
    assert asked(prepared(clerk, account)) == {"K1": ("FRST", 1, {"R1": 70_00, "R4": 55_00})}


def test_preparing_again_takes_nothing_twice_and_a_draft_takes_what_came_since(
    company, clerk, account, customer, signed
):
    invoice(customer, "R1", 100_00, **DUE)
    first = prepared(clerk, account)

    assert prepared(clerk, account) == first
    invoice(customer, "R2", 7_00, **DUE)
    again = prepared(clerk, account)

    assert again == first
    assert asked(first) == {"K1": ("FRST", 1, {"R1": 100_00, "R2": 7_00})}
    assert (again.lines_count, again.total_minor) == (1, 107_00)
    later = COLLECT + timedelta(days=3)
    with pytest.raises(Refused, match="Nothing is left to collect by 2026-03-23.*debited: 1"):
        prepared(clerk, account, collect_on=later)


def test_a_draft_prepared_again_takes_the_mandate_that_counts_now(
    company, clerk, manager, account, customer, signed
):
    invoice(customer, "R1", 100_00, **DUE)
    run = prepared(clerk, account)
    events = Event.objects.filter(verb="debits.prepared").count()
    assert prepared(clerk, account) == run
    assert Event.objects.filter(verb="debits.prepared").count() == events

    # a last debit stays one as long as its mandate does
    mark_last(actor=acting(clerk), debit=run.debits.get(), at=AT)
    prepared(clerk, account)
    assert run.debits.get().sequence == "FNAL"

    end_mandate(actor=system(company), mandate=signed, reason="other account", **NOW)
    other = mandate_of(customer, "M-2", contact=False)
    assert prepared(clerk, account) == run
    debit = run.debits.get()
    assert (debit.mandate, debit.sequence, debit.attempt) == (other, "FRST", 1)
    assert [(line.item.number, line.amount_minor) for line in debit.lines.all()] == [
        ("R1", 100_00)
    ]
    assert Event.objects.filter(verb="debits.prepared").count() == events + 1
    assert approved(manager, run).status == "approved"


def test_a_draft_says_recurring_once_another_run_has_used_the_mandate(
    company, clerk, manager, account, customer, signed
):
    invoice(customer, "R1", 100_00, **DUE)
    later = COLLECT + timedelta(days=11)
    invoice(customer, "R2", 30_00, due_on=later)
    first = prepared(clerk, account)
    second = prepared(clerk, account, collect_on=later)
    assert asked(second) == {"K1": ("FRST", 1, {"R2": 30_00})}
    approved(manager, first)
    tell(company)
    send_run(actor=acting(clerk), run=first, **NOW)

    assert asked(prepared(clerk, account, collect_on=later)) == {"K1": ("RCUR", 1, {"R2": 30_00})}


def test_who_is_left_out_is_kept_with_the_reason(company, clerk, account, customer, signed):
    def owing(number, **changes):
        one = add_customer(company, number)
        invoice(one, f"R-{number}", 10_00, **DUE)
        return one, mandate_of(one, **changes)

    invoice(customer, "R1", 100_00, **DUE)
    owing("K2", signed_on=None)
    owing("K3", scheme="B2B")
    owing("K4", signed_on=date(2023, 3, 19))
    _, five = owing("K5")
    suspend_mandate(actor=system(company), mandate=five, reason="wrong account", at=AT)
    owing("K7", signed_on=date(2023, 3, 20))
    six, _ = owing("K6")
    payment(six, "B6", 10_00)

    run = prepared(clerk, account)

    rows, count = left_out_rows(company, run.pk)
    assert list(asked(run)) == ["K1", "K7"]
    assert count == 5
    assert {(row.customer_number, row.reason, row.due_minor) for row in rows} == {
        ("K2", "unsigned", 10_00),
        ("K3", "other_scheme", 10_00),
        ("K4", "lapsed", 10_00),
        ("K5", "suspended", 10_00),
        ("K6", "credits", 10_00),
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"collect_on": date(2026, 3, 21)}, "Banks settle nothing on 2026-03-21"),
        ({"collect_on": date(2026, 4, 3)}, "Banks settle nothing on 2026-04-03"),
        ({"collect_on": date(2026, 3, 6)}, "is too near; the first day that can be .* 2026-03-09"),
        (
            {"collect_on": date(2026, 3, 18)},
            "must be told 14 days before, which leaves out 1 of them",
        ),
        ({"scheme": "COR1"}, "There is no scheme COR1"),
    ],
)
def test_a_day_that_cannot_be_is_refused(clerk, account, customer, signed, change, sentence):
    invoice(customer, "R1", 100_00, due_on=TODAY)

    with pytest.raises(Refused, match=sentence):
        prepared(clerk, account, **change)
    assert not DebitRun.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"creditor_id": ""}, "has no creditor identifier"),
        ({"creditor_id": "DE97ZZZ09999999999"}, "DE97ZZZ09999999999 .* cannot be right"),
        ({"account": "532013000"}, "532013000 of Main account is no IBAN"),
        ({"currency": "USD"}, "is no active account in EUR"),
        ({"is_active": False}, "is no active account in EUR"),
    ],
)
def test_an_account_that_cannot_collect_is_refused(company, clerk, change, sentence):
    with pytest.raises(Refused, match=sentence):
        prepared(clerk, account_of(company, **change))


def test_only_chosen_customers_are_taken_when_named(company, clerk, account, customer, signed):
    other = add_customer(company, "K2")
    mandate_of(other)
    for one in (customer, other):
        invoice(one, f"R-{one.number}", 10_00, **DUE)

    assert list(asked(prepared(clerk, account, customer_ids=[other.pk]))) == ["K2"]


def test_approval_takes_a_second_person_and_tells_every_customer(
    company, clerk, manager, account, customer, signed
):
    by_post = add_customer(company, "K2", "Globex", language="de", address="Hauptstr. 1, Bonn")
    mandate_of(by_post, contact=False)
    for one in (customer, by_post):
        invoice(one, f"R-{one.number}", 1_234_56, **DUE)
    run = prepared(clerk, account)

    approved(manager, run)

    mail, letter = Message.objects.order_by("customer")
    assert (mail.channel, mail.to, mail.status) == ("notice", "ap@k1.example", "ready")
    assert (letter.channel, letter.to, letter.language) == ("post", "", "de")
    assert mail.subject == "Direct debit by Northwind on Mar 20, 2026"
    for text in ("€1,234.56", "M-K1", "DE98ZZZ09999999999", "R-K1", "DE** **** 2051", "5, 10"):
        assert text in mail.body
    assert "1.234,56\N{NO-BREAK SPACE}€" in letter.body and "Mandatsreferenz: M-K2" in letter.body
    assert list(mail.lines.values_list("open_minor", flat=True)) == [1_234_56]
    assert letters_of(company, run.pk)[0].startswith("Globex\nHauptstr. 1, Bonn\n\nSEPA")
    assert Task.objects.get().reason == f"Post: {letter.subject}"
    count = notice_count(company, run.pk)
    assert (count.sent, count.waiting, count.to_post, count.missing) == (0, 1, 1, 0)
    assert last_event(company)[0] == "debits.approved"
    assert breaks(company) == {}


def test_the_message_is_delivered_whatever_the_chase_gate_says(
    company, clerk, manager, account, customer, signed
):
    customer.is_opted_out = True
    customer.save()
    invoice(customer, "R1", 100_00, **DUE)
    run = approved(manager, prepared(clerk, account))

    assert tell(company) == {"sent": 1}
    assert notice_count(company, run.pk).sent == 1


def test_nobody_approves_their_own_run(company, clerk, manager, account, customer, signed):
    invoice(customer, "R1", 100_00, **DUE)
    run = prepared(clerk, account)
    DebitRun.objects.update(author=manager.username)

    with pytest.raises(Refused, match="You prepared this run; somebody else must approve it."):
        approved(manager, run)


def test_approval_is_refused_when_it_is_too_late_or_less_is_owed(
    company, clerk, manager, account, customer, signed
):
    item = invoice(customer, "R1", 100_00, **DUE)
    run = prepared(clerk, account)

    with pytest.raises(
        Refused, match="must be told 14 days before 2026-03-20.*too late now: Acme"
    ):
        approved(manager, run, as_of=TODAY + timedelta(days=2))
    money = payment(customer, "B1", 1_00)
    apply_payment(actor=system(company), payment=money, amounts={item: 1_00}, **NOW)
    with pytest.raises(Refused, match="debited with 100.00 EUR, but only 99.00 EUR is open now"):
        approved(manager, run)
    suspend_mandate(actor=system(company), mandate=signed, reason="x", at=AT)
    with pytest.raises(Refused, match="M-K1 of Acme is not active any more"):
        approved(manager, run)
    assert not Message.objects.exists()


def test_a_debit_taken_out_is_free_again_and_its_message_stopped(
    company, clerk, manager, account, customer, signed
):
    invoice(customer, "R1", 100_00, **DUE)
    run = approved(manager, prepared(clerk, account))
    debit = run.debits.get()

    remove_debit(actor=acting(clerk), debit=debit, reason="customer called", at=AT)

    run.refresh_from_db()
    assert (run.lines_count, run.total_minor) == (0, 0)
    assert Message.objects.get().status == "cancelled"
    with pytest.raises(Refused, match="taken out before"):
        remove_debit(actor=acting(clerk), debit=debit, reason="again", at=AT)
    with pytest.raises(Refused, match="Say why"):
        remove_debit(actor=acting(clerk), debit=debit, reason="", at=AT)
    assert asked(prepared(clerk, account)) == {"K1": ("FRST", 1, {"R1": 100_00})}


def test_a_cancelled_run_frees_all_and_stays_cancelled(
    company, clerk, manager, account, customer, signed
):
    invoice(customer, "R1", 100_00, **DUE)
    run = approved(manager, prepared(clerk, account))

    cancel_run(actor=acting(manager), run=run, reason="wrong day", at=AT)

    assert (DebitRun.objects.get().status, Debit.objects.get().status) == ("cancelled",) * 2
    assert tell(company) == {}
    with pytest.raises(Refused, match="is: cancelled; it cannot be cancelled"):
        cancel_run(actor=acting(manager), run=run, reason="again", at=AT)
    assert prepared(clerk, account).number == 2


def test_a_withdrawn_message_can_be_written_again_and_letters_noted_as_posted(
    company, clerk, manager, account, customer, signed
):
    invoice(customer, "R1", 100_00, **DUE)
    run = approved(manager, prepared(clerk, account))
    customer.contacts.update(email="new@k1.example")
    assert tell(company) == {"withdrawn": 1}

    assert tell_again(actor=acting(manager), run=run, **NOW) == 1
    assert tell(company) == {"sent": 1}
    assert list(Message.objects.order_by("pk").values_list("channel", "status", "to")) == [
        ("notice", "cancelled", "ap@k1.example"),
        ("notice2", "sent", "new@k1.example"),
    ]
    with pytest.raises(Refused, match="No letter of this run waits"):
        letters_posted(actor=acting(clerk), run=run, at=AT)


def test_posted_letters_count_as_told(company, clerk, manager, account, customer):
    mandate_of(customer, contact=False)
    invoice(customer, "R1", 100_00, **DUE)
    run = approved(manager, prepared(clerk, account))

    assert letters_posted(actor=acting(clerk), run=run, at=AT) == 1

    assert (notice_count(company, run.pk).sent, Task.objects.get().status) == (1, "done")


def test_preparing_and_approving_ask_as_many_queries_for_three_debits_as_for_one(
    company, clerk, manager, account
):
    asked_for = {}
    for number, count in enumerate((1, 3)):
        collect_on = COLLECT + timedelta(days=7 * number)
        for place in range(count):
            customer = add_customer(company, f"K{number}{place}", address="Hauptstr. 1, Bonn")
            mandate_of(customer, contact=place == 0)
            invoice(customer, f"R{number}{place}", 10_00, due_on=collect_on)
        with CaptureQueriesContext(connection) as preparing:
            run = prepared(clerk, account, collect_on=collect_on)
        assert run.lines_count == count
        with CaptureQueriesContext(connection) as approving:
            approved(manager, run)
        asked_for[count] = [len(preparing), len(approving)]
    # the letter of those without an address for mail is one query more
    assert asked_for[3] == [asked_for[1][0], asked_for[1][1] + 1]
    assert Message.objects.filter(channel="post").count() == Task.objects.count() == 2
    assert not Debit.objects.filter(notice=None).exists()


def test_a_last_debit_is_marked_in_a_draft_only(clerk, manager, account, customer, signed):
    invoice(customer, "R1", 100_00, **DUE)
    run = prepared(clerk, account)

    mark_last(actor=acting(clerk), debit=run.debits.get(), at=AT)

    assert run.debits.get().sequence == "FNAL"
    approved(manager, run)
    with pytest.raises(Refused, match="is: approved; it cannot be changed"):
        mark_last(actor=acting(clerk), debit=run.debits.get(), at=AT)


def test_another_company_cannot_touch_it(clerk, account, customer, signed, rival):
    invoice(customer, "R1", 100_00, **DUE)
    run = prepared(clerk, account)

    with pytest.raises(Refused, match="belongs to another company"):
        cancel_run(actor=acting(rival), run=run, reason="x", at=AT)
    with pytest.raises(Refused, match="belongs to another company"):
        prepare_run(actor=acting(rival), account=account, scheme="CORE", collect_on=COLLECT, **NOW)
