"""The terms of a payment plan as a text, in English and German: what the customer agrees to.

The text is stored with its hash when a plan is offered, and shown, printed and accepted as it
stands. It is plain text without markup, one line per instalment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from dunwell.engine.money import from_minor
from dunwell.engine.plan_schedule import Schedule
from dunwell.engine.plans import PlanRule

LANGUAGES = ("en", "de")
PPM_PERCENT = 10_000

_EN: Mapping[str, str] = {
    "title": "Payment plan {number}",
    "between": "{company} and {customer} ({customer_number}) agree:",
    "covers": "1. The plan covers these open amounts, which the customer acknowledges:",
    "item": "   {number} of {issued_on}: {amount}",
    "sum": "   In all: {amount}",
    "interest_flat": "2. For deferring them the customer pays interest of {rate} a year on the "
    "amount after the deposit, in all {interest}.",
    "interest_declining": "2. For deferring them the customer pays interest of {rate} a year on "
    "what is still owed, in all {interest}.",
    "interest_none": "2. No interest is charged while the plan is kept.",
    "fee": "   The plan costs a fee of {fee}, due with the first instalment.",
    "concession": "   When all instalments are paid, {concession} of the debt is given up.",
    "instalments": "3. The customer pays these instalments:",
    "instalment": "   {number}. {due_on}: {amount}",
    "total": "   In all: {amount}",
    "grace": "4. An instalment is in time when it reaches us at most {tolerance} business days "
    "after its day. Money is put on the oldest instalment first. Paying earlier is always "
    "possible.",
    "missed": "5. The plan is in default when {conditions}.",
    "by_missed": "{missed} instalments are not paid in full",
    "by_days": "an instalment is {days} days late",
    "or": " or ",
    "cure": "   The customer may then pay what is missing within {cure} days; the plan goes on.",
    "ask": "   After that we may demand all that is left at once.",
    "auto": "   After that all that is left is due at once.",
    "never": "",
    "quiet": "6. While the plan is kept, no reminders are sent for what it covers.",
    "guarantee": "7. Security: {guarantee}",
    "expires": "This offer stands until {expires_on}.",
    "pay_to": "Pay to: {pay_to}, quoting {number}.",
    "questions": "Questions: {reply_to}",
    "place": "Place, date",
    "signature": "Signature of the customer",
}
_DE: Mapping[str, str] = {
    "title": "Ratenzahlungsvereinbarung {number}",
    "between": "{company} und {customer} ({customer_number}) vereinbaren:",
    "covers": "1. Die Vereinbarung umfasst diese offenen Beträge, die der Kunde anerkennt:",
    "item": "   {number} vom {issued_on}: {amount}",
    "sum": "   Zusammen: {amount}",
    "interest_flat": "2. Für die Stundung zahlt der Kunde Zinsen von {rate} im Jahr auf den "
    "Betrag nach der Anzahlung, zusammen {interest}.",
    "interest_declining": "2. Für die Stundung zahlt der Kunde Zinsen von {rate} im Jahr auf den "
    "jeweils noch offenen Betrag, zusammen {interest}.",
    "interest_none": "2. Zinsen fallen nicht an, solange die Vereinbarung eingehalten wird.",
    "fee": "   Die Vereinbarung kostet eine Gebühr von {fee}, fällig mit der ersten Rate.",
    "concession": "   Sind alle Raten bezahlt, werden {concession} der Schuld erlassen.",
    "instalments": "3. Der Kunde zahlt diese Raten:",
    "instalment": "   {number}. {due_on}: {amount}",
    "total": "   Zusammen: {amount}",
    "grace": "4. Eine Rate ist rechtzeitig bezahlt, wenn das Geld höchstens {tolerance} "
    "Bankarbeitstage nach ihrem Tag bei uns eingeht. Zahlungen gelten zuerst der ältesten Rate. "
    "Früher zu zahlen ist jederzeit möglich.",
    "missed": "5. Der Kunde ist mit der Vereinbarung in Verzug, wenn {conditions}.",
    "by_missed": "{missed} Raten nicht voll bezahlt sind",
    "by_days": "eine Rate {days} Tage überfällig ist",
    "or": " oder ",
    "cure": "   Der Kunde kann dann binnen {cure} Tagen den Rückstand zahlen; die Vereinbarung "
    "läuft weiter.",
    "ask": "   Danach können wir den ganzen Rest auf einmal verlangen.",
    "auto": "   Danach ist der ganze Rest auf einmal fällig.",
    "never": "",
    "quiet": "6. Solange die Vereinbarung eingehalten wird, mahnen wir die umfassten Beträge "
    "nicht.",
    "guarantee": "7. Sicherheit: {guarantee}",
    "expires": "Dieses Angebot gilt bis {expires_on}.",
    "pay_to": "Zahlung an: {pay_to}, mit der Angabe {number}.",
    "questions": "Fragen: {reply_to}",
    "place": "Ort, Datum",
    "signature": "Unterschrift des Kunden",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "de": _DE}


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredItem:
    """An item a plan covers, with the amount of it in minor units."""

    number: str
    issued_on: date
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLetter:
    """All that the terms state: who, what, how much on which days, and what follows a default."""

    number: str
    company: str
    customer: str
    customer_number: str
    currency: str
    items: tuple[CoveredItem, ...]
    schedule: Schedule
    rule: PlanRule
    expires_on: date
    guarantee: str = ""
    pay_to: str = ""
    reply_to: str = ""


def plan_terms_text(letter: PlanLetter, *, language: str) -> str:
    """Return the terms in a language: German for `de`, English for every other one."""
    code = language if language in _WORDS else LANGUAGES[0]
    words, planned = _WORDS[code], letter.schedule

    def amount(minor: int) -> str:
        text = format_currency(from_minor(minor, letter.currency), letter.currency, locale=code)
        return str(text).replace("\N{NO-BREAK SPACE}", " ")

    def day(value: date) -> str:
        return str(format_date(value, "medium", locale=code))

    parties = {
        "number": letter.number,
        "company": letter.company,
        "customer": letter.customer,
        "customer_number": letter.customer_number,
    }
    lines = [words["title"].format(**parties), "", words["between"].format(**parties), ""]
    lines.append(words["covers"])
    lines += [
        words["item"].format(
            number=one.number, issued_on=day(one.issued_on), amount=amount(one.amount_minor)
        )
        for one in letter.items
    ]
    lines.append(words["sum"].format(amount=amount(planned.covered_minor)))
    lines += ["", *_costs(words, planned, code, amount_of=amount)]
    lines += ["", words["instalments"]]
    lines += [
        words["instalment"].format(
            number=one.number, due_on=day(one.due_on), amount=amount(one.amount_minor)
        )
        for one in planned.instalments
    ]
    lines.append(words["total"].format(amount=amount(planned.total_minor)))
    lines += ["", *_consequences(words, letter.rule), "", words["quiet"]]
    if letter.guarantee:
        lines += ["", words["guarantee"].format(guarantee=letter.guarantee)]
    lines += ["", words["expires"].format(expires_on=day(letter.expires_on))]
    if letter.pay_to:
        pay_to = ", ".join(letter.pay_to.split("\n"))
        lines.append(words["pay_to"].format(pay_to=pay_to, number=letter.number))
    if letter.reply_to:
        lines.append(words["questions"].format(reply_to=letter.reply_to))
    return "\n".join(lines) + "\n"


def signature_words(language: str) -> dict[str, str]:
    """Return the words under which the customer signs: place and signature."""
    words = _WORDS.get(language, _EN)
    return {name: words[name] for name in ("place", "signature")}


def _costs(
    words: Mapping[str, str], planned: Schedule, code: str, *, amount_of: Callable[[int], str]
) -> list[str]:
    """Return what deferring costs, and what is given up at the end."""
    terms = planned.terms
    percent = f"{format_decimal(Decimal(terms.rate_ppm) / PPM_PERCENT, locale=code)} %"
    method = terms.method if planned.interest_minor else "none"
    lines = [
        words[f"interest_{method}"].format(
            rate=percent, interest=amount_of(planned.interest_minor)
        )
    ]
    if terms.fee_minor:
        lines.append(words["fee"].format(fee=amount_of(terms.fee_minor)))
    if terms.concession_minor:
        lines.append(words["concession"].format(concession=amount_of(terms.concession_minor)))
    return lines


def _consequences(words: Mapping[str, str], rule: PlanRule) -> list[str]:
    """Return when an instalment is in time, when the plan fails, and what follows."""
    conditions = []
    if rule.missed:
        conditions.append(words["by_missed"].format(missed=rule.missed))
    if rule.days:
        conditions.append(words["by_days"].format(days=rule.days))
    lines = [
        words["grace"].format(tolerance=rule.tolerance_days),
        words["missed"].format(conditions=words["or"].join(conditions)),
    ]
    if rule.cure_days:
        lines.append(words["cure"].format(cure=rule.cure_days))
    if words[rule.acceleration]:
        lines.append(words[rule.acceleration])
    return lines
