"""Texts put together by the frame: each is the one `render` would have made of the same facts."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.rendering import render
from dunwell.engine.wording import LONGEST_VALUE, MOST_LINES, Facts, WordingError
from dunwell.queries import plain_texts as plain
from dunwell.queries.line_texts import customer_lines, line_blocks
from dunwell.queries.texts import message_texts
from dunwell.queries.wordings import LANGUAGES, shipped_wordings
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.queries.test_line_texts import DAY, FORMS, ROWS, lines_of_customers, planned

SAID = {
    "company_name": "Acme",
    "reply_to": "credit@acme.example",
    "how_to_pay": "IBAN 1\r\nBIC 2",
    "today": "1 Mar",
    "pay_by": "8 Mar",
    "pay_link": "",
    "dialogue_link": "<link>",
}
TEXTS = ("Ann", "", " {lines} ", "a\nb", "\tx\x1f", "é\u2028", "\n\n\n", "x" * (LONGEST_VALUE + 1))
owns = st.fixed_dictionaries(
    dict.fromkeys(plain.OWN, st.sampled_from(TEXTS))
    | {"lines": st.lists(st.sampled_from(TEXTS[:3]), max_size=3)}
    | {"credits": st.lists(st.sampled_from(TEXTS[:3]), max_size=2)}
    | {"totals": st.dictionaries(st.sampled_from(["EUR", "USD"]), st.sampled_from(["1", "2"]))}
)
odd_bodies = st.lists(
    st.sampled_from(
        ["{lines}", "{credits}", "{totals}", "", "Dear {contact_name},", "{{x}} %", "{how_to_pay}"]
    ),
    min_size=1,
).map("\n".join)


def block(lines):
    return "".join(f"{line}\n" for line in lines)


def by_itself(wording, row, said):
    """What render makes of one row; None where it refuses it."""
    facts = Facts(
        values={name: row[name] for name in plain.OWN},
        said=said,
        items=row["lines"],
        credits=row["credits"],
        totals=row["totals"],
    )
    try:
        return render(wording, facts)
    except WordingError:
        return None


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(["reminder", "sms_reminder", "statement"]),
    odd_bodies | st.none(),
    st.sampled_from(["Pay {reference}", "{company_name}: {customer_name}", "{{"]),
    st.lists(owns, min_size=1, max_size=4),
    st.sampled_from([*SAID, ""]),
)
def test_a_plain_text_is_the_one_put_together_by_itself(
    language, template, body, subject, drawn, broken
):
    wording = replace(shipped_wordings(language)[template], subject=subject)
    wording = wording if body is None else replace(wording, body=body)
    said = tuple(SAID.items() if not broken else (SAID | {broken: "two\nlines"}).items())
    rows = pl.DataFrame(
        [
            {
                "customer_id": key,
                **{name: row[name] for name in plain.OWN},
                "lines": block(row["lines"]),
                "credits": block(row["credits"]),
                "totals": block(
                    wording.total_line.format(currency=code, total=row["totals"][code])
                    for code in sorted(row["totals"])
                ),
            }
            for key, row in enumerate(drawn)
        ],
    )

    put = plain.plain_texts(rows, wording, said)

    alone = {key: by_itself(wording, row, said) for key, row in enumerate(drawn)}
    assert {key: tuple(words) for key, *words in put.iter_rows()} == {
        key: words for key, words in alone.items() if words is not None
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "{total:EUR}"},
        {"body": "{charges}"},
        {"subject": "Pay {total:EUR}"},
        {"body": "{promise_day}"},
    ],
)
def test_what_says_more_than_plain_values_is_left_to_one_by_one(changes):
    wording = replace(shipped_wordings("en")["reminder"], **changes)
    row = dict.fromkeys((*plain.OWN, *plain.BLOCKS), "") | {"customer_id": 1}

    assert plain.plain_texts(pl.DataFrame([row]), wording, tuple(SAID.items())).is_empty()


def test_a_value_of_all_that_is_too_long_leaves_everybody_to_one_by_one():
    row = dict.fromkeys((*plain.OWN, *plain.BLOCKS), "") | {"customer_id": 1}
    said = tuple((SAID | {"pay_link": TEXTS[-1]}).items())

    wording = shipped_wordings("en")["reminder"]
    assert plain.plain_texts(pl.DataFrame([row]), wording, said).is_empty()


@given(lines_of_customers)
def test_a_block_holds_the_lines_of_its_customer(drawn):
    rows = pl.DataFrame(
        [
            (key, LANGUAGES[key % 4], kind, number, code, day, day + 30, late, amount, amount // 2, up)
            for key, kind, number, code, day, late, amount, up in drawn
        ],
        schema=ROWS,
        orient="row",
    )  # fmt: skip

    told = {row["customer_id"]: row for row in line_blocks(rows, FORMS).iter_rows(named=True)}

    assert told == {
        key: {
            "customer_id": key,
            "lines": block(lines.items),
            "credits": block(lines.credits),
            "item_count": len(lines.items),
            "oldest_days": lines.oldest_days,
        }
        for key, lines in customer_lines(rows, FORMS).items()
    }


@pytest.mark.parametrize(("number", "count"), [("x" * (LONGEST_VALUE + 1), 1), ("R", 501)])
def test_a_line_that_is_not_known_or_too_many_of_them_are_not_plain(number, count):
    row = (1, "en", "invoice", number, "EUR", DAY, DAY, 3, 5, 5, False)
    rows = pl.DataFrame([row] * count, schema=ROWS, orient="row")

    assert count in {1, MOST_LINES + 1}
    assert line_blocks(rows, FORMS)["lines"].to_list() == [None]


def test_a_day_put_together_at_once_reads_as_one_by_one(desk, monkeypatch):  # noqa: F811
    for number, language in (("K1", "de"), ("K2", "en"), ("K3", "fr"), ("K4", "")):
        customer = owing(desk, number, late=20, language=language)
        customer.contacts.update(name="" if number == "K1" else f"Ann {number}")
    plan = planned(desk)
    customers = plan.contacts.select("customer_id")
    one_by_one = list(message_texts(plan, customers))

    monkeypatch.setattr(plain, "FEW", 0)
    monkeypatch.setattr("dunwell.queries.texts.FEW", 0)
    monkeypatch.setattr("dunwell.queries.texts._words", None)  # nobody is left to it

    assert list(message_texts(plan, customers)) == one_by_one
    assert [text.trouble for text in one_by_one] == [""] * 4
