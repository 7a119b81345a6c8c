"""Bank files become records once: statements, entries, payments, returns, and how far feeds reach."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.bank_files import receive_bank_file, receive_bank_files, record_bank_file
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.periods import lock_period
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.bank.reader import read_bank_file
from dunwell.models import (
    BankAccount,
    BankEntry,
    BankFile,
    BankStatement,
    EntryLine,
    Event,
    Feed,
    OpenItem,
    Payment,
)
from dunwell.queries.reminders import fed_on
from dunwell.queries.verify import verify_books
from tests.actions.bank_rows import ACCOUNT, MONDAY, days, interim, line, read, sta
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

TUESDAY = MONDAY + timedelta(days=1)


def treatments(company):
    rows = BankEntry.objects.filter(company=company).order_by("pk")
    return list(rows.values_list("treatment", flat=True))


def broken(company):
    return [proof.id for proof in verify_books(company).proofs if proof.broken]


def found(company):
    """Codes of the findings of each statement, in the order recorded."""
    rows = BankStatement.objects.filter(company=company).order_by("pk")
    return [[one["code"] for one in row.findings] for row in rows]


def test_a_file_becomes_accounts_statements_entries_and_payments(company):
    file = read(
        company,
        sta(
            1, 100_00,
            line(250_50, "Acme", "INV-1", ref="B1"),
            line(-5_00, "Grocer", "rent"),
            line(10_00, "Beta", "INV-2"),
        ),
    )  # fmt: skip

    assert (file.status, file.format, file.error) == ("read", "mt940", "")
    assert {k: v for k, v in file.counts.items() if v} == {
        "statements": 1, "entries": 3, "payment": 2, "other": 1, "payments": 2,
    }  # fmt: skip
    account = BankAccount.objects.get()
    assert (account.account, account.currency, account.name) == (ACCOUNT, "EUR", ACCOUNT)
    statement = BankStatement.objects.get()
    assert (statement.opening_minor, statement.entries_minor, statement.closing_minor) == (
        100_00, 255_50, 355_50,
    )  # fmt: skip
    assert treatments(company) == ["payment", "other", "payment"]
    first, second = Payment.objects.order_by("pk")
    assert (first.number, first.amount_minor, first.payer, first.reference, first.method) == (
        "B1", 250_50, "Acme", "INV-1", "bank",
    )  # fmt: skip
    assert second.number == BankEntry.objects.get(amount_minor=10_00).entry_id
    assert (first.customer, first.value_on) == (None, MONDAY)
    assert EntryLine.objects.filter(source="payment").count() == 4
    assert Event.objects.filter(verb="bank_file.read").count() == 1
    assert broken(company) == []


def test_a_hundred_times_the_same_file_adds_nothing(company):
    data = sta(1, 0, line(5_00), line(5_00), line(-1_00, "Bank", "fee"))
    first = read(company, data)
    rows = [model.objects.count() for model in (BankStatement, BankEntry, Payment, Event)]
    for n in range(99):
        assert read(company, data, name=f"again-{n}.sta").pk == first.pk
    # other bytes, the same statement
    other = read(company, data.replace(b"\n", b"\r\n"))

    assert [m.objects.count() for m in (BankStatement, BankEntry, Payment)] == rows[:3]
    assert (other.status, other.counts["statements_known"], other.counts["entries"]) == (
        "read", 1, 0,
    )  # fmt: skip
    assert BankFile.objects.count() == 2


def test_bytes_that_were_lost_come_back_with_the_same_file(company):
    data = sta(1, 0, line(5_00))
    file = read(company, data)
    upload_path(file.sha256).unlink()

    again = receive_bank_file(
        actor=system(company), file=Upload(name="again.sta", data=data), at=AT
    )

    assert (again.pk, again.name) == (file.pk, "day.sta")
    assert upload_path(file.sha256).read_bytes() == data


def test_overlapping_downloads_meet_in_the_same_entries(company):
    head = "Date;Amount;Currency;Name;Text\n"
    rows = [f"2026-03-0{n};{n}0.00;EUR;Acme;INV-{n}\n" for n in range(1, 5)]
    read(company, (head + "".join(rows[:3])).encode(), "a.csv")
    file = read(company, (head + "".join(rows[1:])).encode(), "b.csv")

    assert (file.counts["entries"], file.counts["entries_known"]) == (1, 2)
    assert sorted(Payment.objects.values_list("amount_minor", flat=True)) == [
        10_00, 20_00, 30_00, 40_00,
    ]  # fmt: skip


def test_one_booking_told_by_report_and_statement_is_one_payment(company):
    read(company, interim(1, line(3_00, text="INV-3")))
    assert Feed.objects.count() == 0  # a report within the day covers no day
    file = read(company, sta(1, 0, line(3_00, text="INV-3"), line(3_00, text="INV-3")))

    assert treatments(company) == ["payment", "same_money", "payment"]
    told = BankEntry.objects.order_by("pk")
    assert told[1].payment_id == told[0].payment_id != told[2].payment_id
    assert (file.counts["same_money"], Payment.objects.count()) == (1, 2)
    assert broken(company) == []


def test_the_same_statement_with_other_content_is_kept_and_its_news_waits(company):
    read(company, sta(1, 0, line(3_00, text="INV-3")))
    read(company, sta(1, 0, line(3_00, text="INV-3"), line(4_00, text="INV-4")))

    assert found(company) == [[], ["other_content"]]
    assert treatments(company) == ["payment", "open"]
    assert Payment.objects.count() == 1


def test_money_not_booked_yet_waits_and_money_of_a_later_day_too(company):
    day = TODAY + timedelta(days=2)
    read(company, sta(1, 0, line(3_00, value=day)), as_of=TODAY)
    assert (treatments(company), Payment.objects.count()) == (["pending"], 0)

    read(company, sta(2, 3_00, line(1_00, text="x", on=TUESDAY), on=TUESDAY), as_of=day)
    assert treatments(company) == ["payment", "payment"]
    assert sorted(Payment.objects.values_list("value_on", flat=True)) == [TUESDAY, day]


def test_money_recorded_by_hand_under_the_banks_reference_is_the_same_money(company, customer):
    by_hand = record_payment(
        actor=system(company), number="B1", customer=customer, currency="EUR",
        amount_minor=3_00, value_on=MONDAY, as_of=TODAY, at=AT,
    )  # fmt: skip
    file = read(company, sta(1, 0, line(3_00, ref="B1"), line(9_00, ref="B2")))

    assert (file.counts["payments"], file.counts["payments_met"]) == (1, 1)
    assert BankEntry.objects.get(amount_minor=3_00).payment == by_hand


def test_money_of_a_closed_period_is_booked_on_the_first_open_day(company):
    lock_period(actor=system(company), until_on=MONDAY, reason="month end", as_of=TODAY, at=AT)
    read(company, sta(1, 0, line(3_00)))

    assert Payment.objects.get().value_on == TUESDAY
    assert BankEntry.objects.get().value_on == MONDAY


@pytest.mark.parametrize("text", ["retour", "RETURN AC04"])
def test_a_certain_return_takes_the_payment_back_with_what_it_settled(company, customer, text):
    item = invoice(customer, "R1", 50_00)
    read(company, sta(1, 0, line(50_00, e2e="E2E-1")))
    payment = Payment.objects.get()
    apply_payment(
        actor=system(company), payment=payment, amounts={item: 50_00}, as_of=TODAY, at=AT
    )
    file = read(
        company,
        sta(2, 50_00, line(-50_00, text=text, e2e="E2E-1", on=TUESDAY), on=TUESDAY),
    )

    assert (file.counts["returned"], treatments(company)) == (1, ["payment", "return"])
    assert Payment.objects.get(reverses=payment).amount_minor == -50_00
    assert OpenItem.objects.get(item=item).open_minor == 50_00
    assert BankEntry.objects.get(amount_minor=-50_00).payment == payment
    assert broken(company) == []


def test_a_return_that_fits_two_payments_waits_for_a_person(company):
    first = line(50_00, "Acme", "a", e2e="E2E-1"), line(50_00, "Acme", "b", e2e="E2E-1")
    read(company, sta(1, 0, *first))
    file = read(company, sta(2, 100_00, line(-50_00, e2e="E2E-1", on=TUESDAY), on=TUESDAY))

    assert (file.counts["returned"], treatments(company)) == (0, ["payment", "payment", "open"])
    assert Payment.objects.count() == 2


def test_a_gap_stops_the_feed_and_the_missing_statement_lets_it_go_on(company):
    chain = days(4)
    read(company, chain[0])
    read(company, chain[2])
    read(company, chain[3])
    assert (found(company), fed_on(company)) == ([[], ["statement_gap"], []], MONDAY)
    feed = Feed.objects.get()
    assert feed.control_totals[0]["missing_minor"] == 10_00

    read(company, chain[1])
    assert (found(company), fed_on(company)) == ([[], [], [], []], date(2026, 3, 5))
    assert Feed.objects.get().control_totals == [
        {
            "currency": "EUR", "opening_minor": 0, "entries_minor": 40_00, "told_twice_minor": 0,
            "missing_minor": 0, "closing_minor": 40_00,
        }
    ]  # fmt: skip
    assert Feed.objects.get().rows == 4


def test_sums_that_do_not_add_up_stop_the_feed_before_them(company):
    read(company, days(1)[0])
    read(company, sta(2, 10_00, line(1_00, on=TUESDAY), on=TUESDAY, closing=99_00))

    assert found(company) == [[], ["balance_gap"]]
    assert fed_on(company) == MONDAY
    assert Feed.objects.get().control_totals[0]["missing_minor"] == 88_00


def test_a_feed_never_covers_a_day_that_has_not_come(company):
    read(company, sta(1, 0, on=TODAY + timedelta(days=4)))
    assert fed_on(company) == TODAY


def test_the_slowest_account_decides(company):
    for data in days(3):
        read(company, data)
    read(company, sta(1, 0, account="DE02120300000000202051"))
    assert fed_on(company) == MONDAY


def test_a_file_that_cannot_be_read_is_refused_with_its_place_and_read_later(company):
    file = read(company, b":20:X\n:25:1\nnothing\n")
    assert file.status == "refused"
    assert file.error.startswith("day.sta: ")
    assert (BankStatement.objects.count(), Event.objects.latest("seq").verb) == (
        0, "bank_file.refused",
    )  # fmt: skip


def test_a_file_without_a_currency_is_read_once_it_is_told(company):
    data = b"!Type:Bank\nD03/13/2026\nT12.50\nPAcme\nMINV-1\n^\n"
    assert "tells no currency" in read(company, data, "x.qif").error
    file = read(company, data, "x.qif", currency="USD")
    assert (file.status, BankEntry.objects.get().currency) == ("read", "USD")


def test_bytes_are_kept_under_their_hash_and_what_cannot_be_taken_is_refused(
    company, clerk, collector
):
    actor = staff(clerk, company)
    file = receive_bank_file(actor=actor, file=Upload(name="../x.sta", data=b"abc"), at=AT)
    assert (file.name, file.user, upload_path(file.sha256).read_bytes()) == (
        "x.sta", clerk, b"abc",
    )  # fmt: skip
    for files, message in (
        ([], "No file was sent"),
        ([Upload(name="x", data=b"")], "x is empty"),
        ([Upload(name="x", data=b"1")] * 51, "51 files are too many"),
    ):
        with pytest.raises(Refused, match=message):
            receive_bank_files(actor=actor, files=files, at=AT)
    with pytest.raises(Forbidden, match=r"bank\.import"):
        receive_bank_file(actor=staff(collector, company), file=Upload(name="x", data=b"1"), at=AT)


def test_another_companys_file_is_refused(company, rival):
    other = system(rival.memberships.first().company)
    file = receive_bank_file(actor=other, file=Upload(name="x", data=days(1)[0]), at=AT)
    with pytest.raises(Refused, match="does not belong to Northwind"):
        record_bank_file(
            actor=system(company), file=file, read=read_bank_file(days(1)[0], "x"),
            as_of=TODAY, at=AT,
        )  # fmt: skip


@pytest.mark.both
def test_recording_takes_as_many_queries_for_three_hundred_entries_as_for_three(company):
    def queries(number, count):
        lines = [line(n + 1, text=f"INV-{number}-{n}") for n in range(count)]
        on = MONDAY - timedelta(days=10 - number)
        opening = 1_000_000 * number
        data = sta(number, opening, *lines, on=on, closing=1_000_000 * (number + 1))
        # a filler brings the balance to where the next statement begins
        file = receive_bank_file(actor=system(company), file=Upload(name="x", data=data), at=AT)
        read = read_bank_file(data, "x")
        with CaptureQueriesContext(
            connection,
        ) as told:
            record_bank_file(actor=system(company), file=file, read=read, as_of=TODAY, at=AT)
        written = sum("INSERT INTO" in one["sql"] for one in told)
        return len(told) - written, written

    queries(1, 3)
    asked, written = queries(2, 3)
    # a statement writes a hundred rows or so, as many as SQLite takes parameters
    many, parts = queries(3, 300)
    assert (many, parts <= written + 20) == (asked, True)
    assert Payment.objects.count() == 306
