"""Stories of a clerk's day: a payment, a book, and what must come out."""

from datetime import timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine.matching import MatchPolicy, match, match_answer
from dunwell.engine.schema import SchemaError
from tests.engine.match_frames import (
    START,
    item,
    items,
    known,
    line,
    lines,
    payment,
    payments,
    relations,
)
from tests.engine.rows import fx

OTHER = {"customer_id": "C2", "customer": "Cobalt Mining Industries"}


def allocated(matching):
    return {(a.payment_id, a.item_id): a.amount_minor for a in matching.allocations}


def tiers(matching):
    return {a.payment_id: a.tier for a in matching.allocations}


def held(matching):
    return {h.payment_id: (h.reason, h.escalate_to) for h in matching.held}


def unapplied(matching):
    return {u.payment_id: (u.amount_minor, u.reason) for u in matching.unapplied}


def test_a_named_item_paid_in_full_posts_by_itself_and_says_why():
    matching = match(payments(payment(text="INV-00101")), items(item()))
    assert match_answer(matching) == {
        "allocations": [
            {
                "payment_id": "P1",
                "item_id": "INV-00101",
                "amount_minor": 100_00,
                "currency": "EUR",
                "tier": "auto:reference_full",
                "confidence": matching.allocations[0].confidence_ppm / 1_000_000,
                "reasons": [
                    "INV-00101 names item INV-00101",
                    "payer Harbor Foods Ltd reads like the customer",
                    "the amount is exactly what is open",
                ],
            }
        ],
        "unapplied": [],
        "held": [],
    }
    assert matching.allocations[0].confidence_ppm >= 995_000


def test_several_named_items_and_a_credit_note_are_netted():
    matching = match(
        payments(payment(amount=270_00, text="INV-00101 INV-00102 less CN-00009")),
        items(item(), item("INV-00102", 200_00), item("CN-00009", -30_00)),
    )
    assert allocated(matching) == {
        ("P1", "INV-00101"): 100_00,
        ("P1", "INV-00102"): 200_00,
        ("P1", "CN-00009"): -30_00,
    }


def test_a_credit_note_nobody_numbers_is_found_by_its_amount():
    matching = match(
        payments(payment(amount=70_00, text="INV-00101 net of your credit")),
        items(item(), item("CN-00009", -30_00)),
    )
    assert allocated(matching) == {("P1", "INV-00101"): 100_00, ("P1", "CN-00009"): -30_00}


def test_one_wrong_number_among_several_is_found_by_the_rest():
    matching = match(
        payments(payment(amount=350_17, text="INV-00101 INV-00777 INV-00103")),
        items(item(), item("INV-00102", 200_17), item("INV-00103", 50_00), item("INV-00104", 7)),
    )
    assert set(allocated(matching)) == {
        ("P1", "INV-00101"),
        ("P1", "INV-00102"),
        ("P1", "INV-00103"),
    }


def test_remittance_lines_say_how_much_goes_where():
    matching = match(
        payments(payment(amount=160_00, reference="Wire Ref: Q85JSG65KX")),
        items(item(), item("INV-00102", 200_00)),
        remittances=lines(
            line("P1", "INV-101", 100_00), line("P1", "INV-00102", 60_00, "Progress payment #1")
        ),
    )
    assert allocated(matching) == {("P1", "INV-00101"): 100_00, ("P1", "INV-00102"): 60_00}


@pytest.mark.parametrize("wrong", ["INV-00110", "INV-00010", "INV-10101", "PO-55871"])
def test_a_wrong_number_gives_way_to_payer_and_amount(wrong):
    matching = match(
        payments(payment(amount=123_45)),
        items(item(amount=123_45), item("INV-00110", 999_99, **OTHER)),
        remittances=lines(line("P1", wrong, 123_45)),
    )
    assert allocated(matching) == {("P1", "INV-00101"): 123_45}


def test_payer_and_amount_alone_find_the_one_item_that_fits():
    matching = match(
        payments(payment(amount=123_45, text="THANK YOU")),
        items(item(amount=123_45), item("INV-00102", 67_89), item("INV-3", 123_45, **OTHER)),
    )
    assert allocated(matching) == {("P1", "INV-00101"): 123_45}
    assert tiers(matching) == {"P1": "auto:payer_full"}


def test_of_two_equal_items_the_older_is_proposed_and_the_other_ranked():
    matching = match(
        payments(payment(amount=123_45)),
        items(item("INV-2", 123_45, due_on=START), item("INV-1", 123_45)),
    )
    assert allocated(matching) == {("P1", "INV-2"): 123_45}
    assert tiers(matching)["P1"].startswith("propose:")
    assert [p.allocations for p in matching.proposals] == [
        (("INV-2", 123_45),),
        (("INV-1", 123_45),),
    ]


def test_an_early_discount_is_earned_and_a_late_one_is_not():
    book = items(item(amount=1_000_00, terms="2/10 net 30"))
    early = match(payments(payment(amount=980_00, text="INV-00101 2% discount")), book)
    late = match(
        payments(
            payment(
                amount=980_00,
                text="INV-00101 2% discount",
                value_on=START + timedelta(days=11),
            )
        ),
        book,
    )
    assert early.proposals[0].shortfalls[0].kind == "discount"
    assert late.proposals[0].shortfalls[0].kind == "unearned_discount"
    assert allocated(early) == allocated(late) == {("P1", "INV-00101"): 980_00}


def test_too_much_money_stays_unapplied():
    matching = match(payments(payment(amount=110_00, text="INV-00101")), items(item()))
    assert allocated(matching) == {("P1", "INV-00101"): 100_00}
    assert unapplied(matching) == {"P1": (10_00, "overpayment")}


def test_an_advance_for_nothing_that_is_open_stays_unapplied():
    matching = match(
        payments(payment(amount=100_00)),
        items(item()),
        remittances=lines(line("P1", "INV-98728", 100_00, "Advance payment")),
    )
    assert allocated(matching) == {}
    assert unapplied(matching) == {"P1": (100_00, "prepayment")}


def test_the_same_payment_twice_is_held_and_the_first_is_posted():
    matching = match(
        payments(
            payment("P2", text="INV-00101", value_on=START + timedelta(days=12)),
            payment("P1", text="INV-00101"),
        ),
        items(item()),
    )
    assert allocated(matching) == {("P1", "INV-00101"): 100_00}
    assert held(matching) == {"P2": ("duplicate", "cash application")}


def test_a_number_that_is_paid_already_is_held():
    matching = match(payments(payment(text="INV-00101")), items(item(open=0)))
    assert held(matching) == {"P1": ("already_paid", "cash application")}


def test_a_second_equal_instalment_is_no_repeat_but_the_same_words_are():
    book = items(item(amount=300_00))
    two = match(
        payments(payment("P1"), payment("P2", value_on=START + timedelta(days=20))),
        book,
        remittances=lines(
            line("P1", "INV-00101", 100_00, "Instalment 1 of 3"),
            line("P2", "INV-00101", 100_00, "Instalment 2 of 3"),
        ),
    )
    again = match(
        payments(payment("P1"), payment("P2", value_on=START + timedelta(days=20))),
        book,
        remittances=lines(
            line("P1", "INV-00101", 100_00, "Instalment 1 of 3"),
            line("P2", "INV-00101", 100_00, "Instalment 1 of 3"),
        ),
    )
    assert allocated(two) == {("P1", "INV-00101"): 100_00, ("P2", "INV-00101"): 100_00}
    assert held(again) == {"P2": ("possible_duplicate", "cash application")}


@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ({"payer": "ZARKON TRADING FZE"}, "", ("compliance_review", "compliance")),
        ({"payer": "Ivanka Export Bank"}, "", ("sanctioned", "compliance")),
        ({"text": "INV-00101 OFAC licence 7"}, "", ("sanctioned", "compliance")),
        ({"text": "INV-00101 paid under protest"}, "", ("legal", "legal")),
        ({"text": "INV-00101 amount disputed"}, "", ("contested", "credit manager")),
        ({"text": "INV-00101"}, "disputed", ("disputed", "credit manager")),
        ({"text": "INV-00101"}, "legal_hold", ("legal_hold", "legal")),
        ({"text": "INV-00101"}, "on_hold", ("on_hold", "compliance")),
        ({}, "disputed", None),
        ({"text": "INV-00101 for Acme Tools North"}, "", ("other_company", "treasury")),
        ({"text": "Return of ACH2024 - NSF"}, "", ("returned", "cash application")),
        ({"value_on": START + timedelta(days=99)}, "", ("post_dated", "cash application")),
        ({"amount": -77_00}, "", ("outgoing", "cash application")),
        ({"text": "INV-00101 seniority clause"}, "", ("escalate_word", "credit manager")),
    ],
)
def test_what_a_person_must_see_first_is_held_and_sent_to_its_owner(more, status, reason):
    policy = MatchPolicy(
        sanctioned_names=("Ivanka Export Bank",),
        own_names=("Acme Tools Corp",),
        escalate_words=("seniority",),
    )
    matching = match(
        payments(payment(**more)),
        items(item(status=status)),
        policy=policy,
        as_of=START + timedelta(days=30),
    )
    assert allocated(matching) == {}
    assert held(matching) == ({"P1": reason} if reason else {})


def test_a_held_customer_is_never_posted():
    matching = match(
        payments(payment(text="INV-00101")),
        items(item()),
        policy=MatchPolicy(held_customers=("C1",)),
    )
    assert held(matching) == {"P1": ("held_customer", "credit manager")}


def test_money_out_pays_a_credit_note_back():
    matching = match(
        payments(payment(amount=-30_07, text="refund CN-00009")), items(item("CN-00009", -30_07))
    )
    assert allocated(matching) == {("P1", "CN-00009"): -30_07}


@pytest.mark.parametrize(
    ("payer", "given"),
    [
        ("T&R TRADING CO", {"aliases": known("payer", ("T&R Trading Co", "C1"))}),
        ("", {"accounts": known("account", ("DE02 1203 0000 0000 2020 51", "C1"))}),
        (
            "T&R TRADING CO",
            {"relations": relations(("T&R TRADING COMPANY", None, "C1", "factor", None))},
        ),
        (OTHER["customer"], {"relations": relations(("", "C2", "C1", "parent", None))}),
    ],
    ids=("alias", "account", "factor", "parent"),
)
def test_whoever_is_known_to_pay_for_a_customer_pays_its_item(payer, given):
    money = payment(amount=123_45, payer=payer, account="DE02120300000000202051")
    book = items(item(amount=123_45), item("INV-9", 50_00, **OTHER))
    assert allocated(match(payments(money), book, **given)) == {("P1", "INV-00101"): 123_45}


def test_what_we_owe_the_customer_is_netted_by_agreement():
    matching = match(
        payments(payment(amount=412_00)),
        items(item(amount=680_00)),
        relations=relations(("", None, "C1", "netting", 268_00)),
    )
    assert allocated(matching) == {("P1", "INV-00101"): 412_00}
    assert matching.proposals[0].shortfalls[0].kind == "netting"


def test_reasons_say_amounts_as_people_write_them():
    rates = fx({"currency": "USD", "day": START, "rate_ppm": 910_000})
    foreign = match(
        payments(payment(amount=110_00, currency="USD", text="INV-00101")),
        items(item()),
        rates=rates,
    )
    assert [one.reasons for one in foreign.allocations] == [
        ("110.00 USD are worth 100.10 EUR on the day", "fx -0.10 EUR")
    ]
    short = match(payments(payment(amount=99_00, text="INV-00101")), items(item()))
    assert short.allocations[0].reasons[-1] == "fee 1.00 EUR"


def test_a_payment_in_another_currency_settles_at_the_dated_rate():
    matching = match(
        payments(payment(amount=110_00, currency="USD", text="INV-00101")),
        items(item()),
        rates=fx({"currency": "USD", "day": START, "rate_ppm": 910_000}),
    )
    allocation = matching.allocations[0]
    assert (allocation.amount_minor, allocation.currency) == (100_00, "EUR")
    assert allocation.paid_minor == 110_00
    assert matching.unapplied == ()


def test_a_currency_without_a_rate_is_said_so():
    matching = match(
        payments(payment(currency="USD", text="INV-00101")), items(item()), home="CHF"
    )
    assert unapplied(matching) == {"P1": (100_00, "other_currency")}


def test_a_stricter_company_posts_less_by_itself():
    given = payments(payment(text="INV-00101")), items(item())
    strict = match(*given, policy=MatchPolicy(min_precision_ppm=1_000_000))
    assert tiers(strict) == {"P1": "propose:reference_full"}


def test_whole_numbers_are_keys_as_well_as_texts():
    money = payments(payment()).collect().to_native().with_columns(pl.lit(7).alias("payment_id"))
    book = items(item()).collect().to_native()
    book = book.with_columns(pl.lit(41).alias("item_id"), pl.lit(3).alias("customer_id"))
    money = money.with_columns(pl.lit("INV-00101").alias("text"))
    matching = match(nw.from_native(money), nw.from_native(book))
    assert allocated(matching) == {(7, 41): 100_00}


def test_a_missing_column_and_a_repeated_payment_are_refused():
    with pytest.raises(SchemaError, match="items: column customer is missing"):
        match(payments(payment()), items(item()).drop("customer"))
    with pytest.raises(SchemaError, match="payment_id is not unique"):
        match(payments(payment(), payment()), items(item()))
