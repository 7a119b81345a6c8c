"""Hostile wordings and values: refused or written as text, at once, and never read as a program."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.rendering import render
from dunwell.engine.wording import (
    LONGEST_VALUE,
    Facts,
    Wording,
    WordingError,
    check_text,
    check_wording,
)
from dunwell.formats.policies import PolicyError, read_policy
from tests.effort import effort
from tests.engine.test_wording import FACTS, ITEM, PLAIN, STATED

SECONDS = 2
"""More than so long no text may take, whatever stands in it (TRUST, 1.3.7)."""

PAYLOADS = [
    "{{7*7}}",
    "{{ customer.delete() }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ config.items() }}",
    "{{ self.__init__.__globals__.__builtins__.open('/etc/passwd').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{customer_name.__class__.__init__.__globals__}",
    "{0.__class__}",
    "{customer_name!r:>2000000000}",
    "{{ 'x'*2000000000 }}",
    "${7*7}",
    "#{7*7}",
    "<%= system('id') %>",
]
"""The ways templates are made to run: Jinja, format strings, EL, ERB, and a bomb."""


def worded(payload):
    return Wording(
        **{
            **{name: getattr(PLAIN, name) for name in PLAIN.__slots__},
            "body": f"{PLAIN.body}\n{payload}\n",
        }
    )


def outcome(payload):
    """What becomes of a payload in a wording: the refusal, or the text it became."""
    with effort() as spent:
        try:
            check_wording(worded(payload))
            told = render(worded(payload), FACTS)[1]
        except WordingError as error:
            told = f"refused: {error}"
    assert spent.seconds < SECONDS
    return told


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_a_wording_is_refused_or_stays_text(payload):
    told = outcome(payload)
    if not told.startswith("refused: "):
        # nothing was worked out: doubled braces are braces, the rest is what was written
        assert payload.replace("{{", "{").replace("}}", "}") in told
    assert "49" not in told and "subclasses()" not in told.replace(payload, "").replace(
        payload.replace("{{", "{").replace("}}", "}"), ""
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_a_value_is_text_and_never_read_again(payload):
    facts = Facts(
        values={**STATED, "contact_name": payload},
        items=[{**ITEM, "number": payload}],
        totals={"EUR": payload},
    )
    with effort() as spent:
        body = render(PLAIN, facts)[1]
    assert spent.seconds < SECONDS
    assert body.count(payload) == 3


@pytest.mark.parametrize(
    "bomb",
    [
        "{" * 20_000,
        "{" * 10_000 + "}" * 10_000,
        "{customer_name}" * 1_300,
        "{}" * 9_000,
        "{ customer_name }",
        "{customer_name" * 1_000,
        "\u202e{customer_name}",
        "{\u200bcustomer_name}",
        "{customer\uff3fname}",
        "{сustomer_name}",  # noqa: RUF001  a Cyrillic letter
        "{customer_name\x00}",
        "{CUSTOMER_NAME}",
    ],
    ids=lambda bomb: repr(bomb[:16]),
)
def test_bombs_and_tricks_with_braces_take_no_time(bomb):
    told = outcome(bomb)
    assert told.startswith("refused: ") or "<customer_name>" in told


def test_a_huge_value_is_refused_not_written():
    facts = Facts(values={**STATED, "contact_name": "x" * (LONGEST_VALUE + 1)})
    with pytest.raises(WordingError, match="longer than 2000"):
        render(PLAIN, facts)


def test_a_document_that_unfolds_into_gigabytes_is_not_read():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    with effort() as spent:
        with pytest.raises(PolicyError, match="references"):
            read_policy("\n".join(lines))
        with pytest.raises(PolicyError):
            read_policy("language: !!python/object/apply:os.system ['id']\n")
    assert spent.seconds < SECONDS


@given(st.text(max_size=400))
def test_any_text_is_refused_or_rendered_without_a_crash(text):
    wording = worded(text)
    with suppress(WordingError):
        check_text(wording)
        subject, body = render(wording, FACTS)
        assert (subject, body.startswith("Dear <contact_name>,")) == ("From <company_name>", True)


@given(st.text(max_size=300))
def test_a_value_never_adds_a_line_to_the_subject(text):
    facts = Facts(values={**STATED, "company_name": text}, totals={"EUR": "1"})
    try:
        subject, _ = render(PLAIN, facts)
    except WordingError:
        return
    assert len(subject.splitlines()) <= 1
