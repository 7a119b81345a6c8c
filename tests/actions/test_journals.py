"""Journals: every entry line once, balanced in each currency and at home, and taken over."""

import csv
import hashlib
import io
import json
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.journals import acknowledge_journal, make_journal
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.actions.rates import set_rate
from dunwell.formats.journal import COLUMNS, journal_csv, journal_json, journal_xlsx
from dunwell.models import Allocation, EntryLine, Event, Journal, JournalLine
from dunwell.queries.journals import exported_lines, journal_rows, unjournaled
from dunwell.queries.realised_fx import fx_months, fx_pending, fx_rows
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.test_payments_random import STEP, Play, pick, refused_unless
from tests.conftest import AT, TODAY

WHEN = {"as_of": TODAY, "at": AT}
ISSUED = TODAY - timedelta(days=10)


def rate(company, currency, from_on, ppm):
    set_rate(
        actor=system(company), currency=currency, from_on=from_on, rate_ppm=ppm, source="x", at=AT
    )


def make(company, until_on=TODAY, as_of=TODAY, at=AT):
    return make_journal(actor=system(company), until_on=until_on, as_of=as_of, at=at)


def booked(journal):
    """The journal's lines as (account, currency, amount, home)."""
    rows = JournalLine.objects.filter(journal=journal).order_by("place")
    return list(rows.values_list("account", "currency", "amount_minor", "home_minor"))


@pytest.fixture
def dollars(company, customer):
    """100.00 USD issued at 0.90, and as much received at 0.95."""
    rate(company, "USD", ISSUED, 900_000)
    rate(company, "USD", TODAY - timedelta(days=1), 950_000)
    return (
        invoice(customer, "D1", 100_00, currency="USD"),
        payment(customer, "P1", 100_00, currency="USD"),
    )


def test_a_journal_takes_each_line_once_and_is_numbered(company, manager, customer):
    invoice(customer, "R1", 100_00)
    actor = staff(manager, company)
    first = make_journal(actor=actor, until_on=TODAY, **WHEN)

    assert (first.number, first.lines, first.status, first.made_by) == (1, 2, "made", "mona")
    assert booked(first) == [
        ("receivable", "EUR", 100_00, 100_00),
        ("sales", "EUR", -100_00, -100_00),
    ]
    assert first.totals == [
        {
            "currency": "EUR", "lines": 2, "debit_minor": 100_00, "credit_minor": 100_00,
            "home_debit_minor": 100_00, "home_credit_minor": 100_00,
        }
    ]  # fmt: skip
    # a second click makes no second journal
    assert make_journal(actor=actor, until_on=TODAY, **WHEN) == first
    with pytest.raises(Refused, match="Everything booked up to 2026-03-04 is in a journal"):
        make(company, until_on=TODAY - timedelta(days=1))
    payment(customer, "P1", 40_00)
    second = make(company)
    assert (second.number, second.lines) == (2, 2)
    assert EntryLine.objects.filter(journal_line=None).count() == 0
    assert [e.verb for e in Event.objects.filter(subject="journal")] == ["journal.made"] * 2
    assert breaks(company) == {}


def test_a_journal_takes_what_is_booked_by_its_day_and_late_lines_go_into_the_next(
    company, customer
):
    invoice(customer, "R1", 100_00, issued_on=date(2026, 2, 20), due_on=TODAY)
    invoice(customer, "R2", 50_00, issued_on=date(2026, 3, 2), due_on=TODAY)
    february = make(company, until_on=date(2026, 2, 28))
    late = invoice(customer, "R3", 7_00, issued_on=date(2026, 2, 27), due_on=TODAY)
    march = make(company)

    assert set(february.rows.values_list("line__source_id", flat=True)) < set(range(late.pk))
    assert (february.lines, march.lines) == (2, 4)
    assert breaks(company) == {}


def test_nothing_to_take_and_days_to_come_are_refused(company):
    with pytest.raises(Refused, match="Nothing is booked up to 2026-03-05"):
        make(company)
    with pytest.raises(Refused, match="2026-03-06 lies in the future"):
        make(company, until_on=TODAY + timedelta(days=1))
    assert Journal.objects.count() == 0


def test_dollars_that_gained_are_realised_at_home_and_every_posting_balances(company, dollars):
    item, money = dollars
    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **WHEN)
    journal = make(company)

    assert booked(journal) == [
        ("receivable", "USD", 100_00, 90_00),
        ("sales", "USD", -100_00, -90_00),
        ("bank", "USD", 100_00, 95_00),
        ("unapplied", "USD", -100_00, -95_00),
        ("receivable", "USD", -100_00, -90_00),
        ("unapplied", "USD", 100_00, 95_00),
        ("fx", "EUR", 0, -5_00),
    ]
    (month,) = fx_months(company)
    assert (month.month_on, month.allocations, month.gain_minor) == (date(2026, 3, 1), 1, 5_00)
    (row,) = fx_rows(company, month_on=TODAY).rows
    assert (row.item, row.payment, row.amount_minor, row.gain_minor) == ("D1", "P1", 100_00, 5_00)
    assert breaks(company) == {}


def test_euros_on_a_dollar_invoice_carry_the_difference_on_the_exchange_lines(
    company, customer, dollars
):
    item = dollars[0]
    money = payment(customer, "E1", 96_00)
    apply_payment(
        actor=system(company), payment=money, amounts={item: 100_00}, paid={item: 93_00}, **WHEN
    )
    journal = make(company)

    assert [row for row in booked(journal) if row[0] == "fx"] == [
        ("fx", "USD", 100_00, 90_00),
        ("fx", "EUR", -93_00, -93_00),
    ]
    assert fx_months(company)[0].gain_minor == 3_00
    assert breaks(company) == {}


def test_netting_items_of_two_rates_and_a_write_off(company, customer, dollars):
    item = dollars[0]
    credit = invoice(
        customer, "C1", -40_00, currency="USD", issued_on=TODAY - timedelta(days=1), due_on=TODAY
    )
    apply_credit(actor=system(company), credit=credit, amounts={item: 40_00}, **WHEN)
    record_adjustment(
        actor=system(company), item=item, kind="write_off", amount_minor=60_00, reason="x", **WHEN
    )
    journal = make(company)

    # the credit note was worth 38.00 and took 36.00 of the invoice
    assert [row for row in booked(journal) if row[0] in {"netting", "write_off", "fx"}] == [
        ("netting", "USD", 40_00, 36_00),
        ("netting", "USD", -40_00, -36_00),
        ("write_off", "USD", 60_00, 54_00),
        ("fx", "EUR", 0, -2_00),
    ]
    assert breaks(company) == {}


def test_what_is_taken_back_undoes_its_exchange_difference_exactly(company, dollars):
    item, money = dollars
    actor = system(company)
    (row,) = apply_payment(actor=actor, payment=money, amounts={item: 33_33}, **WHEN)
    first = make(company)
    # a later change of the rates changes nothing that was booked
    rate(company, "USD", ISSUED, 800_000)
    reverse_allocation(actor=actor, allocation=row, reason="x", **WHEN)
    reverse_payment(actor=actor, payment=money, reason="x", **WHEN)
    second = make(company)

    fx = JournalLine.objects.filter(account="fx").values_list("journal", "home_minor")
    assert sorted(fx) == [(first.pk, -1_66), (second.pk, 1_66)]
    per_account = JournalLine.objects.values_list("account").annotate(home=Sum("home_minor"))
    assert dict(per_account) == {
        "receivable": 90_00, "sales": -90_00, "bank": 0, "unapplied": 0, "fx": 0,
    }  # fmt: skip
    assert breaks(company) == {}


def test_without_a_rate_no_journal_is_made_and_the_rate_is_named(company, customer):
    item = invoice(customer, "D1", 100_00, currency="USD")
    with pytest.raises(Refused) as refusal:
        make(company)
    assert str(refusal.value) == (
        "An exchange rate is missing: USD on 2026-02-23. Add a rate from that day or before "
        "under Settings, Exchange rates; values are not guessed."
    )
    pending = fx_pending(company, as_of=TODAY)
    assert [(rate.currency, rate.on) for rate in pending.missing] == [("USD", item.issued_on)]
    assert Journal.objects.count() == 0


def test_what_no_journal_has_yet_is_counted_beside(company, dollars):
    item, money = dollars
    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **WHEN)

    assert (fx_pending(company, as_of=TODAY).allocations, fx_months(company)) == (1, ())
    assert fx_pending(company, as_of=TODAY).gain_minor == 5_00
    assert unjournaled(company, until_on=TODAY).lines == 6
    make(company)
    assert fx_pending(company, as_of=TODAY).allocations == 0
    assert unjournaled(company, until_on=TODAY).lines == 0


def test_a_journal_is_taken_over_once(company, manager, clerk, customer, rival):
    invoice(customer, "R1", 100_00)
    journal, actor = make(company), staff(manager, company)
    with pytest.raises(Forbidden):
        acknowledge_journal(actor=staff(clerk, company), journal=journal, receipt="G1", at=AT)
    stranger = staff(rival, rival.memberships.first().company)
    with pytest.raises(Refused, match="Journal 1 does not belong to Rival"):
        acknowledge_journal(actor=stranger, journal=journal, receipt="G1", at=AT)
    with pytest.raises(Refused, match="Name the general ledger's document number"):
        acknowledge_journal(actor=actor, journal=journal, receipt=" ", at=AT)
    done = acknowledge_journal(actor=actor, journal=journal, receipt="G1", at=AT)

    assert (done.status, done.receipt, done.acknowledged_by) == ("acknowledged", "G1", "mona")
    assert acknowledge_journal(actor=actor, journal=journal, receipt="G1", at=AT) == done
    with pytest.raises(Refused, match="Journal 1 was taken over as G1 already, by mona"):
        acknowledge_journal(actor=actor, journal=journal, receipt="G2", at=AT)
    assert Event.objects.filter(verb="journal.acknowledged").count() == 1
    assert [row.receipt for row in journal_rows(company).rows] == ["G1"]


def test_the_file_is_the_same_each_time_and_has_the_noted_hash(company, customer, dollars):
    item, money = dollars
    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **WHEN)
    journal = make(company)
    content = journal_csv(exported_lines(journal))

    assert journal_csv(exported_lines(Journal.objects.get())) == content
    assert hashlib.sha256(content).hexdigest() == journal.sha256
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert tuple(head) == COLUMNS
    assert rows[0] == [
        "1", "1", "2026-02-23", "receivable", "", "K1", "USD", "100.00", "0.00", "EUR", "90.00",
        "0.00", "item", "D1",
    ]  # fmt: skip
    assert rows[-1] == [
        "1", "7", "2026-03-05", "fx", "", "K1", "EUR", "0.00", "0.00", "EUR", "0.00", "5.00",
        "allocation", "D1",
    ]  # fmt: skip
    told = json.loads(journal_json(exported_lines(journal), head={"number": 1}))
    assert (told["number"], len(told["lines"])) == (1, 7)
    assert told["lines"][2]["source_number"] == "P1"
    assert journal_xlsx(exported_lines(journal), number=1).startswith(b"PK")


def test_the_proofs_find_a_journal_that_was_tampered_with(company, dollars):
    item, money = dollars
    (row,) = apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **WHEN)
    journal = make(company)
    assert breaks(company) == {}
    Journal.objects.filter(pk=journal.pk).update(lines=9, number=3)
    reverse_allocation(actor=system(company), allocation=row, reason="x", **WHEN)
    JournalLine.objects.create(
        journal=journal, place=99, allocation=Allocation.objects.latest("pk"), account="fx",
        currency="EUR", amount_minor=5, home_minor=1, posted_on=TODAY,
    )  # fmt: skip
    assert set(breaks(company)) == {"I32.lines", "I32.whole", "I32.numbers", "I32.balance"}


CUTS = st.lists(st.integers(0, 20), max_size=4)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=5, max_size=22), cuts=CUTS)
def test_any_sequence_of_actions_and_journals_ties(company, customer, steps, cuts):
    with transaction.atomic():
        for days, ppm in ((20, 873_211), (-1, 911_113), (-4, 798_123), (-9, 955_557)):
            rate(company, "USD", TODAY - timedelta(days=days), ppm)
            rate(company, "GBP", TODAY - timedelta(days=days), 2_000_003 - ppm)
        play = ForeignPlay(company, customer)
        for number, step in enumerate(steps):
            play.step(*step)
            if number in cuts:
                journal_of(company, play.day)
        journal_of(company, play.day)

        assert EntryLine.objects.filter(journal_line=None).count() == 0
        assert breaks(company) == {}
        transaction.set_rollback(True)


class ForeignPlay(Play):
    """The same play in dollars, with pounds paying for some of them."""

    def item(self, one, two, amount, sign=1):
        if amount:
            number = f"N{self.count}"
            self.items[number] = invoice(
                self.customer, number, sign * amount, currency="USD", **self.when
            )
            self.model.amount[number] = self.model.open[number] = sign * amount

    def payment(self, one, two, amount):
        if amount:
            number = f"P{self.count}"
            self.payments[number] = payment(
                self.customer, number, amount, currency=("USD", "GBP", "EUR")[one % 3], **self.when
            )
            self.model.left[number] = amount

    def apply(self, one, two, amount):
        item, money = pick(self.items, one), pick(self.payments, two)
        if item and money:
            left = self.model.left[money.number]
            allowed = self.model.can_book(item.number, amount) and amount <= (left or 0)
            with refused_unless(allowed):
                # one for one, so that the model holds; the currencies differ all the same
                apply_payment(
                    payment=money, amounts={item: amount}, paid={item: amount}, **self.by
                )
            if allowed:
                self.model.book("payment", money.number, item.number, amount)


def journal_of(company, day):
    """A journal of what is new; nothing new is no fault."""
    if unjournaled(company, until_on=day).lines:
        make(company, until_on=day, as_of=day)
