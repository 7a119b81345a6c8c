"""How messages that came in are told: labels, what is suggested and why, verdicts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.reply_suggestions import Suggestion
from dunwell.models import Contact, Hold
from dunwell.models.disputes import reason_label
from dunwell.queries.inbound_details import DecisionRow
from dunwell.templatetags.dates import day_text

register = template.Library()

LABEL_NAMES = {
    "paid_already": _("Paid already"),
    "promise": _("Promise"),
    "dispute": _("Dispute"),
    "copy_request": _("Copy wanted"),
    "missing_po": _("Order number missing"),
    "remittance": _("Remittance advice"),
    "contact_change": _("Contact changed"),
    "hardship": _("Hardship"),
    "plan_request": _("Plan wanted"),
    "cease": _("Stop contact"),
    "insolvency": _("Insolvency"),
    "out_of_office": _("Out of office"),
    "hostile": _("Angry"),
    "redirect": _("Somebody else"),
    "other": _("Other"),
}
"""Every label of `engine.intents.LABELS` in words."""

LABEL_TONES = {
    "cease": "chip-bad",
    "insolvency": "chip-bad",
    "hostile": "chip-bad",
    "dispute": "chip-warn",
    "hardship": "chip-warn",
    "promise": "chip-good",
    "remittance": "chip-good",
    "paid_already": "chip-info",
}

ACTION_NAMES = {
    "promise": _("Record the promise"),
    "dispute": _("Open a dispute case"),
    "remittance": _("Record the remittance advice"),
    "copies": _("Answer with copies"),
    "contact": _("Save the contact"),
    "hold": _("Hold the customer"),
    "plan": _("Propose a payment plan"),
    "cease": _("Stop all contact"),
    "task": _("Ask for a follow-up"),
    "ask_proof": _("Ask for proof of payment"),
    "set_aside": _("Set aside"),
    "complaint": _("Flag as complaint"),
}

WHYS = {
    "names_items_and_day": _("The message names items and a day."),
    "names_day_only": _("The message names a day and no item: taken is what is due."),
    "promises_not_taken": _("Promises were not kept; none is taken now, a plan is."),
    "promise_too_far": _("The day is further ahead than the policy takes a promise for."),
    "paid_in_parts": _("One item in parts on several days is a plan, not a promise."),
    "plan_asked": _("The message asks for a plan; reminders rest until it is proposed."),
    "plan_after_hardship": _("Who cannot pay at once may be able to pay in parts."),
    "disputes_part": _("The message says how much is wrong."),
    "disputes_all": _("The message says no amount: all that is open is taken."),
    "order_missing": _("The customer needs an order number to pay."),
    "advice_attached": _("The attached file may hold the advice."),
    "advice_in_text": _("The message says which items are paid."),
    "copies_here": _("All invoices asked for are here."),
    "copies_missing": _("Some of the papers are not kept here; they are named."),
    "contact_changed": _("The address or number of who wrote is another one now."),
    "contact_new": _("The message names somebody we do not know."),
    "contact_other": _("Somebody else is responsible; kept beside the present contacts."),
    "bank_details": _("The message writes of a bank account. Never change one from a mail."),
    "other_person": _("Somebody else is responsible; how to reach them is not said."),
    "which_item": _("The message does not say which item it means."),
    "order_number": _("An order number is asked for, and no item is named."),
    "hold_hardship": _("Reminders rest for as long as the policy gives in hardship."),
    "hold_insolvency": _("Nobody who is insolvent may be chased."),
    "insolvency_proof": _("The register has to be looked up, and the claim filed."),
    "asked_to_cease": _("The message asks us to stop writing; the law may ask the same."),
    "payment_found": _("Money that fits is here and not put on items."),
    "payment_not_found": _("No payment and no bank entry fits what is said."),
    "away": _("An automatic answer; nobody has to answer it."),
    "angry": _("The message is hostile; the manager answers."),
}  # fmt: skip
"""Why something is suggested, by the code of the engine."""

FIELD_NAMES = {
    "due_on": _("Pays on"),
    "paid_on": _("Paid on"),
    "first_on": _("First payment on"),
    "until_on": _("Until"),
    "back_on": _("Back on"),
    "reason": _("Reason"),
    "role": _("Role"),
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "without": _("Not kept here"),
    "replaces": _("Replaces the promise for"),
}
"""Fields of suggestions that are told beside items and amounts."""
DAY_FIELDS = frozenset({"due_on", "paid_on", "first_on", "until_on", "back_on"})

VERDICT_TONES = {"clean": "chip-good", "unscanned": "chip-warn", "blocked": "chip-bad"}
VERDICT_NAMES = {
    "clean": _("No finding"),
    "unscanned": _("Not scanned"),
    "blocked": _("Blocked"),
}
DECISIONS = {
    "accepted": _("accepted"),
    "corrected": _("corrected"),
    "dismissed": _("dismissed"),
}


@register.filter
def intent_name(label: str) -> str:
    """Return what a message is about, in words; of one not read that it is not."""
    return str(LABEL_NAMES.get(label, label)) if label else gettext("Not read yet")


@register.filter
def intent_tone(label: str) -> str:
    """Return the colour of a label."""
    return LABEL_TONES.get(label, "")


@register.filter
def act_name(action: str) -> str:
    """Return what accepting a suggestion does."""
    return str(ACTION_NAMES.get(action, action))


@register.filter
def why_sentence(code: str) -> str:
    """Return why something is suggested."""
    return str(WHYS.get(code, code))


@register.filter
def verdict_chip(verdict: str) -> str:
    """Return the colour of the verdict on a file."""
    return VERDICT_TONES.get(verdict, "")


@register.filter
def verdict_name(verdict: str) -> str:
    """Return the verdict on a file in words."""
    return str(VERDICT_NAMES.get(verdict, verdict))


@register.filter
def decision_name(row: DecisionRow) -> str:
    """Return what was decided; what was taken back says so."""
    if row.is_undone:
        return gettext("taken back")
    return str(DECISIONS.get(row.verdict, row.verdict))


@register.filter
def work_time(minutes: int | None) -> str:
    """Return minutes of work as hours and minutes; a dash for none."""
    if minutes is None:
        return "\N{EN DASH}"
    hours, rest = divmod(minutes, 60)
    return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": rest}


@register.filter
def amount_lines(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the items of a suggestion with their amounts."""
    for name in ("items", "parts", "lines"):
        lines = fields.get(name) or []
        if lines and "amount_minor" in lines[0]:
            return list(lines)
    return []


@register.filter
def found_money(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the money a suggestion found."""
    return list(fields.get("money") or [])


@register.filter
def told_fields(one: Suggestion) -> list[tuple[str, str, list[str]]]:
    """Return the other fields of a suggestion: name, value, and the words they were read from."""
    found = []
    for name, label in FIELD_NAMES.items():
        value = one.fields.get(name)
        if not value:
            continue
        text = _value(name, value)
        found.append((str(label), text, [quote.quote for quote in one.quotes.get(name, ())]))
    return found


def _value(name: str, value: Any) -> str:
    if name in DAY_FIELDS:
        return day_text(date.fromisoformat(value))
    if name == "reason":
        is_hold = value in Hold.Reason.values
        return str(Hold.Reason(value).label) if is_hold else reason_label(value)
    if name == "role":
        return str(Contact.Role(value).label)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
