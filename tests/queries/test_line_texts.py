"""Lines of messages worded by the frame: each is the line its row would have got by itself."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import EPOCH, day_date
from dunwell.engine.rendering import render
from dunwell.engine.wording import LONGEST_VALUE, Facts
from dunwell.formats.policies import read_policy
from dunwell.models import Item, Payment
from dunwell.queries.ledgers import Books
from dunwell.queries.line_texts import customer_lines, money_texts
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import plan_contacts
from dunwell.queries.texts import message_texts
from dunwell.queries.wordings import (
    KINDS,
    LANGUAGES,
    day_text,
    money_text,
    read_document,
    shipped_document,
    shipped_wordings,
)
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.conftest import TODAY

CURRENCIES = ("EUR", "JPY", "USD", "KWD", "SEK", "CLF")
DAY = (TODAY - EPOCH).days
ROWS = {
    "customer_id": pl.Int64,
    "language": pl.String,
    "kind": pl.String,
    "number": pl.String,
    "currency": pl.String,
    "issued_day": pl.Int32,
    "due_day": pl.Int32,
    "days_past_due": pl.Int32,
    "open_minor": pl.Int64,
    "collect_minor": pl.Int64,
    "is_credit": pl.Boolean,
}
FORMS = {language: shipped_document(language).document.line_forms for language in LANGUAGES}

lines_of_customers = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from(sorted(KINDS["en"])),
        st.text(st.sampled_from("R-1 %{}\n\x00é"), max_size=6),
        st.sampled_from(CURRENCIES),
        st.integers(DAY - 900, DAY),
        st.integers(-40, 400),
        st.integers(-(10**15), 10**15),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(st.tuples(st.sampled_from(CURRENCIES), st.integers(-(10**16), 10**16))))
def test_amounts_are_written_as_one_amount_is(language, amounts):
    rows = pl.DataFrame(
        amounts, schema={"currency": pl.String, "amount_minor": pl.Int64}, orient="row"
    )

    assert money_texts(rows, language).to_list() == [
        money_text(amount, code, language) for code, amount in amounts
    ]


def by_itself(row):
    """What a line says, from its own row."""
    language, late = row["language"], row["days_past_due"]
    amount = row["open_minor"] if row["is_credit"] else row["collect_minor"]
    return {
        "kind": KINDS[language][row["kind"]],
        "number": row["number"],
        "issued_on": day_text(day_date(row["issued_day"]), language),
        "due_on": day_text(day_date(row["due_day"]), language),
        "days_late": str(late) if late > 0 else "",
        "open": money_text(amount, row["currency"], language),
        "currency": row["currency"],
    }


@given(lines_of_customers)
def test_a_letter_of_lines_worded_together_is_the_one_of_lines_worded_one_by_one(drawn):
    rows = pl.DataFrame(
        [
            (key, LANGUAGES[key % 4], kind, number, code, day, day + 30, late, amount, amount // 2, up)
            for key, kind, number, code, day, late, amount, up in drawn
        ],
        schema=ROWS,
        orient="row",
    )  # fmt: skip
    together = customer_lines(rows, FORMS)

    assert set(together) == set(rows["customer_id"])
    for key, lines in together.items():
        own = [row for row in rows.iter_rows(named=True) if row["customer_id"] == key]
        debits = [row for row in own if not row["is_credit"]]
        one_by_one = Facts(
            values={}, items=[by_itself(row) for row in debits],
            credits=[by_itself(row) for row in own if row["is_credit"]],
        )  # fmt: skip
        worded = replace(one_by_one, items=lines.items, credits=lines.credits)
        plain = replace(
            shipped_wordings(own[0]["language"])["statement"],
            subject="",
            body="{lines}\n{credits}",
        )
        assert render(plain, worded) == render(plain, one_by_one)
        assert lines.oldest_days == max((row["days_past_due"] for row in debits), default=None)


def test_a_number_that_is_too_long_is_told_and_not_written():
    row = (1, "en", "invoice", "x" * (LONGEST_VALUE + 1), "EUR", DAY, DAY, 3, 5, 5, False)
    rows = pl.DataFrame([row], schema=ROWS, orient="row")

    assert customer_lines(rows, FORMS)[1].items == [None]
    for model in (Item, Payment):
        assert model._meta.get_field("number").max_length < LONGEST_VALUE


OWN = f"""
language: en
valid_from: {TODAY}
shared:
  line: "* {{number}} {{open}}"
tones:
  mid: firm
wordings:
  reminder:
    subject: "Pay"
    body: "{{lines}}\\n{{credits}}\\n{{totals}}\\n{{reply_to}}"
    tones:
      firm: {{subject: "Pay now", body: "{{lines}}\\n{{credits}}\\n{{totals}}\\n{{reply_to}}"}}
    variants:
      - {{name: short, share: 50, subject: "Due"}}
"""


def test_every_text_of_a_document_shares_its_lines():
    document = read_document(read_policy(OWN).document)

    forms = {text.line_forms for _, text in document.every_wording()}

    assert forms == {document.line_forms}
    assert document.line_forms[0] == "* {number} {open}"
    assert {len(document.toned), len(document.variants)} == {1}


def planned(company):
    """The contacts of the day."""
    strategies = [one.strategy for one in strategies_in_force(company, as_of=TODAY)]
    return plan_contacts(company, books=Books(company), strategies=strategies, as_of=TODAY)


def written(company, customers):
    """The texts of a day for so many customers, and how many queries they took."""
    plan = planned(company)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        texts = list(message_texts(plan, plan.contacts.select("customer_id").head(customers)))
    return texts, len(queries)


def test_three_letters_take_the_queries_of_one(desk):  # noqa: F811
    for number, language in (("K1", "de"), ("K2", "en"), ("K3", "fr")):
        customer = owing(desk, number, late=20, language=language)
        due = TODAY - timedelta(days=12)
        invoice(customer, f"X{number}", 50_00, issued_on=due, due_on=due)
        payment(customer, f"P{number}", 10_00)

    one, few = written(desk, 1)
    three, many = written(desk, 3)

    assert (len(one), len(three), few) == (1, 3, many)
    assert [text.language for text in three] == ["de", "en", "fr"]
    assert [text.body.count("\n  ") for text in three] == [4, 4, 4]
