"""Message texts: only stated facts get in, and nothing else is a placeholder."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dunwell import engine
from dunwell.engine.placeholders import VALUES
from dunwell.engine.rendering import render
from dunwell.engine.wording import (
    CALL_TEMPLATES,
    LONGEST_BODY,
    LONGEST_VALUE,
    MOST_LINES,
    REPLY_TEMPLATES,
    SHORT_TEMPLATES,
    TEMPLATES,
    Facts,
    Wording,
    WordingError,
    check_wording,
    read_wordings,
)

POLICIES = Path(engine.__file__).parents[1] / "policies"

PLAIN = Wording(
    template="reminder",
    language="en",
    subject="From {company_name}",
    body="Dear {contact_name},\n{lines}\n\n{credits}\n\n{totals}\n{reply_to}\n",
    line="{number} due {due_on}, {days_late} late: {open}",
    line_before_due="{number} due {due_on}: {open}",
    credit_line="{number}: {open}",
    total_line="{currency} {total}",
    credits_heading="Credits:",
    more_line="and {count} more",
)
ITEM = {
    "kind": "Invoice",
    "number": "R1",
    "issued_on": "1 Feb",
    "due_on": "1 Mar",
    "days_late": "9",
    "open": "€100.00",
    "currency": "EUR",
}
CREDIT = {**ITEM, "kind": "Credit note", "number": "G7", "days_late": "", "open": "-€25.00"}
STATED = {name: f"<{name}>" for name in VALUES}
FACTS = Facts(values=STATED, items=[ITEM], credits=[CREDIT], totals={"EUR": "€75.00"})


def shipped():
    for path in sorted(POLICIES.glob("wordings_*.yaml")):
        for name, wording in read_wordings(yaml.safe_load(path.read_text("utf-8"))).items():
            yield pytest.param(wording, id=f"{wording.language} {name}")


def test_a_text_is_filled_in():
    assert render(PLAIN, FACTS) == (
        "From <company_name>",
        (
            "Dear <contact_name>,\nR1 due 1 Mar, 9 late: €100.00\n\n"
            "Credits:\nG7: -€25.00\n\nEUR €75.00\n<reply_to>\n"
        ),
    )


def test_an_empty_block_leaves_no_heading_and_no_gap():
    assert render(PLAIN, replace(FACTS, credits=())) == (
        "From <company_name>",
        "Dear <contact_name>,\nR1 due 1 Mar, 9 late: €100.00\n\nEUR €75.00\n<reply_to>\n",
    )


def test_an_item_not_yet_due_is_not_called_late():
    soon = replace(FACTS, items=[{**ITEM, "days_late": ""}], credits=())

    assert render(PLAIN, soon)[1].splitlines()[1] == "R1 due 1 Mar: €100.00"


def test_totals_stand_by_currency_and_one_can_be_named():
    wording = replace(PLAIN, body=PLAIN.body + "Or {total:USD} alone; {{as it is}}")
    facts = replace(FACTS, totals={"USD": "$9", "EUR": "€75.00"})

    assert render(wording, facts)[1].splitlines()[-4:] == [
        "EUR €75.00",
        "USD $9",
        "<reply_to>",
        "Or $9 alone; {as it is}",
    ]


@pytest.mark.parametrize("wording", list(shipped()))
def test_every_shipped_text_renders_and_keeps_the_facts(wording):
    subject, body = render(wording, FACTS)

    assert "{" not in subject + body
    assert STATED["reply_to"] in body
    silent = {"promise_confirmation", *REPLY_TEMPLATES}
    if wording.template not in SHORT_TEMPLATES | silent:
        assert all(text in body for text in ("R1", "G7", "€100.00", "-€25.00", "€75.00"))


def test_every_language_has_every_template():
    found = [wording.values[0] for wording in shipped()]

    assert {(w.language, w.template) for w in found} == {
        (language, template)
        for language in ("de", "en", "es", "fr")
        for template in (*TEMPLATES, *REPLY_TEMPLATES)
    }


def test_what_is_sent_tells_how_to_pay_and_what_is_said_does_not():
    found = [w.values[0] for w in shipped()]
    asking = set(TEMPLATES) - SHORT_TEMPLATES - CALL_TEMPLATES - {"statement"}

    assert {w.template for w in found if "{how_to_pay}" in w.body} == asking


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subject": "a\nb"}, r"reminder \(en\): the subject holds a line break"),
        ({"subject": "a\r\nBcc: x@example.com"}, "the subject holds a line break"),
        ({"subject": "a\x00"}, "the subject holds a line break or control character"),
        ({"subject": "a\u2028b"}, "the subject holds a line break"),
        ({"subject": "x" * 201}, "the subject is longer than 200 characters"),
        ({"subject": "{lines}"}, r"subject: {lines} must stand on a line of its own"),
        ({"subject": "{rating}"}, r"subject: {rating} is not a placeholder; known are:"),
        ({"body": "x" * 20_001}, "the body is longer than 20000 characters"),
        (
            {"body": "Hi\n{customer.delete}"},
            r"body, line 2: {customer.delete} is not a placeholder",
        ),
        ({"body": "{customer_name.upper()}"}, "is not a placeholder"),
        ({"body": "{customer_name!r}"}, "is not a placeholder"),
        ({"body": "{customer_name:>2000000000}"}, "is not a placeholder"),
        ({"body": "{0}"}, "is not a placeholder"),
        ({"body": "{}"}, "is not a placeholder"),
        ({"body": "{total:eur}"}, "is not a placeholder"),
        ({"body": "{total:EUR:>9}"}, "is not a placeholder"),
        ({"body": "{% for x in y %}"}, "is not a placeholder"),
        ({"body": "{customer_name"}, "a lone brace; write {{ or }} for the character"),
        ({"body": "a } b"}, "a lone brace"),
        ({"body": "see {lines} here"}, "{lines} must stand on a line of its own"),
        ({"body": "a\r\nb"}, "holds a control character"),
        ({"body": "a\x1bb"}, "holds a control character"),
        ({"body": "{lines}\n{totals}\n{reply_to}"}, "{credits} is missing; a reader needs it"),
        ({"body": "{lines}\n{credits}\n{totals}"}, "{reply_to} is missing"),
        ({"body": "{lines}\n{credits}"}, "{reply_to}, {totals} are missing; a reader needs them"),
        ({"body": "{credits}\n{totals}\n{reply_to}"}, "{lines} is missing"),
        ({"body": "{lines}\n{credits}\n{reply_to}"}, "{totals} is missing"),
        ({"line": "{customer_name}"}, "line: {customer_name} is not a placeholder"),
        ({"line": "a\nb"}, "line: must be a single line"),
        ({"total_line": "{open}"}, "total_line: {open} is not a placeholder"),
        ({"credits_heading": "{number}"}, "known are: none here"),
        ({"more_line": "{number}"}, "more_line: {number} is not a placeholder"),
    ],
)
def test_a_wording_is_refused_at_publishing_with_the_place(change, message):
    with pytest.raises(WordingError, match=message):
        check_wording(replace(PLAIN, **change))


SHARED = {
    "line": "{number}",
    "line_before_due": "{number}",
    "credit_line": "{number}",
    "total_line": "{total}",
    "credits_heading": "Credits",
    "more_line": "{count}",
}
DOCUMENT = {
    "language": "en",
    "shared": SHARED,
    "wordings": {"reminder": {"subject": "s", "body": PLAIN.body}},
}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({**DOCUMENT, "tone": 1}, "wordings: field 'tone' is not known"),
        ({**DOCUMENT, "language": None}, "wordings: language must be a text"),
        ({**DOCUMENT, "shared": {}}, "wordings en, shared: line must be a text"),
        ({**DOCUMENT, "wordings": []}, r"wordings en: expected fields with values, found \[\]"),
        (
            {**DOCUMENT, "wordings": {"poem": {}}},
            "wordings en, poem: template 'poem' is not known",
        ),
        (
            {**DOCUMENT, "wordings": {"reminder": {"body": "x"}}},
            "reminder: subject must be a text",
        ),
        (
            {**DOCUMENT, "wordings": {"reminder": {"subject": "s", "body": "b", "html": "h"}}},
            "field 'html' is not known; use body, subject",
        ),
    ],
)
def test_a_document_is_refused_with_the_place(document, message):
    with pytest.raises(WordingError, match=message):
        read_wordings(document)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (replace(FACTS, values={}), "the fact for {company_name} is missing"),
        (replace(FACTS, items=[{"number": "R1"}]), "the fact for {due_on} is missing"),
        (
            replace(FACTS, values={**STATED, "company_name": "A\r\nBcc: x@example.com"}),
            "company_name holds a line break and stands in the subject",
        ),
        (
            replace(FACTS, values={**STATED, "contact_name": "x" * (LONGEST_VALUE + 1)}),
            "contact_name is longer than 2000 characters",
        ),
    ],
)
def test_facts_that_are_missing_or_harmful_are_refused(facts, message):
    with pytest.raises(WordingError, match=message):
        render(PLAIN, facts)


def test_a_value_is_never_read_as_wording_and_stays_on_its_line():
    named = {**STATED, "contact_name": "{reply_to}\nDear {lines}", "how_to_pay": "IBAN 1\nBIC 2\r"}
    wording = replace(PLAIN, body=PLAIN.body + "{how_to_pay}")

    lines = render(wording, replace(FACTS, values=named))[1].splitlines()

    assert (lines[0], lines[-2:]) == ("Dear {reply_to} Dear {lines},", ["IBAN 1", "BIC 2"])


def test_thousands_of_items_end_in_a_count_not_in_a_book():
    many = replace(FACTS, items=[ITEM] * 9_000, credits=())

    body = render(PLAIN, many)[1]

    assert body.count("R1") == MOST_LINES
    assert "and 8500 more" in body


def test_a_text_that_grows_too_long_is_refused():
    long = {**ITEM, "number": "x" * LONGEST_VALUE}

    with pytest.raises(WordingError, match="the text grew too long"):
        render(PLAIN, replace(FACTS, items=[long] * MOST_LINES))


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_and_none_gets_through_that_cannot_be_rendered(text):
    wording = replace(PLAIN, body=PLAIN.body + text)
    try:
        check_wording(wording)
    except WordingError:
        return
    assert len(render(wording, replace(FACTS, totals={"EUR": "1"}))[1]) < LONGEST_BODY


def outcome(facts):
    """What comes of a message: its two texts, or why there are none."""
    try:
        return render(SIGNED, facts)
    except WordingError as error:
        return str(error)


SIGNED = replace(PLAIN, body=PLAIN.body + "{how_to_pay}\n{collector_name}")
ODD = st.sampled_from(["x" * (LONGEST_VALUE + 1), "a\nb", "IBAN 1\r\nBIC\x0b2", "{lines}"])


@given(
    st.dictionaries(st.sampled_from(sorted(VALUES)), st.text(max_size=80) | ODD),
    st.sets(st.sampled_from(sorted(VALUES))),
)
def test_what_many_messages_say_alike_reads_as_what_one_says(values, alike):
    stated = {**STATED, **values}
    said = tuple((name, text) for name, text in stated.items() if name in alike)
    own = {name: text for name, text in stated.items() if name not in alike}

    apart, together = (
        outcome(replace(FACTS, values=stated)),
        outcome(replace(FACTS, values=own, said=said)),
    )

    too_long = [name for name, text in stated.items() if len(text) > LONGEST_VALUE]
    if len(too_long) > 1:  # any one of them may be named
        assert "is longer than" in str(together)
    else:
        assert together == apart


@given(st.dictionaries(st.sampled_from(sorted(VALUES)), st.text(max_size=80)))
def test_whatever_the_facts_the_subject_is_one_line(values):
    try:
        subject, _ = render(PLAIN, replace(FACTS, values={**STATED, **values}))
    except WordingError:
        return
    assert len(subject.splitlines()) <= 1


CHARGED = replace(
    PLAIN,
    body="Dear {contact_name},\n{lines}\n{credits}\n{totals}\n{charges}\n{reply_to}\n",
    charges_heading="Up to {charges_until}:",
    charge_line="{number}: {interest} + {fees} = {accrued}",
    charges_total_line="{currency} {accrued} of {with_claim}",
)
ACCRUED = replace(
    FACTS,
    charges=[
        {**ITEM, "interest": "€1.00", "fees": "€40.00", "accrued": "€41.00"},
    ],
    charge_totals=[{"currency": "EUR", "accrued": "€41.00", "with_claim": "€116.00"}],
)


def test_what_has_accrued_is_told_per_item_and_with_the_claim():
    assert render(CHARGED, ACCRUED)[1].splitlines()[-4:] == [
        "Up to <charges_until>:",
        "R1: €1.00 + €40.00 = €41.00",
        "EUR €41.00 of €116.00",
        "<reply_to>",
    ]


def test_where_nothing_has_accrued_nothing_is_said_of_it():
    assert "Up to" not in render(CHARGED, FACTS)[1]
    assert (CHARGED.tells_charges, PLAIN.tells_charges) == (True, False)
    assert replace(PLAIN, subject="{charges_total}").tells_charges


def test_the_block_needs_its_lines():
    with pytest.raises(WordingError, match="charges_heading, charge_line, charges_total_line"):
        check_wording(replace(CHARGED, charge_line=""))
