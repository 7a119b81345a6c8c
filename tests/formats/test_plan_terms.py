"""The terms of a payment plan in words, in English and German, to the letter."""

from dataclasses import replace
from datetime import date

from dunwell.engine.plan_schedule import PlanTerms, schedule
from dunwell.engine.plans import PlanRule
from dunwell.formats.plan_terms import CoveredItem, PlanLetter, plan_terms_text, signature_words

RULE = PlanRule(tolerance_days=3, missed=2, days=30, cure_days=14, acceleration="ask")


def letter(rule=RULE, **terms):
    values = {"frequency": "monthly", "number": 2, "first_on": date(2026, 3, 9), **terms}
    planned = schedule(PlanTerms(**values), covered_minor=1_234_50, country="TARGET")
    return PlanLetter(
        number="PP-1", company="Northwind", customer="Acme", customer_number="K1",
        currency="EUR", schedule=planned, rule=rule, expires_on=date(2026, 3, 9),
        items=(CoveredItem(number="R1", issued_on=date(2026, 1, 5), amount_minor=1_234_50),),
        pay_to="Bank\nDE00", reply_to="ar@northwind.example",
    )  # fmt: skip


EN = """\
Payment plan PP-1

Northwind and Acme (K1) agree:

1. The plan covers these open amounts, which the customer acknowledges:
   R1 of Jan 5, 2026: €1,234.50
   In all: €1,234.50

2. No interest is charged while the plan is kept.

3. The customer pays these instalments:
   1. Mar 9, 2026: €617.25
   2. Apr 9, 2026: €617.25
   In all: €1,234.50

4. An instalment is in time when it reaches us at most 3 business days after its day. Money is \
put on the oldest instalment first. Paying earlier is always possible.
5. The plan is in default when 2 instalments are not paid in full or an instalment is 30 days late.
   The customer may then pay what is missing within 14 days; the plan goes on.
   After that we may demand all that is left at once.

6. While the plan is kept, no reminders are sent for what it covers.

This offer stands until Mar 9, 2026.
Pay to: Bank, DE00, quoting PP-1.
Questions: ar@northwind.example
"""


def test_the_english_terms():
    assert plan_terms_text(letter(), language="en") == EN
    assert plan_terms_text(letter(), language="fr") == EN


def test_the_german_terms_state_what_deferring_costs_and_what_is_given_up():
    told = letter(
        method="declining", rate_ppm=95_000, fee_minor=15_00, concession_minor=34_50,
        rule=replace(RULE, missed=0, acceleration="auto", cure_days=7),
    )  # fmt: skip
    text = plan_terms_text(replace(told, guarantee="Bürgschaft"), language="de")
    lines = text.splitlines()
    assert lines[0] == "Ratenzahlungsvereinbarung PP-1"
    assert "   R1 vom 05.01.2026: 1.234,50 €" in lines
    interest = f"{told.schedule.interest_minor / 100:.2f}".replace(".", ",")
    assert (
        "2. Für die Stundung zahlt der Kunde Zinsen von 9,5 % im Jahr auf den jeweils noch "
        f"offenen Betrag, zusammen {interest} €."
    ) in lines
    assert (
        "   Die Vereinbarung kostet eine Gebühr von 15,00 €, fällig mit der ersten Rate." in lines
    )
    assert "   Sind alle Raten bezahlt, werden 34,50 € der Schuld erlassen." in lines
    assert (
        "5. Der Kunde ist mit der Vereinbarung in Verzug, wenn eine Rate 30 Tage überfällig ist."
    ) in lines
    assert "   Danach ist der ganze Rest auf einmal fällig." in lines
    assert "7. Sicherheit: Bürgschaft" in lines
    assert signature_words("de") == {"place": "Ort, Datum", "signature": "Unterschrift des Kunden"}
    assert signature_words("fr")["place"] == "Place, date"


def test_where_nothing_is_accelerated_nothing_is_threatened():
    rule = replace(RULE, days=0, cure_days=0, acceleration="never")
    lines = plan_terms_text(letter(rule=rule), language="en").splitlines()
    assert "5. The plan is in default when 2 instalments are not paid in full." in lines
    assert not [line for line in lines if line.startswith("   After that")]
    assert not [line for line in lines if "may then pay" in line]
