"""Phrases that do not go out: found however they are written, told with place and suggestion."""

from importlib.resources import files

import pytest

from dunwell.engine.phrases import (
    BLOCK,
    MOST_HITS,
    PhraseError,
    allowed_phrases,
    phrase_hits,
    read_phrases,
)
from dunwell.formats.policies import read_policy

TEXT = files("dunwell").joinpath("policies", "phrases.yaml").read_text(encoding="utf-8")
SHIPPED = read_phrases(read_policy(TEXT).document["phrases"])


def said(text, language="en"):
    return [
        (hit.phrase.id, hit.line, hit.quote)
        for hit in phrase_hits(text, SHIPPED, language=language)
    ]


def entry(**changes):
    return {
        "id": "own", "language": "en", "say": ["pay up"], "why": "Rude.", "source": "house",
        "instead": "please pay", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "You will be arrested.", "en-arrest"),
        ("en", "We will press\ncharges", "en-criminal"),
        ("en", "Your credit score will fall", "en-credit-record"),
        ("en", "Pay within 24 hours", "en-urgency"),
        ("en", "you are a DEADBEAT", "en-insult"),
        ("en", "by order of the court", "en-authority"),
        ("en", "We will call you every day", "en-every-contact"),
        ("de", "sonst droht die Verhaftung", "de-haft"),
        ("de", "Wir erstatten Strafanzeige", "de-strafanzeige"),
        ("de", "Es folgt ein SCHUFA-Eintrag", "de-schufa"),
        ("de", "Letzte Chance!", "de-eile"),
        ("de", "Wir werden die Polizei gern einschalten", "de-strafanzeige"),
        ("fr", "Vous irez en prison", "fr-prison"),
        ("fr", "Dernière chance", "fr-urgence"),
        ("es", "Irá a la cárcel", "es-carcel"),
        ("es", "Le incluiremos en ASNEF", "es-asnef"),
    ],
)
def test_what_is_not_said_is_found(language, text, name):
    assert [hit[0] for hit in said(text, language)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "We'll have you ar\u200brested",
        "ARRESTED!",
        "you will be аrrеsted",  # noqa: RUF001  Cyrillic letters
        "a r r e s t e d",
        "árrestéd",
        "ａｒｒｅｓｔｅｄ",  # noqa: RUF001  full width
        "arr\u00adested",
    ],
)
def test_writing_it_oddly_is_no_way_around(text):
    assert [hit[0] for hit in said(text)] == ["en-arrest"]


@pytest.mark.parametrize(
    "text",
    [
        "Please pay by 3 May.",
        "Your account was credited.",
        "The arrears are small.",
        "We may pass it on",
    ],
)
def test_plain_requests_pass(text):
    assert said(text) == []


def test_another_language_is_not_asked_for():
    assert said("Wir erstatten Strafanzeige") == []


def test_a_place_is_told_with_why_and_what_to_write():
    [hit] = phrase_hits("Dear Pat,\nact now\nor regret", SHIPPED, language="en", part="body")
    assert hit.is_blocking and hit.text == (
        "body, line 2: “act now or”. A deadline that is not real is false urgency. "
        "(UCPD 2005/29 art. 6, 9; FCA CONC 7.3) "
        "Instead: give the day by which you ask for payment, {pay_by}, and what follows."
    )


def test_every_language_has_blocks_that_the_law_keeps():
    kept = {phrase.language for phrase in SHIPPED if phrase.is_law and phrase.act == BLOCK}
    assert kept == {"en", "de", "fr", "es"}
    assert all(phrase.source and phrase.instead for phrase in SHIPPED)


def test_a_company_may_allow_what_the_law_does_not_forbid():
    left = allowed_phrases(SHIPPED, ["en-credit-record"])
    assert {phrase.id for phrase in SHIPPED} - {phrase.id for phrase in left} == {
        "en-credit-record"
    }
    with pytest.raises(PhraseError, match="forbidden by law"):
        allowed_phrases(SHIPPED, ["en-arrest"])
    with pytest.raises(PhraseError, match="there is no phrase 'nope'"):
        allowed_phrases(SHIPPED, ["nope"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"say": []}, "say must list 1 to 40 ways"),
        ({"say": ["... now"]}, "must begin and end with a word"),
        ({"say": ["now ..."]}, "must begin and end with a word"),
        ({"say": ["*"]}, "must begin and end with a word"),
        ({"say": ["x" * 121]}, "longer than 120"),
        ({"act": "stop"}, "act 'stop' is not known"),
        ({"why": ""}, "why must be a text"),
        ({"pattern": "(a+)+"}, "field 'pattern' is not known"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(changes, message):
    with pytest.raises(PhraseError, match="phrases, phrase 1") as refusal:
        read_phrases([entry(**changes)])
    assert message in str(refusal.value)


def test_two_entries_of_one_id_are_refused():
    with pytest.raises(PhraseError, match="two are named 'own'"):
        read_phrases([entry(), entry()])


def test_a_text_full_of_it_costs_little():
    gaps = read_phrases([entry(say=["a ... a ... a ... a ... a ... a ... b"])])
    assert phrase_hits("aa a " * 30_000, gaps, language="en") == ()
    assert len(phrase_hits("arrested\n" * 60_000, SHIPPED, language="en")) == MOST_HITS
