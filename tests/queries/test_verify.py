"""Verify proves clean books clean, and finds every planted break with its row."""

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.gate import system
from dunwell.actions.items import reverse_item
from dunwell.actions.payments import apply_credit, apply_payment, reverse_payment
from dunwell.models import (
    Adjustment,
    Allocation,
    Company,
    Dispute,
    EntryLine,
    Event,
    ImportBatch,
    Item,
    Message,
    MessageItem,
    Payment,
    Promise,
    PromiseItem,
)
from dunwell.queries.verify import CHECKS, verify_books
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_customer

TABLES = ("item", "payment", "adjustment", "allocation", "entryline", "event", "message")


@pytest.fixture
def books(company, customer):
    """A ledger with one of everything."""
    actor, when = system(company), {"as_of": TODAY, "at": AT}
    debit, other = invoice(customer, "R1", 100_00), invoice(customer, "R2", 80_00)
    credit, fee = invoice(customer, "C1", -30_00), invoice(customer, "F1", 5_00, kind="fee")
    invoice(add_customer(company, "K2"), "Z1", 7_00)
    money, bounced = payment(customer, "P1", 90_00), payment(customer, "P2", 40_00)
    apply_payment(actor=actor, payment=money, amounts={debit: 60_00}, **when)
    apply_payment(actor=actor, payment=bounced, amounts={other: 40_00}, **when)
    reverse_payment(actor=actor, payment=bounced, reason="no funds", **when)
    apply_credit(actor=actor, credit=credit, amounts={debit: 20_00}, **when)
    waived = record_adjustment(
        actor=actor, item=fee, kind="write_off", amount_minor=5_00, reason="goodwill", **when
    )
    reverse_adjustment(actor=actor, adjustment=waived, reason="no", **when)
    reverse_item(actor=actor, item=fee, reason="wrong", **when)
    Dispute.objects.create(
        company=company, customer=customer, item=other, amount_minor=10_00, reason="price",
        opened_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    promise = Promise.objects.create(
        company=company, customer=customer, made_on=TODAY, due_on=TODAY, recorded_at=AT
    )
    PromiseItem.objects.create(promise=promise, item=other, amount_minor=80_00)
    message = Message.objects.create(
        company=company, customer=customer, channel="email", strategy="s", level=1, template="t",
        language="en", subject="Hello", body="Pay", message_id="<1>", as_of=TODAY, recorded_at=AT,
        body_sha256=hashlib.sha256(b"Pay").hexdigest(), decision={"may": True},
    )  # fmt: skip
    MessageItem.objects.create(message=message, item=other, level=1, open_minor=80_00)
    return company


def unprotected(statement, *parameters):
    """Change a ledger row behind the product's back, as somebody with the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            for verb in ("update", "delete"):
                on = f" ON dunwell_{table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER dunwell_{table}_no_{verb}{on}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints=ON")
        cursor.execute(statement, parameters)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints=OFF")


def test_clean_books_pass_every_check(books):
    verification = verify_books(books)

    assert [proof for proof in verification.proofs if proof.broken] == []
    assert len(verification.proofs) == len(CHECKS) + 6
    assert len({proof.id for proof in verification.proofs}) == len(verification.proofs)
    assert verification.broken == 0


def item(number):
    return Item.objects.get(number=number).pk


def paid_row():
    return Allocation.objects.get(item__number="R1", source="payment").pk


PLANTED = [
    ("I1", ("UPDATE dunwell_entryline SET amount_minor = amount_minor + 1 WHERE source = 'item' "
     "AND account = 'sales' AND source_id = %s"), lambda: [item("R1")], ("item", "{0}", "EUR", "1")),
    ("I2.items", ("UPDATE dunwell_entryline SET posted_on = '2020-01-01' WHERE source = 'item' "
     "AND source_id = %s"), lambda: [item("R1")], ("{0}", "R1", "0")),
    ("I2.payments", "DELETE FROM dunwell_entryline WHERE source = 'payment' AND source_id = %s",
     lambda: [Payment.objects.get(number="P1").pk], ("{0}", "P1", "0")),
    ("I2.allocations", ("UPDATE dunwell_entryline SET account = 'fx' WHERE account = 'unapplied' "
     "AND source = 'allocation' AND source_id = %s"), lambda: [paid_row()], ("{0}", None, "1")),
    ("I2.orphans", "UPDATE dunwell_entryline SET source_id = 9999 WHERE id = %s",
     lambda: [EntryLine.objects.order_by("pk").first().pk], ("{0}", "item", "9999")),
    ("I3", ("UPDATE dunwell_entryline SET amount_minor = amount_minor - 3 WHERE source = 'item' "
     "AND account = 'sales' AND source_id = %s"), lambda: [item("R1")], ("EUR", "-3")),
    ("I4.receivable", ("UPDATE dunwell_entryline SET posted_on = '2026-02-01' WHERE source = 'item' "
     "AND account = 'receivable' AND source_id = %s"), lambda: [item("Z1")],
     (None, "EUR", "2026-02-01", "700", "0")),
    ("I4.unapplied", ("UPDATE dunwell_entryline SET amount_minor = -8999 WHERE source = 'payment' "
     "AND account = 'unapplied' AND source_id = %s"), lambda: [Payment.objects.get(number="P1").pk],
     (None, "EUR", "2026-03-04")),
    ("I5", "UPDATE dunwell_payment SET amount_minor = 5999 WHERE number = 'P1' AND id = %s",
     lambda: [Payment.objects.get(number="P1").pk], ("{0}", "2026-03-05", "6000", "5999")),
    ("I6", "UPDATE dunwell_item SET amount_minor = 7999 WHERE id = %s", lambda: [item("R1")],
     ("{0}", "R1", "2026-03-05", "8000", "7999")),
    ("I7", "UPDATE dunwell_openitem SET open_minor = 1 WHERE item_id = %s", lambda: [item("R1")],
     ("{0}", "R1", "2000", "1")),
    ("I7", "DELETE FROM dunwell_openitem WHERE item_id = %s", lambda: [item("Z1")],
     ("{0}", "Z1", "700", "")),
    ("I8", "UPDATE dunwell_payment SET currency = 'USD' WHERE id = %s",
     lambda: [Payment.objects.get(number="P1").pk], (None, "R1", "EUR", "USD")),
    ("I9", ("UPDATE dunwell_allocation SET amount_minor = 1999 WHERE source = 'credit' "
     "AND item_id = %s"), lambda: [item("R1")], ("{0}", None, "-1")),
    ("I10", "SELECT %s", lambda: [1], ("dunwell_item_no_update",)),
    ("I11.items", "UPDATE dunwell_item SET amount_minor = -499 WHERE id = %s",
     lambda: [item("F1-R")], ("{0}", "F1-R", "F1", "-499", "500")),
    ("I11.payments", "UPDATE dunwell_payment SET amount_minor = -1 WHERE id = %s",
     lambda: [Payment.objects.get(number="P2-R").pk], ("{0}", "P2-R", "P2", "-1", "4000")),
    ("I11.allocations", "UPDATE dunwell_allocation SET applied_on = '2026-03-01' WHERE id = %s",
     lambda: [Allocation.objects.get(payment__number="P2", reverses__isnull=False).pk], ("{0}",)),
    ("I11.signs", "UPDATE dunwell_allocation SET amount_minor = -6000 WHERE id = %s",
     lambda: [paid_row()], ("{0}", "R1", "-6000", "10000")),
    ("I11.adjustments", "UPDATE dunwell_adjustment SET amount_minor = 1 WHERE id = %s",
     lambda: [Adjustment.objects.get(reverses=None).pk], ("{0}", "write_off", "1", "0")),
    ("I14", "UPDATE dunwell_allocation SET applied_on = '2020-01-01' WHERE id = %s",
     lambda: [paid_row()], ("{0}", "R1", "2020-01-01")),
    ("I19", "UPDATE dunwell_promise SET outcome = 'kept', settled_on = '2026-03-09' WHERE id = %s",
     lambda: [Promise.objects.get().pk], ("{0}", "kept", "2026-03-09", "8000", "0")),
    ("I20", "UPDATE dunwell_dispute SET amount_minor = 8001 WHERE id = %s",
     lambda: [Dispute.objects.get().pk], ("{0}", "R2", "8001", "8000")),
    ("I27", "UPDATE dunwell_customer SET company_id = %s WHERE number = 'K2'",
     lambda: [Company.objects.create(name="Other", created_at=AT).pk],
     ("item", "customer_id", None, "{0}")),
    ("I28", "UPDATE dunwell_event SET actor = 'mallory' WHERE seq = %s", lambda: [3],
     ("3", "was changed after it was written")),
    ("I28", "DELETE FROM dunwell_event WHERE seq = %s", lambda: [3],
     ("4", "event 3 is missing")),
    ("I28", "DELETE FROM dunwell_event WHERE seq >= %s", lambda: [7],
     ("6", "is not the end that was noted: events are missing after it")),
    ("D4", "UPDATE dunwell_message SET status = 'sent', decision = '{}' WHERE id = %s",
     lambda: [Message.objects.get().pk], ("{0}", "sent", "2026-03-05")),
    ("D5", "UPDATE dunwell_messageitem SET open_minor = 8001 WHERE message_id = %s",
     lambda: [Message.objects.get().pk], ("{0}", "R2", "8001", "8000")),
    ("D5.words", "UPDATE dunwell_message SET body = 'Pay twice' WHERE id = %s",
     lambda: [Message.objects.get().pk], ("{0}",)),
    ("D6", "UPDATE dunwell_promiseitem SET amount_minor = 8001 WHERE promise_id = %s",
     lambda: [Promise.objects.get().pk], ("{0}", "R2", "8001", "8000")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "statement", "parameters", "row"),
    PLANTED,
    ids=[f"{p[0]}-{n}" for n, p in enumerate(PLANTED)],
)
def test_a_planted_break_is_found_with_its_row(books, name, statement, parameters, row):
    values = parameters()

    unprotected(statement, *values)

    found = breaks(books)[name][0]
    expected = tuple(text and text.format(*values) for text in row)
    shown = tuple(None if e is None else f for e, f in zip(expected, found, strict=False))
    assert shown == expected


def test_a_money_row_without_its_event_is_found(books):
    later = AT + timedelta(hours=1)
    unprotected("UPDATE dunwell_payment SET recorded_at = %s WHERE number = 'P1'",
                connection.ops.adapt_datetimefield_value(later))  # fmt: skip
    assert [row[:2] for row in breaks(books)["I29"]] == [
        ("payment", str(Payment.objects.get(number="P1").pk))
    ]


def test_an_amount_that_is_no_whole_number_is_found(books):
    if connection.vendor == "postgresql":
        unprotected("ALTER TABLE dunwell_dispute ALTER amount_minor TYPE numeric")
        assert breaks(books)["I34"] == (("dunwell_dispute", "amount_minor", "numeric"),)
    else:
        unprotected("UPDATE dunwell_dispute SET amount_minor = 10.5")
        assert breaks(books)["I34"] == (("dispute", str(Dispute.objects.get().pk), "real"),)


def test_an_import_whose_totals_do_not_tie_is_found(books):
    batch = ImportBatch.objects.create(
        company=books, name="x.csv", sha256="0" * 64, size_bytes=1, status="done", started_at=AT,
        totals=[{"role": "items", "currency": "EUR", "in_minor": 10, "imported_minor": 4, "known_minor": 5,
                 "refused_minor": 0}],
    )  # fmt: skip
    assert breaks(books)["D3.import"] == (
        (str(batch.pk), "EUR", "10 came in, 9 is explained"),
        (str(batch.pk), "EUR", "4 is noted, 0 is in the ledger"),
    )


def test_all_breaking_rows_are_counted_and_fifty_are_shown(company, customer):
    for number in range(60):
        invoice(customer, f"R{number}", 1_00)
    unprotected("UPDATE dunwell_openitem SET open_minor = 2")
    (proof,) = [proof for proof in verify_books(company).proofs if proof.id == "I7"]
    assert (proof.broken, len(proof.rows)) == (60, 50)


def test_the_command_says_what_breaks_and_leaves_with_1(books):
    out = StringIO()
    call_command("verify", company="Northwind", stdout=out)
    assert out.getvalue().startswith(f"Northwind: {len(CHECKS) + 6} checks, 0 broken\n")

    unprotected("UPDATE dunwell_openitem SET open_minor = 1 WHERE item_id = %s", item("R1"))
    with pytest.raises(SystemExit, match="1"):
        call_command("verify", stdout=out)
    assert f"{item('R1')} | R1 | 2000 | 1" in out.getvalue()
    with pytest.raises(CommandError, match="no company named Nobody"):
        call_command("verify", company="Nobody")


def test_one_companys_break_is_not_anothers(books, rival):
    unprotected("UPDATE dunwell_openitem SET open_minor = 1 WHERE item_id = %s", item("R1"))
    assert breaks(Company.objects.get(name="Rival")).keys() == {
        "I10"
    }  # one set of triggers for all
    assert Event.objects.filter(company__name="Rival").count() == 0
