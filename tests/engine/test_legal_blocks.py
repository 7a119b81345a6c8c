"""Sentences the law asks for: chosen by where and what the customer is, below the message."""

from pathlib import Path

import pytest
import yaml

from dunwell import engine
from dunwell.engine.documents import DocumentError
from dunwell.engine.legal_blocks import (
    MessageScope,
    legal_texts,
    read_legal_blocks,
    with_legal_texts,
)

POLICIES = Path(engine.__file__).parents[1] / "policies"
SHIPPED = read_legal_blocks(yaml.safe_load((POLICIES / "legal_blocks.yaml").read_text("utf-8")))


def ids(language="en", **scope):
    found = legal_texts(SHIPPED, MessageScope(**scope), language=language)
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"country": "DE", "party": "company", "template": "final_notice"}, ["DE-BGB-286-B2B"]),
        ({"country": "DE", "party": "person", "template": "final_notice"}, ["DE-BGB-286-B2C"]),
        # not known whether a business: nothing is claimed
        ({"country": "DE", "template": "final_notice"}, []),
        ({"country": "DE", "party": "company", "template": "upcoming"}, []),
        ({"country": "GB", "party": "public", "template": "urgent_reminder"}, ["GB-LATE-PAYMENT"]),
        ({"country": "US", "party": "person", "use": "personal"}, []),
        (
            {"country": "US", "party": "person", "use": "personal", "acts_as": "third_party"},
            ["US-MINI-MIRANDA", "US-REGF-OPTOUT"],
        ),
        # silence costs more than a sentence too many
        (
            {"country": "US", "acts_as": "third_party", "channel": "letter",
             "template": "final_notice"},
            ["US-MINI-MIRANDA", "US-REGF-VALIDATION"],
        ),
        ({"country": "US", "party": "company", "acts_as": "third_party"}, []),
    ],
)  # fmt: skip
def test_a_block_is_for_whom_it_says(scope, expected):
    assert ids(**scope) == expected


def test_a_block_speaks_the_language_of_the_message_or_the_law_s_own():
    scope = MessageScope(country="DE", party="company", template="final_notice")
    [german] = legal_texts(SHIPPED, scope, language="de")
    [english] = legal_texts(SHIPPED, scope, language="en")
    [french] = legal_texts(SHIPPED, scope, language="fr")
    assert german.text.startswith("Hinweis nach") and english.text.startswith("Notice under")
    assert french.text == german.text and german.source


def test_blocks_stand_below_the_text():
    scope = MessageScope(country="FR", party="company", template="final_notice")
    texts = legal_texts(SHIPPED, scope, language="en")
    assert with_legal_texts("Pay.\n", texts) == f"Pay.\n\n{texts[0].text}\n"
    assert with_legal_texts("Pay.\n", ()) == "Pay.\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"texts": {}}, "give its words"),
        ({"texts": {"en": "x" * 1_001}}, "give its words"),
        ({"scope": {"parties": ["ghost"]}}, "parties 'ghost' is not known"),
        ({"scope": {"planets": []}}, "field 'planets' is not known"),
        ({"source": ""}, "source must be a text"),
    ],
)
def test_a_wrong_block_is_refused(changes, message):
    stated = {"id": "X", "title": "t", "texts": {"en": "w"}, "source": "s", "evidence": "S"}
    with pytest.raises(DocumentError) as refusal:
        read_legal_blocks({"blocks": [{**stated, **changes}]})
    assert message in str(refusal.value)
