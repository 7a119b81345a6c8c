"""Reasons of credit decisions in German: all the engine writes, and nothing a person typed."""

import re

import pytest
from django.utils.translation import override

from dunwell.engine.credit_decision import Subject, decide
from dunwell.engine.credit_words import LABELS
from dunwell.queries.credit_reason_words import label_told, reason_told
from tests.engine.credit_customers import GOOD, drawn, standard

ENGLISH = re.compile(
    r"\b(the|would|be|at|with|not known|instead|days?|months?|points?|higher|lower|pays|bureau"
    r"|known|overdue|item|promise|debit|equity|statement|limit of)\b",
    re.IGNORECASE,
)


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_every_reason_of_a_thousand_decisions_is_told_in_german():
    policy = standard()
    found = decide(drawn(1_000), policy, policy.card, currency="EUR")
    texts = {reason.text for one in found.values() for reason in one.reasons}
    told = {text: reason_told(text, "de") for text in texts}

    assert len(texts) > 500
    assert {text: one for text, one in told.items() if ENGLISH.search(one)} == {}
    # no figure is lost on the way
    assert {
        text for text, one in told.items()
        if sorted(re.findall(r"\d+", text)) != sorted(re.findall(r"\d+", one))
    } == set()  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Mean days late: 9 days (pays some days late). At 1 day the class would be B not C.",
            "Mean days late: 9 days (pays some days late). At 1 day the class would be B not C.",
        ),
        (
            "Altman zone: grey. At safe the class would be B instead of C.",
            "Altman-Zone: Grauzone. Beim Wert sicher wäre die Klasse B statt C.",
        ),
        (
            "Mean days late: not known. At 1 day the score would be 40 points higher.",
            "Mittlere Verzugstage: nicht bekannt. Beim Wert 1 Tag wäre der Score 40 Punkte höher.",
        ),
        ("Pays most items late", "Zahlt die meisten Posten zu spät"),
        (
            "Any bureau reports an insolvency: yes. If it were not so it would be approved.",
            "Eine Auskunftei meldet eine Insolvenz: ja. Wäre es nicht so, würde freigegeben.",
        ),
        (
            "Amount asked for: 24,000.00 EUR. At 20,000.00 EUR it would be approved.",
            "Beantragter Betrag: 24.000,00 €. Beim Wert 20.000,00 € würde freigegeben.",
        ),
        ("Too young, says Anna.", "Too young, says Anna."),
        ("", ""),
    ],
)
def test_a_reason_reads_in_german_and_what_a_person_typed_as_it_was(text, told):
    assert plain(reason_told(text, "de")) == told
    assert reason_told(text, "en") == text


def test_facts_that_decide_together_are_told_together():
    policy = standard()
    facts = {**GOOD, "own_oldest_days": 120, "point_is_in_court": True}
    one = decide({1: Subject(facts=facts)}, policy, policy.card)[1].reasons[0]
    assert len(one.facts) == 2
    told = plain(reason_told(one.text, "de"))
    assert told.startswith("Gerichtsverfahren sind bekannt: ja; Tage überfällig beim ältesten")
    assert "Mit den Werten" in told and " und " in told
    assert ENGLISH.search(told) is None


def test_every_fact_found_on_the_way_to_a_decision_has_a_german_name():
    with override("de"):
        english = [name for name, label in LABELS.items() if label_told(name) == label]
        assert label_told("asked_share_ppm") == "Beantragt, gemessen am Limit der Tabelle"
    assert english == []
