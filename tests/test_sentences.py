"""What the desk says when it refuses reads in the reader's language, with its own values."""

import ast

import pytest
from django.utils.translation import override

from dunwell.actions.gate import Refused
from dunwell.templatetags.sentences import CONTEXT, PLACEHOLDER, spoken
from tools.messages import read_catalog
from tools.sentences import BASE, SOURCE, refusals, sentences

TEMPLATES = {
    message.id: message.string for message in read_catalog("de") if message.context == CONTEXT
}


def filled(text):
    """A template with a value for every name, as a rule fills it."""
    return PLACEHOLDER.sub(lambda name: f"«{name[1]}»", text)


def test_every_sentence_is_told_by_its_own_template():
    with override("de"):
        wrong = [text for text in TEMPLATES if spoken(filled(text)) != filled(TEMPLATES[text])]

    assert len(TEMPLATES) > 1_700
    assert wrong == []


def test_the_catalog_holds_the_sentences_that_the_code_says():
    assert set(TEMPLATES) == {text for _file, text in sentences()}
    assert {BASE, "Stale", "Forbidden"} <= refusals()


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "Choose at least one item to promise.",
            "Wählen Sie mindestens einen Posten für die Zusage.",
        ),
        ("R-1 is in EUR, not in USD.", "R-1 lautet auf EUR, nicht auf USD."),
        (
            "Say why. Somebody else has just changed this promise; load the page again.",
            (
                "Sagen Sie, warum. "
                "Jemand anderes hat diese Zusage gerade geändert; laden Sie die Seite neu."
            ),
        ),
        (
            "line 4: case 2 fails: Choose at least one item to promise.",
            "Zeile 4: Fall 2 scheitert: Wählen Sie mindestens einen Posten für die Zusage.",
        ),
        ("Nobody wrote this sentence.", "Nobody wrote this sentence."),
        ("", ""),
    ],
)
def test_a_sentence_reads_in_german(sentence, told):
    with override("de"):
        assert spoken(Refused(sentence)) == told
        assert spoken(spoken(sentence)) == told
    with override("en-gb"):
        assert spoken(sentence) == sentence


def test_values_are_shown_as_they_are():
    """A name with a template's own signs, or one that says to change the page, stays a value."""
    with override("de"):
        told = spoken("{number} & <b>x</b> belongs to another customer.")

    assert told == "{number} & <b>x</b> gehört zu einem anderen Kunden."


def caught(tree):
    """Every `str(refusal)` where a refusal was caught."""
    for handler in ast.walk(tree):
        if isinstance(handler, ast.ExceptHandler) and handler.name and handler.type is not None:
            types = {one.rsplit(".", 1)[-1] for one in ast.unparse(handler.type).split(", ")}
            if {one.strip("()") for one in types} & refusals():
                yield from (
                    node
                    for node in ast.walk(handler)
                    if isinstance(node, ast.Call) and ast.unparse(node) == f"str({handler.name})"
                )


@pytest.mark.parametrize("surface", ["web", "portal"])
def test_pages_tell_refusals_in_the_readers_language(surface):
    plain = [
        f"{path.name}:{node.lineno}"
        for path in sorted((SOURCE / surface).rglob("*.py"))
        for node in caught(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert plain == [], "use templatetags.sentences.spoken"
