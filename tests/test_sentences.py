"""What the desk says when it refuses reads in the reader's language, with its own values."""

import ast
import re

import pytest
from django.utils.translation import override

from dunwell.actions.gate import Refused
from dunwell.engine.authority import ACTS, RISKS, ROLES, SOURCES, Ask, judge
from dunwell.engine.authority_policy import read_authority_policy
from dunwell.models import PolicyVersion
from dunwell.queries.policy_documents import standard_document
from dunwell.templatetags.authority_words import ROLES_TOLD
from dunwell.templatetags.contact_rules import rule_text
from dunwell.templatetags.sentence_words import WORDS
from dunwell.templatetags.sentences import CONTEXT, PLACEHOLDER, PLACES, spoken
from tools.messages import read_catalog
from tools.sentences import SOURCE, modules, origin, refusals, sentences, told_classes, unread
from tools.told import BASE, ERRORS, VALUE_ERRORS

pytestmark = pytest.mark.each

TEMPLATES = {
    message.id: message.string for message in read_catalog("de") if message.context == CONTEXT
}
SENTENCES = set(TEMPLATES) - set(PLACES)


def filled(text):
    """A template with a value for every name, as a rule fills it."""
    return PLACEHOLDER.sub(lambda name: f"«{name[1]}»", text)


def test_every_sentence_is_told_by_its_own_template():
    with override("de"):
        wrong = [text for text in SENTENCES if spoken(filled(text)) != filled(TEMPLATES[text])]

    assert len(TEMPLATES) > 3_000
    assert wrong == []


def test_the_catalog_holds_the_sentences_that_the_code_says():
    assert set(TEMPLATES) == {text for _file, text in sentences()}
    assert {BASE, "Stale", "Forbidden", "StrategyError", "UndecidedError"} <= refusals()


def test_what_is_told_exists():
    """A renamed error or module would quietly be told in English."""
    lost = [one for one in VALUE_ERRORS if f"dunwell.{one}" not in modules()]
    for one in ERRORS:
        place, _dot, name = f"dunwell.{one}".rpartition(".")
        if f"class {name}(" not in getattr(modules().get(place), "text", ""):
            lost.append(one)

    assert lost == []


HANDED_ON = (
    "str(error)",
    "str(refusal)",
    "gettext(",
    "_untrue()",
)
"""Words of another error, which is told where it is raised, or texts of a page."""


@pytest.mark.parametrize("layer", ["engine", "formats", "connectors", "ml"])
def test_what_files_and_documents_are_refused_with_can_be_read_from_the_code(layer):
    """A sentence that is put together somewhere else would be missing in the catalog."""
    hidden = [
        one
        for one in unread()
        if one.startswith(f"dunwell.{layer}.") and not any(words in one for words in HANDED_ON)
        # the questions of a file that is not decided are asked on a page of their own
        if "UndecidedError(" not in one
    ]
    known = {
        # `refuse`, whose callers say what is wrong: `makers` finds them
        "dunwell.formats.bank.fixed_width: StatementError(self.file, self.place, reason)",
        "dunwell.formats.bank.x12: StatementError(self.file, self.place, reason)",
    }

    assert set(hidden) <= known


UNTOLD = {
    "dunwell.engine.checkout_facts.WebhookRefused": "answers to programs",
    "dunwell.formats.delivery_report_files.DeliveryReportError": "answers to programs",
    "dunwell.formats.saml_parties.SamlError": "the log has it; a page says one thing for all",
    "dunwell.queries.pages.CursorError": "leads to the first page",
}


def shown_errors(surface):
    """(place, class) of every error of our own that a surface catches and has a word for."""
    for module in modules().values():
        if not module.name.startswith(f"dunwell.{surface}."):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and node.name and node.type is not None:
                types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                for one in types:
                    found = origin(module, one)
                    if found.startswith("dunwell.") and not found.startswith(module.name):
                        yield f"{module.name}:{node.lineno}", found


@pytest.mark.parametrize("surface", ["web", "portal"])
def test_errors_that_pages_show_are_among_those_that_are_told(surface):
    told = told_classes() | set(UNTOLD)

    found = list(shown_errors(surface))

    assert found != []
    assert [one for one in found if one[1] not in told] == [], "name it in tools/told.py"


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
        (
            "umsatz.sta: line 12: 12,3x is not an amount. Ask the bank for the file again",
            "umsatz.sta: Zeile 12: 12,3x ist kein Betrag. Fragen Sie die Bank neu nach der Datei",
        ),
        (
            "line 7: strategy, step 2: template 'x' is too long for sms; use one of a, b",
            (
                "Zeile 7: strategy, Schritt 2: Die Vorlage 'x' ist für sms zu lang; nehmen Sie eine "
                "von a, b"
            ),
        ),
        (
            "list.csv, line 3: kind is dog; write person or entity.",
            "list.csv, Zeile 3: kind ist dog; schreiben Sie person oder entity.",
        ),
        (
            "The file holds no XML. Send the invoice itself.",
            "Die Datei enthält kein XML. Senden Sie die Rechnung selbst.",
        ),
        (
            (
                "The number of the invoice (BT-1) is missing (at /Invoice/ID) [BR-02]. "
                "Ask for the invoice with it."
            ),
            (
                "Die Nummer der Rechnung (BT-1) fehlt (/Invoice/ID) [BR-02]. "
                "Bitten Sie um die Rechnung damit."
            ),
        ),
        (
            "12,x is no amount; 9 is no channel; write email, sms or voice",
            "12,x ist kein Betrag; 9 ist kein Kanal; schreiben Sie email, sms oder voice",
        ),
        (
            "has 3 of 5 cells; the missing ones are read as empty",
            "hat 3 von 5 Zellen; die fehlenden werden als leer gelesen",
        ),
        (
            "the due date is missing; it is taken from the terms: 30 days net",
            "der Fälligkeitstag fehlt; er ergibt sich aus den Zahlungsbedingungen: 30 days net",
        ),
        ("line of credit: it is big", "line of credit: it is big"),
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


def test_figures_read_as_the_readers_language_writes_them():
    """Days, amounts, shares and counts of the rules; what is called so or was typed stays."""
    with override("de"):
        told = [
            spoken("1,234.50 EUR is overdue, with 95.5 % of the limit used; 0.00 EUR is allowed."),
            spoken("A debt was written off on 2026-05-03, within 365 days."),
            spoken("1,234 JPY is overdue."),
            spoken("12,345 promises were broken within 1,095 days."),
            spoken("2026-05-03 belongs to another customer."),
            spoken("1,234.50 EUR is not an amount. Ask the bank for the file again"),
            spoken("7 PCS is overdue."),
        ]

    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in told] == [
        "1.234,50 € sind überfällig, bei 95,5 % Ausschöpfung des Limits; erlaubt sind 0,00 €.",
        "Am 03.05.2026, binnen 365 Tagen, wurde eine Forderung abgeschrieben.",
        "1.234 ¥ sind überfällig.",
        "12.345 Zusagen wurden binnen 1.095 Tagen gebrochen.",
        "2026-05-03 gehört zu einem anderen Kunden.",
        "1,234.50 EUR ist kein Betrag. Fragen Sie die Bank neu nach der Datei",
        "7 PCS sind überfällig.",
    ]
    with override("en"):
        assert spoken("1,234.50 EUR is overdue.") == "1,234.50 EUR is overdue."


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
                # a refusal made of the words is told where it is shown, JSON is for programs
                handed_on = {
                    id(one)
                    for node in ast.walk(handler)
                    if isinstance(node, ast.Call)
                    if ast.unparse(node.func) in {BASE, "JsonResponse"}
                    for one in ast.walk(node)
                }
                yield from (
                    node
                    for node in ast.walk(handler)
                    if isinstance(node, ast.Call) and ast.unparse(node) == f"str({handler.name})"
                    if id(node) not in handed_on
                )


@pytest.mark.parametrize("surface", ["web", "portal"])
def test_pages_tell_refusals_in_the_readers_language(surface):
    plain = [
        f"{path.name}:{node.lineno}"
        for path in sorted((SOURCE / surface).rglob("*.py"))
        for node in caught(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert plain == [], "use templatetags.sentences.spoken"


def test_what_a_contact_rule_says_is_told_within_a_refusal():
    rule = "An attorney represents the customer; contact the attorney only."
    refusal = f"{rule} Rule US-REGF-ATTORNEY. It does not become allowed by itself."

    with override("de"):
        assert spoken(rule) == rule_text("US-REGF-ATTORNEY") != rule
        assert spoken(refusal).startswith(f"{rule_text('US-REGF-ATTORNEY')} ")


def test_what_an_attached_mail_is_blocked_for_is_told_with_its_own_reason():
    held = "The mail holds a.exe, which must not be opened: "

    with override("de"):
        assert spoken(f"{held}It is a program.").startswith("Die E-Mail enthält a.exe und darf")


def test_an_allowance_and_a_commission_are_told_by_words_of_their_own():
    """Provision is a commission in German; what is set aside for losses is a Wertberichtigung."""
    told = [(str(one.id), str(one.string)) for one in read_catalog("de")]

    assert [text for text, german in told if re.search(r"\bRückstellung", german)] == []
    assert [
        text
        for text, german in told
        if re.search(r"\bProvision", german) and "commission" not in text.lower()
    ] == []


NO_WORDS = {
    "bridge": "of an analysis, as its address names it",
    "causes": "of an analysis, as its address names it",
    "curves": "of an analysis, as its address names it",
    "rolls": "of an analysis, as its address names it",
    "vintages": "of an analysis, as its address names it",
    "Please look at the limit before the next order.": "a text of the demo",
    "is issued": "the end of a sentence, which is read with it",
    "reached us": "the end of a sentence, which is read with it",
    "was paid": "the end of a sentence, which is read with it",
}


ASKED = [
    Ask(
        act=act, source=source, roles=frozenset(roles), risk=risk, amount_minor=amount,
        concession_ppm=concession, months=months, currency="EUR",
    )
    for act in ACTS
    for source in SOURCES
    for roles in ((), ("collector",), ("credit_analyst",))
    for risk in RISKS
    for amount in (100, 1_000_000, 10_000_000_000, None)
    for concession in (0, 500_000)
    for months in (0, 1, 24)
]  # fmt: skip
ENGLISH = re.compile(
    r"\b(of|the|is|above|and|alone|given|up|months?|amount|not|may|manager|director|most|portal)\b"
)


def test_every_verdict_of_authority_is_told_in_german_whole():
    policy = read_authority_policy(standard_document(PolicyVersion.Kind.AUTHORITY))
    with override("de"):
        told = {spoken(judge(ask, policy).text) for ask in ASKED}

    assert {role.replace("_", " ") for role in ROLES} == set(ROLES_TOLD)
    assert len(told) > 300
    assert [text for text in sorted(told) if ENGLISH.search(text)] == []


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            (
                "Temporary limit of 10,000.00 EUR, 24 months is above 500.00 EUR and 6 months; "
                "a finance director may approve it."
            ),
            (
                "Befristetes Limit von 10.000,00\xa0€, 24 Monate liegt über 500,00\xa0€ und 6 Monate; "
                "freigeben darf es: Finanzleitung."
            ),
        ),
        (
            (
                "Settlement of 100.00 EUR, 50 % given up is more than anybody may grant; "
                "the most is 25.5 % given up."
            ),
            (
                "Vergleich von 100,00\xa0€, Nachlass von 50\xa0%: Das ist mehr, als irgendjemand "
                "gewähren darf; höchstens Nachlass von 25,5\xa0%."
            ),
        ),
        (
            (
                "Plan of an amount that is not known, 1 month is decided alone only with a "
                "certificate plans that is good that day; a credit manager may approve it."
            ),
            (
                "Ratenzahlung von einem unbekannten Betrag, 1 Monat wird nur mit einem an dem Tag "
                "gültigen Zertifikat plans allein entschieden; freigeben darf es: Kreditmanager."
            ),
        ),
    ],
)
def test_a_verdict_of_authority_reads_in_german(sentence, told):
    with override("de"):
        assert spoken(sentence) == told


def test_the_words_that_rules_fill_their_sentences_with_are_told_too():
    handed = {
        word.value.value
        for module in modules().values()
        if module.has(("noun", "what"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg in ("noun", "what")
        if isinstance(word.value, ast.Constant) and word.value.value
    }
    assert handed - set(NO_WORDS) <= set(WORDS)
    with override("de"):
        german = {word: str(told) for word, told in WORDS.items()}
        assert german["customer number"] == "Kundennummer"
        assert spoken("The reason has 700 characters; at most 500 fit.") == (
            "Begründung hat 700 Zeichen; höchstens 500 passen."
        )
        assert spoken("has 3 different credit limits; the first one is kept: names") == (
            "hat 3 verschiedene Werte für Kreditlimits; der erste bleibt: names"
        )
        assert spoken("no currency is stated; the row is kept under XXX. Name a default currency")[
            :25
        ] == ("keine Währung ist genannt")
    catalog = read_catalog("de")
    assert all(catalog.get(word, context="word").string for word in WORDS)
