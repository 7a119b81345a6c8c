"""What the copilot says, in words: its sentences, and where the records they rest on are shown."""

from collections.abc import Callable, Mapping
from datetime import date

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.copilot_facts import (
    Amount,
    Counted,
    Days,
    Measured,
    Named,
    Record,
    Sentence,
    Share,
    Slot,
)
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.kpi_tables import PARAMETERS
from dunwell.models import Hold
from dunwell.models.disputes import reason_label
from dunwell.queries.warning_names import warning_name
from dunwell.templatetags.contact_rules import rule_text
from dunwell.templatetags.dates import day_text, days_count
from dunwell.templatetags.figures import figure, number
from dunwell.templatetags.kpi_inputs import input_label
from dunwell.templatetags.money import money
from dunwell.templatetags.reasons import channel_label, percent
from dunwell.templatetags.scores import fact_name
from dunwell.templatetags.ui import GATE_LABELS

register = template.Library()

TEXTS: Mapping[str, Promise | str] = {
    "owes_late": _(
        "Open: %(open)s in %(items)s, of it overdue %(overdue)s, the oldest for %(days)s."
    ),
    "owes": _("Open: %(open)s in %(items)s, nothing overdue."),
    "owes_nothing": _("Nothing is open."),
    "on_account": _("Nothing is open; %(unapplied)s on account is not applied yet."),
    "promised": _("%(amount)s is promised for %(day)s."),
    "promise_failed": _("The promise of %(amount)s for %(day)s was not kept."),
    "disputed": _("%(amount)s of %(item)s is disputed since %(day)s: %(reason)s."),
    "held": _("Nobody chases it since %(day)s: %(reason)s."),
    "held_until": _("Nobody chases it from %(day)s to %(until)s: %(reason)s."),
    "held_item": _("Nobody asks for %(item)s since %(day)s: %(reason)s."),
    "held_item_until": _("Nobody asks for %(item)s from %(day)s to %(until)s: %(reason)s."),
    "pays_late": _("Usually pays %(days)s late; %(share)s of %(items)s were late."),
    "pays_in_time": _("Usually pays in time; %(share)s of %(items)s were late."),
    "paid_last": _("Last payment: %(amount)s on %(day)s."),
    "scored": _("Its behaviour scores %(score)s of 100 (%(band)s) as of %(day)s."),
    "contacted": _("Last contact on %(day)s."),
    "never_contacted": _("Never contacted so far."),
    "not_now": _("%(channel)s: not allowed. %(rule)s"),
    "not_before": _("%(channel)s: not before %(day)s. %(rule)s"),
    "ask_broken": _(
        "You had counted on paying %(amount)s on %(day)s. What came in between, and which day is "
        "certain now?"
    ),
    "ask_promise": _("%(amount)s is to arrive on %(day)s. Is the payment on its way?"),
    "ask_dispute": _(
        "About %(item)s (%(reason)s): what do you still need from us to settle it? Is the rest in "
        "order?"
    ),
    "ask_received": _("Has %(item)s reached the right person, and is it approved?"),
    "ask_rest": _("A part of %(item)s was paid. What holds back the other %(amount)s?"),
    "ask_unusual": _(
        "You usually pay within %(usual)s of the due day; %(item)s is %(days)s late. What is "
        "different this time?"
    ),
    "ask_when": _("On which day will the %(amount)s be paid, and all of it?"),
    "ask_coming": _("%(item)s is due on %(day)s. Is everything in order for paying it in time?"),
    "why_broken": _("The payment promised for %(day)s did not come."),
    "why_late": _("The oldest item that may be asked for is %(days)s late."),
    "why_promised": _("Nothing else is late; a payment is promised for %(day)s."),
    "why_disputed": _("What is late is disputed: say that it is looked into, ask for nothing."),
    "why_unapplied": _("Nothing is late, but a payment waits to be applied."),
    "why_nothing_late": _("Nothing is late: a statement asks for nothing."),
    "score_is": _(
        "%(score)s of 100 (%(band)s) as of %(day)s. A customer of whom nothing is known has "
        "%(base)s."
    ),
    "score_up": _("%(points)s for %(fact)s: %(measured)s, where %(neutral)s is worth nothing."),
    "score_down": _("%(points)s for %(fact)s: %(measured)s, where %(neutral)s is worth nothing."),
    "score_rest": _("All other facts together: %(points)s."),
    "score_rose": _("It rose by %(points)s in 30 days."),
    "score_fell": _("It fell by %(points)s in 30 days."),
    "score_thin": _("It rests on few items, so it moves easily."),
    "score_warning": _("Early warning: %(warning)s."),
    "rank_no_cycle": _(
        "No cycle has run yet, so there is no worklist. Run the cycle on the home page; then its "
        "place is told here."
    ),
    "rank_not_listed": _(
        "It was not on the worklist of %(day)s: nothing was to be collected then. What became "
        "due or free since is ranked by the next cycle."
    ),
    "rank_is": _("Place %(rank)s of %(of)s on the worklist."),
    "rank_collect": _(
        "To collect: %(collect)s = %(due)s due, less %(promised)s promised, %(disputed)s disputed "
        "and %(rest)s held, covered by credits or cash, or asked for lately."
    ),
    "rank_worth": _(
        "%(action)s: %(extra)s more expected in %(minutes)s minutes, so %(per_minute)s a minute; "
        "places go by this."
    ),
    "rank_blocked": _("Not contacted today: %(reason)s."),
    "kpi_is": _("%(name)s is %(value)s as of %(day)s: %(formula)s."),
    "kpi_none": _(
        "%(name)s is not applicable as of %(day)s, for what it is divided by is nothing: "
        "%(formula)s."
    ),
    "kpi_input": _("%(input)s: %(value)s."),
    "kpi_before": _("On %(day)s it was %(value)s."),
    "kpi_same": _("On %(day)s it was %(value)s too."),
    "kpi_moved": _("%(input)s went from %(before)s to %(now)s."),
    "kpi_moved_would": _(
        "%(input)s went from %(before)s to %(now)s; had it alone stayed, the figure would be "
        "%(would)s."
    ),
}

PAGES: Mapping[str, str] = {
    "customer": "customer",
    "item": "item",
    "dispute": "dispute",
    "score": "customer",
    "contact_rules": "contact-rules-customer",
    "kpi": "kpi",
    "kpi_input": "kpi-input",
}
"""Pages that show a record by its key; the others stand on the customer's own page."""

RECORD_LABELS: Mapping[str, Promise | str] = {
    "customer": _("Customer"),
    "item": _("Item"),
    "promise": _("Promise"),
    "dispute": _("Dispute"),
    "hold": _("Hold"),
    "payment": _("Payment"),
    "score": _("Behaviour"),
    "worklist": _("Worklist"),
    "contact_rules": _("Contact rule"),
}


@register.filter
def said(sentence: Sentence) -> str:
    """Return a sentence in the reader's language."""
    slots = {name: _slot(value) for name, value in sentence.slots.items()}
    return str(TEXTS[sentence.key]) % slots


@register.filter
def record_url(record: Record) -> str:
    """Return the page that shows a record, empty where none does by itself."""
    if record.kind == "kpi_input" and record.key in PARAMETERS:
        return ""
    name = PAGES.get(record.kind, "")
    return reverse(name, args=[record.key]) if name and record.key else ""


@register.filter
def record_name(record: Record) -> str:
    """Return what a record is called in a list of sources."""
    if record.kind == "kpi":
        return gettext(KPIS[record.key].name)
    if record.kind == "kpi_input":
        return input_label(record.key)
    name = record.label
    if record.kind == "promise":
        name = day_text(date.fromisoformat(name))
    return f"{RECORD_LABELS[record.kind]} {name}".strip()


def _slot(value: Slot) -> str:
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Amount):
        return money(value.minor, value.currency)
    return _words(value)


def _words(value: Days | Share | Counted | Measured | Named) -> str:
    if isinstance(value, Days):
        return days_count(value.days)
    if isinstance(value, Share):
        return percent(value.ppm)
    if isinstance(value, Counted):
        return _counted(value)
    return _measured(value) if isinstance(value, Measured) else _name(value)


def _counted(value: Counted) -> str:
    words = {
        "item": ngettext("%(n)d item", "%(n)d items", value.count),
        "point": ngettext("%(n)d point", "%(n)d points", value.count),
    }
    return words[value.noun] % {"n": value.count}


def _measured(value: Measured) -> str:
    if value.unit == "ppm":
        return percent(int(value.value) if value.value else None)
    return number(value.value) if value.unit == "count" else figure(value.value, value.unit)


def _name(value: Named) -> str:
    if value.of == "contact_rule":
        return rule_text(value.code, value.text)
    return str(_NAMES[value.of](value.code))


_NAMES: Mapping[str, Callable[[str], object]] = {
    "dispute": reason_label,
    "hold": lambda code: Hold.Reason(code).label,
    "channel": channel_label,
    "action": channel_label,
    "warning": warning_name,
    "fact": fact_name,
    "gate": lambda code: GATE_LABELS[code][0] if code in GATE_LABELS else code,
    "input": input_label,
    "kpi": lambda code: gettext(KPIS[code].name),
    "formula": lambda code: gettext(KPIS[code].formula),
}
"""Where the name of a code is looked up, by the list it stands in."""
