"""What is predicted, on the pages people work with: item, customer and worklist."""

import json
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.ml.explain import GROUPS as MODEL_GROUPS
from dunwell.queries.predictions import Reason
from dunwell.templatetags.model_inputs import GROUPS
from dunwell.templatetags.predictions import (
    REASONS,
    chance,
    dispute_words,
    effect_words,
    late_chance,
    reason_words,
)
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import row, write
from tests.conftest import AT, TODAY, add_customer
from tests.queries.test_worklist import ranked

HTMX = {"HX-Request": "true"}
QUERIES_OF_A_CUSTOMER = 53  # one asks whether the record was merged into another
SPACE = "\N{NO-BREAK SPACE}"
WHY = json.dumps(
    [
        {"code": "habit", "value": 4.0, "effect_days": 2.5},
        {"code": "promise", "value": 3.0, "effect_days": -1.0},
    ]
)


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def item(customer, version):
    made = invoice(customer, "R1", 100_00)
    write(version, [row(made, p_dispute_ppm=40_000, reasons=WHY)])
    return made


def test_an_item_says_when_it_will_be_paid_how_surely_and_why(come_in, reader, item):
    page = come_in(reader).get(f"/items/{item.pk}/").text

    assert "When it will be paid" in page and "as of Mar 5, 2026" in page
    assert "Mar 14, 2026" in page
    assert "With 10 % by Mar 6, 2026, with 50 % by Mar 13, 2026, with 90 % by Apr 4, 2026." in page
    assert f"60{SPACE}%" in page and f"30{SPACE}%" in page and f"10{SPACE}%" in page
    assert "€1.23" in page and "It rests on 12 paid items of this customer." in page
    assert "half of its items are paid at least 4 days late" in page and "2.5 days later" in page
    assert "it is promised in 3 days" in page and "1 day sooner" in page
    assert f"4{SPACE}%" in page and "the amount" in page
    assert "Learned from items and days, version 1" in page
    assert "Four in five chances lie between Mar 6, 2026 and Apr 4, 2026" in page


def test_an_item_that_was_not_scored_or_is_settled_says_so(come_in, reader, customer):
    item, credit = invoice(customer, "R1", 100_00), invoice(customer, "G1", -10_00)
    client = come_in(reader)

    assert "Not scored yet" in client.get(f"/items/{item.pk}/").text
    assert "Only open items are predicted." in client.get(f"/items/{credit.pk}/").text


def test_a_customer_shows_its_cash_by_day(come_in, reader, item, customer):
    page = come_in(reader).get(f"/customers/{customer.pk}/").text

    assert "Expected cash" in page and "€75" in page
    assert "Open items by expected pay day" in page
    assert "expected Mar 14" in page
    assert f'<span class="chip chip-warn">60{SPACE}%</span>' in page


def test_the_worklist_says_who_pays_when_and_why(come_in, collector, item, customer):
    ranked(customer, 1)
    client = come_in(collector)
    listed = client.get("/worklist/?show=all", headers={**HTMX, "HX-Target": "entries"}).text
    detail = client.get("/worklist/?show=all").text

    assert f"pays next around Mar 13, 75{SPACE}% within 14 days" in listed
    assert (
        "€75 of €100 is expected within 14 days, the next payment around Mar 13, 2026." in detail
    )
    assert "Why: R1, the largest of what is overdue or due next" in detail
    assert "half of its items are paid at least 4 days late" in detail


def test_the_reason_named_is_that_of_the_largest_item_in_the_usual_currency(
    come_in, collector, company, customer, version
):
    ranked(customer, 1)
    made = [
        invoice(customer, "R1", 100_00, due_on=TODAY),
        invoice(customer, "R2", 200_00, due_on=TODAY),
        invoice(customer, "R3", 900_00, due_on=TODAY + timedelta(days=60)),
        invoice(customer, "R4", 90_000, currency="JPY", due_on=TODAY),
    ]
    write(version, [row(one) for one in made])

    assert "Why: R2," in come_in(collector).get("/worklist/?show=all").text


@pytest.mark.parametrize("count", [1, 3])
def test_a_customer_costs_the_same_however_many_predictions(
    come_in, reader, company, customer, version, count, django_assert_num_queries
):
    made = [invoice(customer, f"R{number}", 100_00) for number in range(count)]
    write(version, [row(one) for one in made])
    client = come_in(reader)

    with django_assert_num_queries(QUERIES_OF_A_CUSTOMER):
        client.get(f"/customers/{customer.pk}/")


def test_a_customer_of_whom_nothing_is_known_has_no_card_of_cash(come_in, reader, company):
    page = come_in(reader).get(f"/customers/{add_customer(company, 'K9').pk}/").text

    assert "Expected cash" not in page and "Not scored yet" in page


def test_every_reason_of_the_model_has_words():
    assert set(REASONS) == {*MODEL_GROUPS, "own_items"}
    assert {name: facts for name, (_label, facts) in GROUPS.items()} == {
        name: frozenset(facts) for name, facts in MODEL_GROUPS.items()
    }


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("habit", -2.0, "half of its items are paid at least 2 days early"),
        ("habit", 0.0, "it usually pays on the due day"),
        ("habit", None, "how customers without a history pay"),
        ("rhythm", 30.0, "it pays on fixed days, about every 30 days"),
        ("rhythm", None, "the weekdays and days of the month on which it pays"),
        ("book", 3.0, "3 items of it are overdue now"),
        ("book", 0.0, "nothing else of it is overdue"),
        ("terms", 14.0, "14 days to pay were agreed"),
        ("amount", 6.94, "its amount is 6.9 times what this customer usually is billed"),
        ("amount", None, "its amount"),
        ("part_paid", 0.25, f"25{SPACE}% of it is paid already"),
        ("part_paid", 0.0, "nothing of it is paid yet"),
        ("dispute", 1.0, "it is disputed"),
        ("dispute", 0.0, "it is not disputed"),
        ("promise", None, "no promise is running"),
        ("promise", -1.0, "it was promised for 1 day ago"),
        ("contact", 2.0, "the customer was contacted 2 days ago"),
        ("contact", None, "the customer was not contacted lately"),
        ("paper", 1.0, "it was sent on paper"),
        ("paper", 0.0, "it was sent electronically"),
        ("paper", None, "how it was sent is not known"),
        ("own_items", 1.0, "1 paid item of this customer is the measure"),
        ("own_items", 0.0, "this customer has paid nothing yet, so new customers are the measure"),
        ("brand_new", 1.0, "brand new"),
    ],
)
def test_a_reason_reads_as_a_phrase(code, value, words):
    assert reason_words(Reason(code=code, value=value, effect_days=None)) == words


def test_nothing_is_certain_but_the_past():
    assert [chance(ppm) for ppm in (None, 0, 4_999, 5_000, 995_000, 995_001, 1_000_000)] == [
        "\N{EN DASH}",
        f"under 1{SPACE}%",
        f"under 1{SPACE}%",
        f"0{SPACE}%",
        f"100{SPACE}%",
        f"over 99{SPACE}%",
        f"over 99{SPACE}%",
    ]
    assert (late_chance(1_000_000), effect_words(None)) == ("late already", "")
    told = ({"code": "age", "log_odds_ppm": -1}, {"code": "terms", "log_odds_ppm": 2})
    assert dispute_words(told) == "the days to pay"
