"""What may be done about a message: every field with its quote, and nothing of a bank account."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.intents import LABELS, Extract, Reading
from dunwell.engine.reply_facts import Attached, Facts, FreeMoney, KnownContact, OwedItem, Said
from dunwell.engine.reply_reasons import reason_of
from dunwell.engine.reply_suggestions import ACTIONS, suggest, suggestion_of

TODAY = date(2026, 3, 5)


def owed(item_id, number, open_minor, **fields):
    values = {
        "currency": "EUR",
        "free_minor": open_minor,
        "due_on": TODAY - timedelta(days=30 - item_id),
        **fields,
    }
    return OwedItem(item_id=item_id, number=number, open_minor=open_minor, **values)


FACTS = Facts(
    as_of=TODAY,
    customer_id=7,
    customer_name="Muster GmbH",
    items=(owed(1, "R1", 1_000_00), owed(2, "R2", 500_00)),
    contacts=(
        KnownContact(
            contact_id=3, role="payables", name="Eva", email="eva@muster.example", phone="",
            is_primary=True,
        ),
    ),
    most_promise_days=60,
)  # fmt: skip


def said(text, *found, label="promise", labels=()):
    """A reading of a text in which each (kind, value, quote[, role]) stands once."""
    extracts = []
    for kind, value, quote, *role in found:
        start = text.index(quote)
        extracts.append(
            Extract(
                kind=kind, value=value, quote=quote, start=start, end=start + len(quote),
                role=role[0] if role else "",
            )
        )  # fmt: skip
    return Reading(
        label=label, confidence_ppm=900_000, is_sure=True, labels=(label, *labels),
        extracts=tuple(extracts),
    )  # fmt: skip


def part(item_id, number, minor):
    return {"item_id": item_id, "number": number, "amount_minor": minor, "currency": "EUR"}


def quotes(suggestion):
    return {name: [q.quote for q in told] for name, told in suggestion.quotes.items()}


def test_a_day_and_an_item_are_a_promise_of_what_is_free_of_it():
    reading = said(
        "We pay R1 on 20 March.",
        ("item", "R1", "R1"),
        ("date", "2026-03-20", "20 March", "pay_by"),
    )
    (one,) = suggest(reading, FACTS)

    assert (one.action, one.why, one.fields, quotes(one)) == (
        "promise",
        "names_items_and_day",
        {
            "customer_id": 7,
            "items": [part(1, "R1", 1_000_00)],
            "currency": "EUR",
            "due_on": "2026-03-20",
            "supersede": False,
            "replaces": [],
        },
        {"due_on": ["20 March"], "items": ["R1"]},
    )


def test_a_day_alone_is_a_promise_of_all_that_is_due():
    (one,) = suggest(said("Friday!", ("date", "2026-03-06", "Friday")), FACTS)

    assert (one.why, one.fields["items"]) == (
        "names_day_only",
        [part(1, "R1", 1_000_00), part(2, "R2", 500_00)],
    )


def test_an_amount_is_spread_over_what_is_due_the_oldest_first():
    reading = said(
        "1,200 EUR on Friday",
        ("amount", "120000 EUR", "1,200 EUR"),
        ("date", "2026-03-06", "Friday"),
    )
    (one,) = suggest(reading, FACTS)

    assert (one.fields["items"], quotes(one)) == (
        [part(1, "R1", 1_000_00), part(2, "R2", 200_00)],
        {"due_on": ["Friday"], "amount": ["1,200 EUR"]},
    )


def test_two_days_with_their_items_are_two_promises():
    reading = said(
        "R1 on 9 March, R2 on 16 March.",
        ("item", "R1", "R1"), ("date", "2026-03-09", "9 March"),
        ("item", "R2", "R2"), ("date", "2026-03-16", "16 March"),
    )  # fmt: skip
    found = suggest(reading, FACTS)

    assert [(one.action, one.fields["due_on"], one.fields["items"]) for one in found] == [
        ("promise", "2026-03-09", [part(1, "R1", 1_000_00)]),
        ("promise", "2026-03-16", [part(2, "R2", 500_00)]),
    ]


def test_one_item_in_parts_on_two_days_is_a_plan():
    reading = said(
        "Half of R1 on 9 March, the rest on 16 March",
        ("item", "R1", "R1"), ("date", "2026-03-09", "9 March"), ("date", "2026-03-16", "16 March"),
    )  # fmt: skip
    (one,) = suggest(reading, FACTS)

    assert (one.action, one.why, one.fields["first_on"], one.fields["number"]) == (
        "plan", "paid_in_parts", "2026-03-09", 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "day", "why"),
    [
        ({"most_promise_days": 10}, "2026-03-16", "promise_too_far"),
        ({"no_promises_until": date(2026, 4, 1)}, "2026-03-09", "promises_not_taken"),
    ],
)
def test_what_the_policy_does_not_take_as_a_promise_is_a_plan(facts, day, why):
    values = {name: getattr(FACTS, name) for name in FACTS.__slots__} | facts
    (one,) = suggest(said("on that day", ("date", day, "that day")), Facts(**values))

    assert (one.action, one.label, one.why) == ("plan", "promise", why)


def test_a_day_that_has_passed_and_a_day_of_payment_promise_nothing():
    reading = said(
        "paid on 1 March, back on 9 March",
        ("date", "2026-03-01", "1 March"), ("date", "2026-03-09", "9 March", "until"),
    )  # fmt: skip

    assert suggest(reading, FACTS) == ()


def test_disputed_and_planned_parts_are_not_promised_and_open_promises_are_replaced():
    items = (
        owed(1, "R1", 1_000_00, free_minor=400_00, promised_on=date(2026, 3, 10)),
        owed(2, "R2", 500_00, free_minor=0, is_planned=True),
    )
    facts = Facts(as_of=TODAY, customer_id=7, items=items)
    (one,) = suggest(said("Friday", ("date", "2026-03-06", "Friday")), facts)

    assert (one.fields["items"], one.fields["supersede"], one.fields["replaces"]) == (
        [part(1, "R1", 400_00)], True, ["2026-03-10"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason", "quote"),
    [
        ("The price on R1 is wrong", "price", "price"),
        ("Wir haben die Ware R1 nicht erhalten", "not_received", "nicht erhalten"),
        ("R1 nous a été facturée deux fois", "duplicate", "deux fois"),
        ("R1: la mercancía llegó dañada", "damage", "dañad"),
        ("R1 has no purchase order", "no_po", "purchase order"),
        ("We object to R1", "other", None),
    ],
)
def test_a_dispute_takes_its_reason_from_the_words(text, reason, quote):
    (one,) = suggest(said(text, ("item", "R1", "R1"), label="dispute"), FACTS, Said(text=text))

    assert (one.action, one.fields["reason"], one.fields["parts"]) == (
        "dispute", reason, [part(1, "R1", 1_000_00)],
    )  # fmt: skip
    assert quotes(one).get("reason") == ([quote] if quote else None)


def test_the_disputed_amount_alone_is_disputed_and_never_more_than_is_open():
    text = "Of R1 we dispute 80 EUR, of R2 900 EUR"
    reading = said(
        text,
        ("item", "R1", "R1"), ("amount", "8000 EUR", "80 EUR", "disputed"),
        ("item", "R2", "R2"), ("amount", "90000 EUR", "900 EUR", "disputed"),
        label="dispute",
    )  # fmt: skip
    (one,) = suggest(reading, FACTS, Said(text=text))

    assert (one.fields["parts"], one.why) == (
        [part(1, "R1", 80_00), part(2, "R2", 500_00)], "disputes_part",
    )  # fmt: skip


def test_a_dispute_without_an_item_asks_which_one():
    (one,) = suggest(said("This is wrong", label="dispute"), FACTS)

    assert (one.action, one.fields["task"]) == ("task", "which_item")


def test_an_advice_has_the_lines_as_they_are_said():
    text = "Paid today: R1 990.00 EUR, R2 500.00 EUR"
    reading = said(
        text,
        ("date", "2026-03-05", "today", "paid_on"), ("item", "R1", "R1"),
        ("amount", "99000 EUR", "990.00 EUR"), ("item", "R2", "R2"),
        ("amount", "50000 EUR", "500.00 EUR"), label="remittance",
    )  # fmt: skip
    (one,) = suggest(reading, FACTS)

    assert (one.action, one.fields["paid_on"], one.fields["lines"]) == (
        "remittance",
        "2026-03-05",
        [{**part(1, "R1", 990_00), "is_said": True}, {**part(2, "R2", 500_00), "is_said": True}],
    )


def test_an_advice_that_came_as_a_file_is_that_file():
    files = (Attached(attachment_id=9, name="advice.csv", media_type="text/csv"),)
    (one,) = suggest(said("See attached", label="remittance"), FACTS, Said(attachments=files))

    assert (one.fields["attachment_ids"], one.why) == ([9], "advice_attached")


def test_copies_are_those_there_are_and_the_rest_is_named():
    items = (owed(1, "R1", 100, documents=((5, "invoice"), (6, "order"))), owed(2, "R2", 100))
    facts = Facts(as_of=TODAY, customer_id=7, items=items)
    (one,) = suggest(said("Copies please", label="copy_request"), facts)

    assert (one.fields["document_ids"], one.fields["without"], one.why) == (
        [5], ["R2"], "copies_missing",
    )  # fmt: skip


def test_paid_already_names_the_money_that_fits_or_asks_for_proof():
    money = FreeMoney(
        kind="payment", key=4, number="P4", currency="EUR", amount_minor=1_000_00,
        value_on=date(2026, 3, 2), payer="Muster",
    )  # fmt: skip
    values = {name: getattr(FACTS, name) for name in FACTS.__slots__} | {"money": (money,)}
    reading = said("R1 is paid", ("item", "R1", "R1"), label="paid_already")
    (found,) = suggest(reading, Facts(**values))
    (asked,) = suggest(reading, FACTS)

    assert (found.action, found.why, [one["number"] for one in found.fields["money"]]) == (
        "task", "payment_found", ["P4"],
    )  # fmt: skip
    assert (asked.action, asked.why) == ("ask_proof", "payment_not_found")


def test_a_new_address_changes_the_contact_that_wrote():
    reading = said(
        "Use neu@muster.example", ("email", "neu@muster.example", "neu@muster.example"),
        label="contact_change",
    )  # fmt: skip
    (one,) = suggest(reading, FACTS, Said(sender="eva@muster.example"))

    assert (one.fields["contact_id"], one.fields["email"], one.fields["name"], one.why) == (
        3, "neu@muster.example", "Eva", "contact_changed",
    )  # fmt: skip


def test_a_bank_account_is_pointed_at_and_never_taken():
    iban = "DE89370400440532013000"
    reading = said(f"New account {iban}", ("iban", iban, iban), label="contact_change")
    (one,) = suggest(reading, FACTS)

    assert (one.action, one.fields) == ("task", {"customer_id": 7, "task": "bank_details"})


def test_somebody_else_is_a_contact_beside():
    reading = said("Ask x@y.example", ("email", "x@y.example", "x@y.example"), label="redirect")
    (one,) = suggest(reading, FACTS)

    assert (one.action, one.fields["contact_id"], one.fields["is_primary"]) == (
        "contact", None, False,
    )  # fmt: skip


def test_hardship_holds_for_the_days_of_the_policy_and_then_a_plan():
    held, plan = suggest(said("We cannot pay", label="hardship"), FACTS)

    assert (held.fields, plan.action) == (
        {"customer_id": 7, "reason": "hardship", "until_on": "2026-04-04"},
        "plan",
    )


def test_insolvency_holds_without_an_end_and_asks_for_the_register():
    held, task = suggest(said("insolvent", label="insolvency"), FACTS)

    assert (held.fields["until_on"], task.fields["task"]) == ("", "insolvency_proof")


def test_who_asked_to_cease_already_is_not_asked_again():
    values = {name: getattr(FACTS, name) for name in FACTS.__slots__} | {"is_ceased": True}
    reading = said("Stop writing", label="cease")

    assert [one.action for one in suggest(reading, FACTS)] == ["cease"]
    assert suggest(reading, Facts(**values)) == ()


def test_an_unknown_sender_gives_only_what_needs_no_customer():
    away = said(
        "Back on 9 March", ("date", "2026-03-09", "9 March", "until"), label="out_of_office"
    )
    (one,) = suggest(away, None)

    assert (one.action, one.fields) == ("set_aside", {"back_on": "2026-03-09"})
    assert suggest(said("Friday", ("date", "2026-03-06", "Friday")), None) == ()


def test_an_unknown_reason_is_other():
    assert reason_of("") == ("other", ())


EXTRACTS = st.lists(
    st.one_of(
        st.tuples(st.just("date"), st.dates(date(2026, 1, 1), date(2026, 6, 1)).map(str)),
        st.tuples(st.just("amount"), st.integers(1, 10**9).map(lambda n: f"{n} EUR")),
        st.tuples(st.just("item"), st.sampled_from(["R1", "R2", "R9"])),
        st.tuples(st.just("email"), st.just("a@b.example")),
        st.tuples(st.just("iban"), st.just("DE89370400440532013000")),
    ),
    max_size=8,
)


@given(EXTRACTS, st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
def test_every_quote_stands_in_the_text_and_no_promise_exceeds_what_is_free(found, labels):
    text, extracts = "", []
    for kind, value in found:
        text += " "
        extracts.append(
            Extract(
                kind=kind, value=value, quote=value, start=len(text), end=len(text) + len(value)
            )
        )
        text += value
    reading = Reading(
        label=labels[0], confidence_ppm=1, is_sure=False, labels=tuple(labels),
        extracts=tuple(extracts),
    )  # fmt: skip
    made = suggest(reading, FACTS, Said(text=text))
    taken = [
        line["item_id"] for one in made if one.action == "promise" for line in one.fields["items"]
    ]

    assert {one.action for one in made} <= set(ACTIONS)
    assert all(
        text[q.start : q.end] == q.quote for one in made for qs in one.quotes.values() for q in qs
    )
    assert len(taken) == len(set(taken))
    assert all(
        0 < line["amount_minor"] <= {1: 1_000_00, 2: 500_00}[line["item_id"]]
        for one in made
        if one.action == "promise"
        for line in one.fields["items"]
    )
    assert "DE89370400440532013000" not in str([one.fields for one in made])
    assert [suggestion_of(one.as_dict()).as_dict() for one in made] == [
        one.as_dict() for one in made
    ]
