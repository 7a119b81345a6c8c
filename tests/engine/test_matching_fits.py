"""How an amount fits the items it pays: every reason a payment is not what is open."""

from datetime import date

import pytest

from dunwell.engine.calendars import day_number
from dunwell.engine.matching.discounts import Step, discount_steps
from dunwell.engine.matching.fits import Shortfall, fit_items
from dunwell.engine.matching.inputs import Item
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.prose import converted, read_number, said_amounts

ISSUED = date(2026, 3, 2)


def invoice(key=1, amount=1_000_00, terms="", **more):
    row = {
        "item_id": key,
        "customer_id": 7,
        "customer": "Harbor Foods",
        "number": f"INV-{key}",
        "reference": "",
        "issued_day": day_number(ISSUED),
        "due_day": day_number(ISSUED) + 30,
        "amount_minor": amount,
        "open_minor": amount,
        "currency": "EUR",
        "terms": terms,
    }
    return Item(**{**row, **more})


def fit(items, amount, words="", on=ISSUED, netted=None, **policy):
    return fit_items(
        items,
        [one.open_minor for one in items],
        amount,
        words=words,
        value_day=day_number(on),
        policy=MatchPolicy(**policy),
        netted=netted or {},
    )


@pytest.mark.parametrize(
    ("terms", "steps"),
    [
        ("2/10 net 30", (Step(20_000, 10),)),
        ("3/10, 2/20, net 45", (Step(30_000, 10), Step(20_000, 20))),
        ("2% 14 days, net 30", (Step(20_000, 14),)),
        ("14 Tage 2,5 % Skonto, 30 Tage netto", (Step(25_000, 14),)),
        ("net 30", ()),
        ("", ()),
        ("30 days", ()),
    ],
)
def test_discount_terms_are_read_as_steps(terms, steps):
    assert discount_steps(terms) == steps


@pytest.mark.parametrize(
    ("amount", "words", "on", "kind", "gone"),
    [
        (1_000_00, "", ISSUED, "full", ()),
        (980_00, "", date(2026, 3, 12), "discount", (Shortfall(1, "discount", 20_00),)),
        (
            980_00,
            "2% discount",
            date(2026, 3, 13),
            "late_discount",
            (Shortfall(1, "unearned_discount", 20_00),),
        ),
        (
            985_00,
            "skonto",
            ISSUED,
            "late_discount",
            (Shortfall(1, "unearned_discount", 15_00),),
        ),
        (985_00, "", ISSUED, "short", (Shortfall(1, "unexplained", 15_00),)),
        (988_12, "", ISSUED, "fee", (Shortfall(1, "fee", 11_88),)),
        (
            750_00,
            "less freight $250.00",
            ISSUED,
            "told_deduction",
            (Shortfall(1, "freight", 250_00),),
        ),
        (750_00, "damage claim", ISSUED, "deduction", (Shortfall(1, "damage", 250_00),)),
        (750_00, "", ISSUED, "short", (Shortfall(1, "unexplained", 250_00),)),
        (300_00, "partial payment", ISSUED, "part", (Shortfall(1, "part", 700_00),)),
        (250_00, "instalment 2 of 4", ISSUED, "part", (Shortfall(1, "part", 750_00),)),
        (
            992_00,
            "usd 1100 @ 1.1089",
            ISSUED,
            "fx",
            (Shortfall(1, "fx", 8_00),),
        ),
        (
            600_00,
            "intercompany net settlement",
            ISSUED,
            "netting",
            (Shortfall(1, "netting", 400_00),),
        ),
    ],
)
def test_a_short_amount_is_explained_by_the_first_reason_that_holds(amount, words, on, kind, gone):
    found = fit([invoice(terms="2/10 net 30")], amount, words, on, fee_minor=1_200)
    if kind == "fx":
        found = fit([invoice()], amount, words, on, fee_minor=0)
    assert (found.kind, found.amounts, found.shortfalls) == (kind, (amount,), gone)
    assert found.left_minor == 0


def test_a_discount_is_spread_over_the_items_to_the_minor_unit():
    items = [invoice(1, 333_33, "2/10 net 30"), invoice(2, 333_33, "2/10 net 30")]
    assert fit(items, 653_32).amounts == (326_66, 326_66)
    assert fit(items, 653_33).amounts == (326_67, 326_66)


def test_too_much_stays_unapplied_and_far_too_much_is_something_else():
    assert fit([invoice()], 1_100_00).kind == "over"
    assert fit([invoice()], 1_100_00).left_minor == 100_00
    assert fit([invoice()], 2_000_00).kind == "far_over"


def test_why_says_amounts_as_people_write_them():
    assert fit([invoice()], 1_100_00).why == "100.00 EUR more than is open"
    assert fit([invoice(currency="JPY")], 1_100_00).why == "10000 JPY more than is open"


def test_what_we_owe_the_payer_is_netted():
    found = fit([invoice()], 600_00, netted={7: 400_00})
    assert (found.kind, found.amounts) == ("netting", (600_00,))


def test_a_credit_note_is_netted_with_its_invoice():
    items = [invoice(1), invoice(2, -200_00)]
    assert (fit(items, 800_00).kind, fit(items, 800_00).amounts) == ("credit", (1_000_00, -200_00))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,234.56", "EUR", 1_234_56),
        ("1.234,56", "EUR", 1_234_56),
        ("1 234,5", "EUR", 1_234_50),
        ("1.234", "EUR", 1_234_00),
        ("1'234'567", "CHF", 1_234_567_00),
        ("12.345", "KWD", 12_345),
        ("12.3456", "EUR", None),
        ("1500", "JPY", 1_500),
    ],
)
def test_written_amounts_are_read_in_minor_units(text, currency, minor):
    assert read_number(text, currency) == minor


def test_amounts_and_conversions_are_found_in_prose():
    said = said_amounts("Deduction: damaged goods (-$180.31) on 3 pallets", "USD")
    assert [(one.amount_minor, one.marked) for one in said] == [(-180_31, True), (3_00, False)]
    assert converted("INV-5 EUR 27500 @ 1.0764").currency == "EUR"
    assert converted("INV-5") is None
