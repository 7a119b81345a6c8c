"""Records as engine frames: exact columns, types and days, inside the running transaction."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_credit, apply_payment, reverse_payment
from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.items import balances, open_items, unapplied
from dunwell.models import (
    Contact,
    Dispute,
    FxRate,
    Hold,
    Message,
    MessageItem,
    Promise,
    PromiseItem,
)
from dunwell.queries import frames
from tests.actions.ledger_rows import invoice, open_amounts, payment
from tests.conftest import AT, TODAY, add_customer

NOW = day_number(TODAY)


def rows(frame):
    return nw.to_native(frame).collect().rows()


@pytest.mark.parametrize(
    ("read", "columns"),
    [
        (frames.items_frame, schema.ITEMS),
        (frames.allocations_frame, schema.ALLOCATIONS),
        (frames.payments_frame, schema.PAYMENTS),
        (frames.disputes_frame, schema.DISPUTES),
        (frames.promises_frame, schema.PROMISES),
        (frames.customers_frame, schema.CUSTOMERS),
        (frames.customer_details_frame, schema.CUSTOMER_DETAILS),
        (frames.holds_frame, schema.HOLDS),
        (frames.contacts_frame, schema.CONTACTS),
        (frames.fx_frame, schema.FX),
    ],
)
def test_an_empty_frame_has_the_declared_columns(company, read, columns):
    frame = read(company)
    assert rows(schema.check(frame, columns, name=read.__name__)) == []


def test_ledger_frames_say_what_the_records_say(company, customer):
    debit, credit = invoice(customer, "R1", 100_00), invoice(customer, "C1", -30_00)
    money, when = payment(customer, "P1", 50_00), {"as_of": TODAY, "at": AT}
    actor = system(company)
    apply_payment(actor=actor, payment=money, amounts={debit: 20_00}, **when)
    apply_credit(actor=actor, credit=credit, amounts={debit: 5_00}, **when)
    record_adjustment(
        actor=actor, item=debit, kind="discount", amount_minor=1_00, reason="early", **when
    )

    c = customer.pk
    assert sorted(rows(frames.items_frame(company))) == [
        (debit.pk, c, "invoice", "EUR", 100_00, NOW - 10, NOW + 20, NOW),
        (credit.pk, c, "credit_note", "EUR", -30_00, NOW - 10, NOW + 20, NOW),
    ]
    assert sorted(rows(frames.allocations_frame(company)), key=str) == sorted(
        [
            (debit.pk, money.pk, "payment", 20_00, 20_00, NOW - 1, NOW, NOW),
            (debit.pk, None, "credit", 5_00, 5_00, NOW, NOW, NOW),
            (credit.pk, None, "credit", -5_00, -5_00, NOW, NOW, NOW),
            (debit.pk, None, "discount", 1_00, 1_00, NOW, NOW, NOW),
        ],
        key=str,
    )
    assert rows(frames.payments_frame(company)) == [(money.pk, c, "EUR", 50_00, NOW - 1, NOW)]
    assert sorted(rows(frames.items_frame(company, only_open=True))) == sorted(
        rows(frames.items_frame(company))
    )


def test_only_open_reads_less_and_says_the_same_about_today(company, customer):
    actor, when = system(company), {"as_of": TODAY, "at": AT}
    settled, half = invoice(customer, "R1", 100_00), invoice(customer, "R2", 100_00)
    spent, spare = payment(customer, "P1", 100_00), payment(customer, "P2", 80_00)
    returned = payment(customer, "P3", 10_00)
    apply_payment(actor=actor, payment=spent, amounts={settled: 60_00}, **when)
    apply_payment(actor=actor, payment=spare, amounts={settled: 40_00, half: 10_00}, **when)
    apply_payment(actor=actor, payment=spent, amounts={half: 40_00}, **when)
    reverse_payment(actor=actor, payment=returned, reason="x", **when)

    def today(only_open):
        items = frames.items_frame(company, only_open=only_open)
        allocations = frames.allocations_frame(company, only_open=only_open)
        payments = frames.payments_frame(company, only_open=only_open)
        still_open = open_items(items, allocations, as_of=TODAY)
        return rows(balances(still_open, unapplied(payments, allocations, as_of=TODAY)))

    assert today(only_open=True) == today(only_open=False)
    assert today(only_open=True) == [(customer.pk, "EUR", 50_00, 0, 0, 30_00, 20_00, 1)]
    assert len(rows(frames.items_frame(company, only_open=True))) == 1
    assert len(rows(frames.payments_frame(company, only_open=True))) == 3
    assert open_amounts(company) == {"R2": 50_00}


def test_promises_and_disputes(company, customer):
    item = invoice(customer, "R1", 100_00)
    for outcome, settled_on in [("open", None), ("withdrawn", TODAY), ("kept", TODAY)]:
        promise = Promise.objects.create(
            company=company, customer=customer, made_on=TODAY, due_on=date(2026, 3, 9),
            outcome=outcome, settled_on=settled_on, recorded_at=AT,
        )  # fmt: skip
        PromiseItem.objects.create(promise=promise, item=item, amount_minor=40_00)
    dispute = Dispute.objects.create(
        company=company, customer=customer, item=item, amount_minor=7, reason="price",
        opened_on=TODAY, closed_on=TODAY, recorded_at=AT,
    )  # fmt: skip

    # a frame is a set of rows: the database may give them in any order
    found = sorted(rows(frames.promises_frame(company)), key=lambda row: row[0])
    assert [row[1:] for row in found] == [
        (customer.pk, item.pk, "EUR", 40_00, NOW, NOW + 4, gone, 2) for gone in (None, NOW, None)
    ]
    assert rows(frames.promises_frame(company, only_open=True)) == found[:1]
    assert rows(frames.disputes_frame(company)) == [
        (dispute.pk, item.pk, customer.pk, 7, NOW, NOW)
    ]
    assert rows(frames.disputes_frame(company, only_open=True)) == []


def test_customers_are_judged_by_their_primary_payables_contact(company, customer):
    bare = add_customer(company, "K2", address="Road 1", is_opted_out=True, terms="2/10 net 30")
    Contact.objects.create(
        customer=customer, email="a@b.example", recorded_at=AT, bounced_on=TODAY
    )
    Contact.objects.create(customer=bare, role="legal", email="l@b.example", recorded_at=AT)
    Contact.objects.create(customer=bare, phone="1", is_primary=False, recorded_at=AT)

    assert rows(frames.customers_frame(company)) == [
        (customer.pk, "standard", "", True, False, False, True, False),
        (bare.pk, "standard", "", False, False, True, False, True),
    ]
    assert rows(frames.customers_frame(company, only_open=True)) == []
    assert rows(frames.customer_details_frame(company)) == [
        (customer.pk, "Acme", "a@b.example", "", "", None),
        (bare.pk, "K2", "", "", "", 30),
    ]


def test_a_hold_ends_the_day_before_it_is_released(company, customer):
    week = TODAY + timedelta(days=7)
    for until_on, released_on in [(None, None), (week, None), (None, week), (TODAY, week)]:
        Hold.objects.create(
            company=company, customer=customer, reason="legal", from_on=TODAY,
            until_on=until_on, released_on=released_on, recorded_at=AT,
        )  # fmt: skip
    assert [row[3:] for row in rows(frames.holds_frame(company))] == [
        (NOW, None), (NOW, NOW + 7), (NOW, NOW + 6), (NOW, NOW),
    ]  # fmt: skip


def test_contacts_are_messages_that_went_or_will_go_out(company, customer):
    item = invoice(customer, "R1", 100_00)
    for number, status in enumerate(["draft", "ready", "sent", "cancelled", "dead"]):
        message = Message.objects.create(
            company=company, customer=customer, channel="email", status=status, strategy="s",
            level=1, template="t", language="en", subject="s", body="b", body_sha256="",
            message_id=str(number), as_of=TODAY + timedelta(days=number), recorded_at=AT,
        )  # fmt: skip
        MessageItem.objects.create(message=message, item=item, level=number, open_minor=1)
    assert [row[2:] for row in rows(frames.contacts_frame(company))] == [
        (1, NOW + 1),
        (2, NOW + 2),
    ]
    drafted = frames.contacts_frame(company, with_drafts=True)
    assert [row[2:] for row in rows(drafted)] == [(0, NOW), (1, NOW + 1), (2, NOW + 2)]


def test_rates(company):
    FxRate.objects.create(
        company=company,
        currency="USD",
        from_on=TODAY,
        rate_ppm=920_000,
        source="x",
        recorded_at=AT,
    )
    assert rows(frames.fx_frame(company)) == [("USD", NOW, 920_000)]


ODD = ("", "a'\"\\/ %s", "\x01\x1f\x7f\n", "\u2028\x85\ufffe", "\U0001f600", "null", "[1]", None)
WHOLE = (0, -1, 2**63 - 1, -(2**63), 2**53 + 1, None, 7, 8)


def test_texts_and_whole_numbers_come_as_they_are_and_in_the_order_asked_for(db):
    types = {"at": pl.Int32, "word": pl.String, "whole": pl.Int64, "yes": pl.Boolean}
    pairs = [
        f"SELECT {at} AS at, CAST(%s AS TEXT) AS word, CAST(%s AS BIGINT) AS whole, {at} > 3 AS yes"
        for at in range(len(ODD))
    ]
    values = [value for pair in zip(ODD, WHOLE, strict=True) for value in pair]

    with CaptureQueriesContext(connection) as queries:
        found = frames.read_rows(
            f"WITH odd AS ({' UNION ALL '.join(pairs)}) SELECT * FROM odd ORDER BY at DESC",
            values,
            types,
        )

    told = [(at, ODD[at], WHOLE[at], at > 3) for at in reversed(range(len(ODD)))]
    assert (found.rows(), found.schema, len(queries)) == (told, pl.Schema(types), 1)


def test_no_rows_are_a_frame_of_the_same_columns(db):
    types = {"at": pl.Int64, "yes": pl.Boolean}
    found = frames.read_rows("SELECT 1, TRUE FROM dunwell_company WHERE id = %s", [-1], types)
    assert (found.height, found.schema) == (0, pl.Schema(types))


def test_a_fraction_among_whole_numbers_comes_as_reading_by_rows_tells_it(db, monkeypatch):
    query, types = "SELECT CAST(2.5 AS DOUBLE PRECISION) UNION ALL SELECT 1e15", {"at": pl.Int64}
    found = frames.read_rows(query, [], types)

    monkeypatch.setattr(frames, "PLAIN", frozenset())
    assert found.equals(frames.read_rows(query, [], types))


def test_a_number_that_does_not_fit_is_refused(db):
    with pytest.raises((TypeError, OverflowError, pl.exceptions.PolarsError)):
        frames.read_rows("SELECT 3000000000", [], {"at": pl.Int32})


def test_a_column_too_long_for_one_text_is_read_by_rows(company, monkeypatch):
    invoice(add_customer(company, "K1"), "R1", 100_00)
    wanted = rows(frames.items_frame(company))

    def too_long(*_given):
        raise DataError("string or blob too big")

    monkeypatch.setattr(frames, "_read_columns", too_long)
    assert rows(frames.items_frame(company)) == wanted
