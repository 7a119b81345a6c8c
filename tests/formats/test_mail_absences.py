"""Automatic answers in four languages: until when, who stands in, and who has left."""

from datetime import date

import pytest

from dunwell.formats.mail_absences import read_absence

SENT = date(2026, 3, 2)
OURS = ("jo@globex.example", "dunning@acme.example")


def told(text, subject="Re: Invoice"):
    found = read_absence(subject, text, sent_on=SENT, besides=OURS)
    return (
        "left" if found.has_left else "away" if found.is_away else "",
        found.back_on,
        found.deputy_name,
        found.deputy_email,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "I am out of the office until 12 March 2026. In urgent cases please contact Jane Doe "
                "(jane.doe@globex.example)."
            ),
            ("away", date(2026, 3, 13), "Jane Doe", "jane.doe@globex.example"),
        ),
        (
            "Thank you for your e-mail. I am on annual leave and will be back on March 9th.",
            ("away", date(2026, 3, 9), "", ""),
        ),
        (
            (
                "I'm away from 2 March to 6 March and return on Monday, 9 March. For anything urgent "
                "write to ap@globex.example"
            ),
            ("away", date(2026, 3, 9), "", "ap@globex.example"),
        ),
        (
            (
                "Ich bin bis einschließlich 13.03.2026 nicht im Büro. Bitte wenden Sie sich an meine "
                "Kollegin Erika Mustermann, erika.mustermann@globex.example."
            ),
            ("away", date(2026, 3, 14), "Erika Mustermann", "erika.mustermann@globex.example"),
        ),
        (
            (
                "Vielen Dank für Ihre Nachricht. Ich bin im Urlaub und ab dem 16. März wieder "
                "erreichbar."
            ),
            ("away", date(2026, 3, 16), "", ""),
        ),
        (
            (
                "Je suis absente du bureau jusqu'au 20 mars 2026. En cas d'urgence, merci de contacter "
                "Paul Durand <paul.durand@globex.example>."
            ),
            ("away", date(2026, 3, 21), "Paul Durand", "paul.durand@globex.example"),
        ),
        (
            "Je suis actuellement en congés, de retour le 1er avril.",
            ("away", date(2026, 4, 1), "", ""),
        ),
        (
            (
                "Estaré fuera de la oficina hasta el 15 de marzo de 2026. Para asuntos urgentes "
                "póngase en contacto con Ana García: ana@globex.example"
            ),
            ("away", date(2026, 3, 16), "Ana García", "ana@globex.example"),
        ),
        (
            "Estoy de vacaciones y regreso el 23/03/2026.",
            ("away", date(2026, 3, 23), "", ""),
        ),
        (
            "Jo Smith is no longer with Globex. Please contact Max Power at max@globex.example.",
            ("left", None, "Max Power", "max@globex.example"),
        ),
        (
            (
                "Herr Schmidt hat unser Unternehmen verlassen. Ihre neue Ansprechpartnerin ist "
                "Frau Eva Klein (eva.klein@globex.example)."
            ),
            ("left", None, "Eva Klein", "eva.klein@globex.example"),
        ),
        (
            "Jean Petit a quitté la société. Veuillez vous adresser à compta@globex.example",
            ("left", None, "", "compta@globex.example"),
        ),
        (
            "Juan Pérez ya no trabaja en Globex. Diríjase a pagos@globex.example",
            ("left", None, "", "pagos@globex.example"),
        ),
        ("We received your e-mail and will answer within two days.", ("", None, "", "")),
    ],
)
def test_an_answer_tells_the_day_and_the_deputy(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "back_on"),
    [
        ("I am away until 03/04/2026", None),  # April or March
        ("I am away until 28/03/2026", date(2026, 3, 29)),
        ("I am away until 1 January", date(2027, 1, 2)),  # the year that comes
        ("I am away until 12 March 2019", None),  # an old answer
        ("I am away until 31 February", None),
        ("out of office since 2 March", None),
        ("I am out of office until 2026-03-08", date(2026, 3, 9)),
    ],
)
def test_a_day_that_can_be_read_two_ways_or_not_at_all_is_not_told(text, back_on):
    assert told(text)[1] == back_on


@pytest.mark.parametrize(
    "text",
    [
        "I have left the office for today and am out of office until 12 March.",
        "I am no longer at my desk, I am away until 12 March.",
        "I no longer work on Fridays and am out of the office.",
        "I have left for my holidays and am away.",
        "Ich bin nicht mehr im Büro und im Urlaub.",
        "Ya no trabajo los viernes, estoy de vacaciones.",
        "Je ne suis plus au bureau, je suis en vacances.",
    ],
)
def test_who_is_away_for_a_while_has_not_left(text):
    assert told(text)[0] == "away"


@pytest.mark.parametrize(
    "text",
    [
        "Jo has left the company.",
        "Jo Smith has left Globex.",
        "I am no longer working for Globex.",
        "I am no longer with the company.",
        "This mailbox is no longer monitored.",
        "Frau Klein ist nicht mehr bei uns.",
        "Herr Klein ist zum 1. März ausgeschieden.",
        "Frau Klein ist nicht mehr für die Globex GmbH tätig.",
        "Jean ne travaille plus chez Globex.",
        "Ana ha dejado la empresa.",
    ],
)
def test_who_has_left_is_told_in_many_ways(text):
    assert told(text)[0] == "left"


def test_what_is_told_is_quoted_from_its_place():
    text = "I am out of the office until 12 March. Contact Jane Doe, jane@globex.example."
    found = read_absence("Automatic reply: Invoice", text, sent_on=SENT)

    assert [(q.kind, q.value, text[q.start : q.end]) for q in found.quotes] == [
        ("back_on", "2026-03-12", "12 March"),
        ("deputy", "jane@globex.example", "jane@globex.example"),
    ]
    assert found.quote == "I am out of the office until 12 March"
    assert found.is_named_in_subject


def test_our_own_address_and_the_senders_are_nobodys_deputy():
    text = "I am on vacation. Contact jo@globex.example or dunning@acme.example."

    assert told(text) == ("away", None, "", "")


def test_a_long_text_is_read_in_a_moment():
    text = "a@b " * 20_000 + "until " * 5_000 + "I am on holiday until 12 March"

    assert told(text)[:2] == ("away", date(2026, 3, 13))
