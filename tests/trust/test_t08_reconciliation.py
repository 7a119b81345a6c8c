"""T8: bank, payments, allocations, postings and journals explain each other to the cent.

Breaks are put in as somebody who owns the database could; each is found with its place: two
rows of every kind by default, every row in the long tier. Payouts of providers have a law of
their own (`tests/engine/test_payout_checks.py`).
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from dunwell.actions.gate import system
from dunwell.actions.journals import make_journal
from dunwell.actions.payments import apply_payment
from dunwell.models import Allocation, BankEntry, EntryLine, JournalLine, Payment
from dunwell.queries.bank_statements import broken_statements
from tests.actions.bank_rows import MONDAY, days, line, read, sta
from tests.actions.ledger_rows import breaks, invoice
from tests.conftest import AT, TODAY
from tests.dealing import is_long_tier

ENTRIES = 6


@pytest.fixture
def books(company, customer):
    """Three statements of two entries each, their payments on items, all of it in a journal."""
    opening = 0
    for day in range(3):
        on = MONDAY + timedelta(days=day)
        lines = [line(10_00 * (day + 1) + n, text=f"day {day} {n}", on=on) for n in (1, 2)]
        read(company, sta(day + 1, opening, *lines, on=on), name=f"{day}.sta")
        opening += sum(minor for _, minor in lines)
    actor, when = system(company), {"as_of": TODAY, "at": AT}
    for payment in Payment.objects.order_by("pk"):
        item = invoice(customer, f"R{payment.pk}", payment.amount_minor + 1_00)
        apply_payment(actor=actor, payment=payment, amounts={item: payment.amount_minor}, **when)
    make_journal(actor=actor, until_on=TODAY, **when)
    return company


def rows_of(model, **only):
    return list(model.objects.filter(**only).order_by("pk").values_list("pk", flat=True))


BREAKS = {
    "a cent more at the bank": ("I24.bank", BankEntry, {}, "UPDATE dunwell_bankentry SET amount_minor = amount_minor + 1 WHERE id = {0}"),
    "a cent less at the bank": ("I24.bank", BankEntry, {}, "UPDATE dunwell_bankentry SET amount_minor = amount_minor - 1 WHERE id = {0}"),
    "another currency at the bank": ("I24.bank", BankEntry, {}, "UPDATE dunwell_bankentry SET currency = 'USD' WHERE id = {0}"),
    "one payment for two entries": ("I24.bank", BankEntry, {}, (
        "UPDATE dunwell_bankentry SET payment_id = (SELECT MIN(payment_id) FROM dunwell_bankentry "
        "WHERE id <> {0}) WHERE id = {0}")),
    "a payment's posting is missing": ("I2.payments", Payment, {}, "DELETE FROM dunwell_entryline WHERE source = 'payment' AND source_id = {0}"),
    "a cent more in a payment": ("I2.payments", Payment, {}, "UPDATE dunwell_payment SET amount_minor = amount_minor + 1 WHERE id = {0}"),
    "a cent less in an allocation": ("I2.allocations", Allocation, {}, "UPDATE dunwell_allocation SET amount_minor = amount_minor - 1 WHERE id = {0}"),
    "an allocation's posting is missing": ("I2.allocations", Allocation, {}, "DELETE FROM dunwell_entryline WHERE source = 'allocation' AND source_id = {0}"),
    "a cent more in the ledger": ("I32.lines", EntryLine, {}, "UPDATE dunwell_entryline SET amount_minor = amount_minor + 1 WHERE id = {0}"),
    "a cent more in a journal": ("I32.lines", JournalLine, {"line__isnull": False}, "UPDATE dunwell_journalline SET amount_minor = amount_minor + 1 WHERE id = {0}"),
    "a journal's line is missing": ("I32.whole", JournalLine, {"line__isnull": False}, "DELETE FROM dunwell_journalline WHERE id = {0}"),
}  # fmt: skip


def unprotected(statement):
    """Carry out a statement with every trigger of the ledger gone."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)


def test_t8_clean_books_are_explained_to_the_cent(books):
    assert len(rows_of(BankEntry, treatment="payment")) == ENTRIES
    assert (breaks(books), broken_statements(books)) == ({}, ())


def test_t8_every_injected_break_is_found_with_its_row(books):
    missed = []
    for name, (check, model, only, statement) in BREAKS.items():
        keys = rows_of(model, **only)
        # the first has the least to do with the others, the last the newest rows around it
        for key in keys if is_long_tier() else (keys[0], keys[-1]):
            place = place_of(check, model, key)
            with transaction.atomic():
                unprotected(statement.format(key))
                found = {row[: len(place)] for row in breaks(books).get(check, ())}
                if place not in found:
                    missed.append((name, key, place, sorted(found)))
                transaction.set_rollback(True)
    assert missed == []


def place_of(check, model, key):
    """How the row of a proof that finds it begins: its key, or journal and place."""
    if not check.startswith("I32"):
        return (str(key),)
    which = {"line": key} if model is EntryLine else {"pk": key}
    row = JournalLine.objects.select_related("journal").get(**which)
    return str(row.journal.number), str(row.place) if check == "I32.lines" else "lines"


def told(company):
    """Which statements stop the feed, and why."""
    return {
        (row.sequence, one.code): one.reason
        for row in broken_statements(company)
        for one in row.findings
        if one.is_blocking
    }


def test_t8_what_is_wrong_with_a_statement_is_found_with_its_place(company):
    first, _, third = days(3)
    for name in ("1.sta", "again.sta"):
        read(company, first, name=name)
    assert (Payment.objects.count(), told(company)) == (1, {})

    # a day is missing between two, and a cent within one of another account
    read(company, third, name="3.sta")
    cent = sta(9, 0, line(10_00), account="DE75512108001245126199", closing=10_01)
    read(company, cent, name="cent.sta")
    found = told(company)
    assert sorted(found) == [("00003/001", "statement_gap"), ("00009/001", "balance_gap")]
    assert "0.01" in found["00009/001", "balance_gap"]
