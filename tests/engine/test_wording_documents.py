"""Documents of texts: over the shipped ones, with tones, variants and phrases of their own."""

from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
import yaml

from dunwell import engine
from dunwell.engine.phrases import read_phrases
from dunwell.engine.wording import REPLY_TEMPLATES, TEMPLATES, WordingError, read_wordings
from dunwell.engine.wording_documents import read_wordings_document, wording_hits

BODY = "Dear {contact_name},\n{lines}\n\n{credits}\n\n{totals}\n{reply_to}\n"
DOCUMENT = {
    "language": "en",
    "valid_from": "2026-03-05",
    "wordings": {
        "reminder": {
            "subject": "Ours",
            "body": BODY,
            "tones": {"friendly": {"subject": "Hi", "body": BODY}},
            "variants": [{"name": "short", "share": 30, "subject": "Quick"}],
        }
    },
    "tones": {"strategic": "friendly"},
}


POLICIES = Path(engine.__file__).parents[1] / "policies"
SHIPPED = {
    language: read_wordings(
        yaml.safe_load((POLICIES / f"wordings_{language}.yaml").read_text("utf-8"))
    )
    for language in ("en", "de", "fr", "es")
}


def read(**changes):
    return read_wordings_document({**deepcopy(DOCUMENT), **changes}, shipped=SHIPPED)


def reminder(**changes):
    return {"reminder": {**deepcopy(DOCUMENT["wordings"]["reminder"]), **changes}}


def test_what_a_document_leaves_out_stays_as_shipped():
    found = read()
    assert (found.name, found.valid_from, found.stated) == (
        "wordings_en", date(2026, 3, 5), ("reminder",),
    )  # fmt: skip
    assert set(found.wordings) == {*TEMPLATES, *REPLY_TEMPLATES}
    assert found.wordings["reminder"].subject == "Ours"
    shipped = SHIPPED["en"]
    assert found.wordings["final_notice"] == shipped["final_notice"]
    assert found.wordings["reminder"].line == shipped["reminder"].line


def test_a_segment_is_written_to_in_its_tone():
    found = read()
    assert found.worded("reminder", found.tone_of("reminder", "strategic")).subject == "Hi"
    assert found.tone_of("reminder", "small") == ""
    # there is no friendly final notice: the plain one
    assert found.tone_of("final_notice", "strategic") == ""


def test_a_variant_takes_what_it_does_not_say_from_the_plain_text():
    [variant] = read().variants["reminder"]
    assert (variant.name, variant.share_ppm) == ("short", 300_000)
    assert (variant.wording.subject, variant.wording.body) == ("Quick", BODY)


def test_shared_lines_of_a_document_hold_for_all_its_texts():
    found = read(shared={"total_line": "= {currency} {total}"})
    assert {text.total_line for _, text in found.every_wording()} == {"= {currency} {total}"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"language": "it"}, "language 'it' is not known"),
        ({"valid_from": None}, "valid_from must be a day"),
        ({"wordings": {"nope": {}}}, "template 'nope' is not known"),
        ({"wordings": {"debit_notice": {}}}, "template 'debit_notice' is not known"),
        ({"wordings": reminder(body="Hi {nobody}")}, "{nobody} is not a placeholder"),
        (
            {"wordings": reminder(body="Hi")},
            "{credits}, {lines}, {reply_to}, {totals} are missing",
        ),
        ({"wordings": reminder(tones={"rude": {}})}, "tone 'rude' is not known"),
        ({"wordings": reminder(tones={"firm": {"subject": "x"}})}, "body must be a text"),
        (
            {"wordings": reminder(tones={"firm": {"subject": "x", "body": "Pay"}})},
            "wordings en, reminder, firm, body: {credits}, {lines}, {reply_to}, {totals} are",
        ),
        ({"wordings": reminder(variants=[{"name": "a", "share": 100}])}, "it must lie in 1"),
        (
            {
                "wordings": reminder(
                    variants=[{"name": "a", "share": 60}, {"name": "b", "share": 60}]
                )
            },
            "more than 100 percent",
        ),
        (
            {"wordings": reminder(variants=[{"name": "a", "share": 6}] * 2)},
            "two are named 'a'",
        ),
        ({"wordings": reminder(variants=[{"name": "rest", "share": 6}])}, "not 'rest'"),
        ({"tones": {"strategic": "rude"}}, "tone of strategic 'rude' is not known"),
        ({"approve": ["nope"]}, "approve 'nope' is not known"),
        ({"macros": {}}, "field 'macros' is not known"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(changes, message):
    with pytest.raises(WordingError) as refusal:
        read(**changes)
    assert message in str(refusal.value)


def test_phrases_are_looked_for_in_every_text_of_the_document():
    phrases = read_phrases(
        [
            {
                "id": "own", "language": "en", "say": ["quick"], "why": "No.", "source": "house",
                "instead": "short",
            }
        ]
    )  # fmt: skip
    assert [(hit.part, hit.line) for hit in wording_hits(read(), phrases)] == [
        ("reminder (short), subject", 1)
    ]


@pytest.mark.parametrize("language", SHIPPED)
def test_a_shipped_document_is_what_it_stands_on(language):
    text = yaml.safe_load((POLICIES / f"wordings_{language}.yaml").read_text("utf-8"))
    assert read_wordings_document(text, shipped=SHIPPED).wordings == SHIPPED[language]


@pytest.mark.parametrize("language", SHIPPED)
def test_no_shipped_text_says_what_is_not_said(language):
    text = yaml.safe_load((POLICIES / f"wordings_{language}.yaml").read_text("utf-8"))
    phrases = read_phrases(
        yaml.safe_load((POLICIES / "phrases.yaml").read_text("utf-8"))["phrases"]
    )
    assert wording_hits(read_wordings_document(text, shipped=SHIPPED), phrases) == ()
