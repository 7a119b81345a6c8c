"""Findings in the data, the money behind them, and the score of a customer."""

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine import schema
from dunwell.engine.findings import FINDING_KINDS
from dunwell.engine.ledger import Ledger
from dunwell.engine.names import normalised_name
from dunwell.engine.quality import findings, quality_scores
from tests.engine.rows import allocations, answers, disputes, items, payments, promises, table

AS_OF = date(2026, 2, 1)
SOUND = {
    "customer_id": 1,
    "name": "Acme GmbH",
    "email": "a@acme.example",
    "vat_id": "DE123",
    "country": "DE",
    "terms_days": 30,
}
DAILY = {"recorded_day": AS_OF}


def details(*rows):
    return table(schema.CUSTOMER_DETAILS, [{**SOUND, **row} for row in rows])


def found(owed=None, booked=None, paid=None, about=None):
    ledger = Ledger(
        items(DAILY) if owed is None else owed,
        allocations() if booked is None else booked,
        payments() if paid is None else paid,
        disputes(),
        promises(),
    )
    return findings(ledger, details({}) if about is None else about, as_of=AS_OF)


def brief(frame):
    return [
        tuple(row.values())
        for row in answers(frame, "code", "subject", "subject_id", "other_id", "at_risk_minor")
    ]


def test_a_sound_ledger_has_no_findings():
    booked = allocations({"payment_id": 1, "amount_minor": 4_000})

    assert brief(found(booked=booked, paid=payments({**DAILY, "amount_minor": 4_000}))) == []


def test_a_finding_says_what_is_wrong_whose_it_is_and_what_is_at_risk():
    assert answers(found(about=details({"email": " "}))) == [
        {
            "code": "missing_email",
            "subject": "customer",
            "subject_id": 1,
            "other_id": None,
            "customer_id": 1,
            "currency": "EUR",
            "at_risk_minor": 10_000,
            "reason": FINDING_KINDS["missing_email"].reason,
        }
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"vat_id": " -"}, "missing_vat_id"),
        ({"terms_days": None}, "missing_terms"),
        ({"country": ""}, "missing_country"),
    ],
)
def test_what_is_missing_about_a_customer(row, code):
    assert brief(found(about=details(row))) == [(code, "customer", 1, None, 10_000)]


def test_two_spellings_of_one_customer_and_one_number():
    about = details(
        {"vat_id": "DE 1"},
        {"customer_id": 2, "name": "ACME G.m.b.H.", "vat_id": "de-1"},
        {"customer_id": 3, "name": "Acme Holding", "vat_id": ""},
        {"customer_id": 4, "name": "", "vat_id": ""},
        {"customer_id": 5, "name": "", "vat_id": ""},
    )
    doubled = [row for row in brief(found(about=about)) if row[0].startswith("duplicate")]

    assert doubled == [
        ("duplicate_customer", "customer", 2, 1, 0),
        ("duplicate_vat_id", "customer", 2, 1, 0),
    ]


@pytest.mark.parametrize(
    ("row", "code", "at_risk"),
    [
        ({"due_day": date(2025, 12, 31)}, "due_before_issue", 10_000),
        ({"due_day": date(2027, 1, 3)}, "due_far_ahead", 10_000),
        ({"issued_day": date(2026, 2, 2)}, "future_dated", 10_000),
        ({"amount_minor": -700}, "negative_invoice", 700),
        ({"amount_minor": 700, "kind": "credit_note"}, "positive_credit_note", 700),
        ({"amount_minor": 0}, "zero_amount", 0),
        ({"currency": "XXX"}, "unknown_currency", 10_000),
    ],
)
def test_what_is_wrong_with_an_item(row, code, at_risk):
    owed = items({**DAILY, "amount_minor": 1}, {**DAILY, **row})

    assert brief(found(owed)) == [(code, "item", 2, None, at_risk)]


def test_a_copy_of_an_item_is_named_with_its_original():
    owed = items(DAILY, DAILY, {**DAILY, "customer_id": 2}, {**DAILY, "amount_minor": 10_001})

    assert brief(found(owed)) == [("duplicate_item", "item", 2, 1, 10_000)]


def test_money_that_does_not_add_up():
    owed = items(
        DAILY,
        {**DAILY, "amount_minor": 600},
        {**DAILY, "kind": "credit_note", "amount_minor": -500},
    )
    booked = allocations(
        {"item_id": 1, "payment_id": 1, "amount_minor": 10_050},
        {"item_id": 2, "payment_id": 2, "amount_minor": 100},
        {"item_id": 3, "source": "credit", "amount_minor": 30},
        {"item_id": 77, "source": "credit", "amount_minor": 20},
    )
    paid = payments(
        {**DAILY, "amount_minor": 10_000}, {"payment_id": 9, "customer_id": None, **DAILY}
    )

    assert brief(found(owed, booked, paid)) == [
        ("orphan_allocation", "item", 77, None, 20),
        ("orphan_payment", "payment", 2, None, 100),
        ("over_allocated_item", "item", 1, None, 50),
        ("over_allocated_item", "item", 3, None, 30),
        ("over_allocated_payment", "payment", 1, None, 50),
        ("unknown_payer", "payment", 9, None, 10_000),
    ]


def test_a_feed_without_news_for_more_than_a_week_is_stale():
    week_ago = {"recorded_day": date(2026, 1, 25)}
    older = {"recorded_day": date(2026, 1, 24)}

    assert brief(found(items(week_ago), paid=payments(older))) == [
        ("stale_feed", "payments feed", None, None, 0)
    ]


def test_a_score_falls_once_per_kind_of_finding_and_never_below_zero():
    about = details(
        {"email": "", "terms_days": None}, {"customer_id": 2, "name": "Other", "vat_id": "2"}
    )
    owed = items(*[{**DAILY, "due_day": 1, "amount_minor": n, "item_id": n} for n in (1, 2)])

    assert answers(quality_scores(found(owed, about=about), about)) == [
        {"customer_id": 1, "score": 100 - 25 - 10 - 15, "findings": 3},
        {"customer_id": 2, "score": 100, "findings": 0},
    ]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Müller & Söhne GmbH & Co. KG", "mueller soehne"),
        ("MUELLER  SOEHNE", "mueller soehne"),
        ("Société Générale S.A.", "societe generale"),
        ("O\u2019Neill Ltd.", "oneill"),
        ("Łódź Sp. z o.o.", "lodz"),
        ("AG Bau", "ag bau"),
        ("株式会社 東京", "株式会社 東京"),
        ("  ", ""),
    ],
)
def test_a_name_without_accents_marks_and_legal_form(name, plain):
    frame = nw.from_native(pl.DataFrame({"name": [name]}))

    assert frame.select(normalised_name(nw.col("name")))["name"].to_list() == [plain]
