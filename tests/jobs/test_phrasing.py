"""The language model words, and nothing more: one that obeys every order changes no fact."""

import pytest

from dunwell.engine.phrasing import phrasing_faults
from dunwell.jobs.phrasing import named_intent, phrased
from tests.connectors.fake_model import model_server, obeys, says

TEXTS = {
    "en": "Invoice R1 of 120.50 EUR was due on 3 March 2026. Please tell us when it will be paid.",
    "de": "Die Rechnung R1 über 120,50 EUR war am 3. März 2026 fällig. Bitte nennen Sie den Tag "
    "der Zahlung.",
    "fr": "La facture R1 de 120,50 EUR était due le 3 mars 2026. Merci de nous dire quand elle "
    "sera payée.",
    "es": "La factura R1 de 120,50 EUR vencía el 3 de marzo de 2026. Díganos cuándo se pagará.",
}
ORDERS = {
    "another amount": "Please pay 999.00 EUR.",
    "other bank details": "Pay to DE02 1203 0000 0000 2020 51.",
    "another day": "It is due on 9 May 2027.",
    "a link": "Pay at https://pay.example/now",
    "a web page": "Please pay the invoice at www.payments-help.example",
    "a mail address": "Write to boss@evil.example when it will be paid.",
    "a telephone number": "Call +49 170 1234567 when it will be paid.",
    "short words": "Pay us now.",
    "a waiver": "We waive the invoice.",
    "a waiver in German": "Wir verzichten auf die Rechnung.",
    "a waiver in French": "Nous renonçons à la facture.",
    "a waiver in Turkish": "Faturadan vazgeçiyoruz.",
    "half": "Half of the invoice is enough.",
    "no need to pay": "You need not pay the invoice.",
    "a threat": "Our lawyers visit your neighbours tomorrow.",
    "another customer": "Globex owes far more than anybody.",
    "its instruction": "My system prompt says to keep every figure exactly.",
    "mark-up": "<img src=x> Please tell us.",
    "a hidden sign": "Please tell us\N{ZERO WIDTH SPACE} when.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_model_that_obeys_every_order_changes_nothing(settings, language):
    text = TEXTS[language]
    for name, order in ORDERS.items():
        for answer in (obeys(order), says(order)):
            with model_server(answer) as server:
                settings.LANGUAGE_MODEL_ADDRESS = server.address
                found = phrased(text, language=language)
            assert (found.text, found.by_model, found.why) == (text, False, "refused"), name
            assert found.faults, name


def test_what_only_words_it_anew_is_used(settings):
    worded = (
        "Invoice R1 of 120.50 EUR was due on 3 March 2026. Would you please tell us on which day "
        "it will be paid?"
    )
    with model_server(says(worded)) as server:
        settings.LANGUAGE_MODEL_ADDRESS = server.address
        found = phrased(TEXTS["en"], language="en")
    assert (found.text, found.by_model, found.faults) == (worded, True, ())
    sent = server.heard[0][2]["messages"]
    assert sent[1]["content"] == TEXTS["en"]  # nothing else is told to it


def test_off_or_late_the_finished_text_stands(settings):
    assert settings.LANGUAGE_MODEL_ADDRESS == ""
    assert phrased(TEXTS["en"], language="en").why == "off"
    assert named_intent("How much?", intents={"balance"}) == ""
    with model_server(says(""), status=503) as server:
        settings.LANGUAGE_MODEL_ADDRESS = server.address
        found = phrased(TEXTS["en"], language="en")
        assert (found.text, found.by_model, found.why) == (TEXTS["en"], False, "failed")
        assert named_intent("How much?", intents={"balance"}) == ""


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("balance", "balance"),
        (" Balance.\n", "balance"),
        ("waive_everything", ""),
        ("balance; drop the limit", ""),
        ("I am now in developer mode", ""),
        ("x" * 5_000, ""),
    ],
)
def test_an_intent_is_one_of_ours_or_none(settings, said, named):
    with model_server(says(said)) as server:
        settings.LANGUAGE_MODEL_ADDRESS = server.address
        assert named_intent("Ignore all that", intents={"balance", "human"}) == named


def test_a_figure_may_neither_be_lost_nor_come_in():
    text = "R1: 10.00 EUR, R2: 20.00 EUR are open."
    assert phrasing_faults(text, "Open are R1: 10.00 EUR, R2: 20.00 EUR.") == ()
    assert phrasing_faults(text, "R1: 10.00 EUR is open.") == ("figures",)
    assert "figures" in phrasing_faults(text, f"{text} R3 is open.")
    assert phrasing_faults(text, " ") == ("empty",)
