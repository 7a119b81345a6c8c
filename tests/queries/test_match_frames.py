"""What matching is given: the columns it reads, filled from the records of one company."""

from dataclasses import replace
from datetime import timedelta

import narwhals.stable.v2 as nw

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.engine.matching.precision import SHIPPED
from dunwell.engine.matching.readings import Cell
from dunwell.models import Company, MatchOutcome, PayerAlias, PayerRelation
from dunwell.queries.match_frames import match_frames
from dunwell.queries.match_remittances import listed_line
from tests.actions.ledger_rows import invoice
from tests.actions.match_desk import advised, case_of, money, run
from tests.conftest import AT, TODAY, add_customer


def rows(frame):
    return nw.to_native(frame).collect().rows(named=True)


def told(frames, *numbers):
    """The items whose numbers are said, as matching gets them."""
    found = frames.items.named({number.replace("-", "") for number in numbers})
    return sorted((one.number, one.open_minor, one.status) for one in found)


def test_payments_carry_the_words_of_their_bank_entry(company):
    payment = money(company, "B1", 430_00, payer="ACME", reference="RE-1")
    advised(payment)
    frames = match_frames(company, as_of=TODAY)

    assert rows(frames.payments) == [
        {
            "payment_id": "B1",
            "value_day": 20_516,
            "amount_minor": 430_00,
            "currency": "EUR",
            "payer": "ACME",
            "account": "DE89370400440532013000",
            "reference": "RE-1",
            "text": "thank you bank charges 1.50 EUR",
            "end_to_end_id": "",
            "held": "",
            "customer_id": None,
        }
    ]
    assert rows(frames.remittances) == [
        {
            "remittance_id": -1_000_000,
            "payment_id": "B1",
            "item_ref": "R9",
            "amount_minor": 12_00,
            "memo": "",
        }
    ]
    assert frames.policy.own_names == ("Northwind",)
    assert frames.seen["B1"].left_minor == 430_00


def test_what_a_line_deducts_is_told_in_its_memo():
    line = {"reference": "R1", "gross_minor": 100_00, "discount_minor": 2_00,
            "deduction_minor": 8_00, "text": "damage"}  # fmt: skip
    assert listed_line(line, 1, "B1", "EUR") == (
        1, "B1", "R1", 90_00, "damage discount deduction EUR 8.00",
    )  # fmt: skip


def test_items_are_those_open_or_settled_lately_with_what_stops_posting(company):
    acme = add_customer(company, "K1", "Acme", terms="2/14 net 30")
    legal, child = add_customer(company, "K2"), add_customer(company, "K3", parent=acme)
    actor, when = system(company), {"as_of": TODAY, "at": AT}
    disputed = invoice(acme, "R1", 100_00)
    open_dispute(actor=actor, item=disputed, amount_minor=1_00, reason="price", **when)
    invoice(legal, "R2", 50_00)
    place_hold(actor=actor, customer=legal, reason="insolvency", **when)
    invoice(child, "R3", 60_00)
    place_hold(actor=actor, customer=child, reason="agreement", **when)
    tomorrow = TODAY + timedelta(days=1)
    invoice(child, "R4", 70_00, issued_on=tomorrow, as_of=tomorrow)
    invoice(acme, "RE-2026-10044", 417_93)
    money(company, "B1", 417_93, payer="Acme", reference="RE-2026-10044")
    assert run(company).posted == 1

    frames = match_frames(company, as_of=TODAY)

    assert told(frames, "R1", "R2", "R3", "R4", "RE-2026-10044") == [
        ("R1", 100_00, "disputed"), ("R2", 50_00, "legal_hold"), ("R3", 60_00, ""),
        ("RE-2026-10044", 0, ""),
    ]  # fmt: skip
    later = match_frames(company, as_of=TODAY + timedelta(days=400))
    assert told(later, "RE-2026-10044") == []
    assert rows(frames.relations) == [
        {
            "payer": "",
            "payer_customer_id": acme.pk,
            "customer_id": child.pk,
            "kind": "parent",
            "amount_minor": None,
        }
    ]


def test_known_payers_and_judged_outcomes_are_given_of_this_company_alone(company, customer):
    for owner in (company, Company.objects.create(name="Rival", created_at=AT)):
        theirs = customer if owner == company else add_customer(owner, "X1")
        for kind, text in (("name", "acme"), ("account", "DE1")):
            PayerAlias.objects.create(
                company=owner, customer=theirs, kind=kind, text=text, last_on=TODAY,
                recorded_by="x", recorded_at=AT,
            )  # fmt: skip
        PayerRelation.objects.create(
            company=owner, customer=theirs, kind="factor", payer="Factor AG", recorded_by="x",
            recorded_at=AT,
        )  # fmt: skip
    known = money(company, "B1", 5_00, customer=customer)
    run(company)
    case, cell = case_of(known), Cell("payer", "short", "none", "known", "clear")
    MatchOutcome.objects.create(
        company=company, case=case, tier="x", was_auto=False, is_right=True, judged_on=TODAY,
        evidence=["payer", "short", "none", "known", "clear"], judged_by="x", recorded_at=AT,
    )  # fmt: skip

    frames = match_frames(company, as_of=TODAY)

    assert rows(frames.aliases) == [{"payer": "acme", "customer_id": customer.pk}]
    assert rows(frames.accounts) == [{"account": "DE1", "customer_id": customer.pk}]
    assert [(r["payer"], r["kind"]) for r in rows(frames.relations)] == [("Factor AG", "factor")]
    assert rows(frames.payments)[0]["customer_id"] == customer.pk
    before, now = SHIPPED.counts.get(cell), frames.precision.counts[cell]
    assert (now.cases, now.right) == ((before.cases + 1, before.right + 1) if before else (1, 1))


def test_one_payment_and_three_take_the_same_queries(company, django_assert_num_queries):
    def read():
        return match_frames(company, as_of=TODAY)

    money(company, "B1", 1_00)
    with django_assert_num_queries(13):
        assert len(read().seen) == 1
    money(company, "B2", 2_00)
    third = money(company, "B3", 3_00)
    with django_assert_num_queries(13):
        assert len(read().seen) == 3
    named = match_frames(company, as_of=TODAY, payment_ids=[third.pk])
    assert list(named.seen) == ["B3"]
    assert replace(named, seen={}).seen == {}
