"""How strategies read: the day of a step, what a template is for, what pauses a reminder."""

from collections.abc import Mapping

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.cases import Case, Expectation
from dunwell.engine.strategy import HOME
from dunwell.engine.strategy_branches import Branch
from dunwell.engine.strategy_steps import Step
from dunwell.engine.wording import REPLY_TEMPLATES, TEMPLATES
from dunwell.templatetags.money import money
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.ui import gate_label

register = template.Library()

TEMPLATE_LABELS = {
    "upcoming": _("Courtesy note"),
    "reminder": _("First reminder"),
    "second_reminder": _("Second reminder"),
    "urgent_reminder": _("Urgent reminder"),
    "final_notice": _("Final notice"),
    "call_script": _("Call script"),
    "second_call_script": _("Second call script"),
    "broken_promise": _("Broken promise"),
    "promise_confirmation": _("Promise confirmation"),
    "statement": _("Account statement"),
    "sms_reminder": _("Short message"),
    "portal_notice": _("Portal notice"),
    "follow_up": _("Question of the assistant"),
    "answer": _("Answer"),
    "invoice_copies": _("Copies of invoices"),
    "remittance_request": _("Which invoices was it for?"),
    "dispute_received": _("Complaint received"),
    "autopay": _("Automatic payment"),
    "debit_notice": _("Notice of a direct debit"),
    "free_text": _("Written freely"),
    "portal_answer": _("Answer in the portal"),
    "receipt": _("Receipt"),
    "survey": _("Question how we did"),
}
PAUSE_LABELS = {
    "disputed": _("the item is disputed"),
    "promise_open": _("a promise is open"),
    "plan_active": _("a payment plan runs"),
    "on_hold": _("the customer is on hold"),
}
SIGNAL_LABELS = {
    "viewed": _("a message was viewed"),
    "replied": _("the customer replied"),
    "bounced": _("a message bounced"),
    "complained": _("the customer complained"),
    "part_paid": _("a part was paid"),
    "promised": _("a payment was promised"),
    "promise_broken": _("a promise was broken"),
    "disputed": _("a dispute was opened"),
    "dispute_closed": _("a dispute was closed"),
    "no_answer": _("the assistant's question was not answered"),
}
WAITING = "contact_waiting"


@register.filter
def step_day(step: Step) -> str:
    """Return when a step is due, seen from the due date."""
    days = abs(step.day)
    if step.day == 0:
        return gettext("on the due date")
    if step.counted == "business":
        if step.day < 0:
            return ngettext(
                "%(n)d business day before due", "%(n)d business days before due", days
            ) % {"n": days}
        return ngettext("%(n)d business day after due", "%(n)d business days after due", days) % {
            "n": days
        }
    if step.day < 0:
        return ngettext("%(n)d day before due", "%(n)d days before due", days) % {"n": days}
    return ngettext("%(n)d day after due", "%(n)d days after due", days) % {"n": days}


@register.filter
def branch_words(branch: Branch) -> str:
    """Return what a branch depends on and what it does to its step."""
    trigger = branch.trigger
    either, nor = gettext(" or "), gettext(" nor ")
    when = either.join(str(SIGNAL_LABELS[name]) for name in trigger.when)
    unless = nor.join(str(SIGNAL_LABELS[name]) for name in trigger.unless)
    words = []
    if when:
        words.append(gettext("when %(signals)s") % {"signals": when})
    if unless:
        words.append(gettext("unless %(signals)s") % {"signals": unless})
    told = [", ".join(words)]
    if trigger.days_after is not None:
        told.append(
            ngettext("%(n)d day after that", "%(n)d days after that", trigger.days_after)
            % {"n": trigger.days_after}
        )
    elif trigger.delay > 0:
        told.append(
            ngettext("%(n)d day later", "%(n)d days later", trigger.delay) % {"n": trigger.delay}
        )
    elif trigger.delay < 0:
        told.append(
            ngettext("%(n)d day sooner", "%(n)d days sooner", -trigger.delay)
            % {"n": -trigger.delay}
        )
    told.append(f"{channel_label(branch.channel)}, {template_label(branch.template)}")
    if branch.needs_approval:
        told.append(gettext("with approval"))
    return ": ".join((told[0], ", ".join(told[1:])))


@register.filter
def template_label(name: str) -> str:
    """Return the name of a message template."""
    return str(TEMPLATE_LABELS.get(name, name))


@register.filter
def template_purpose(name: str) -> str:
    """Return what a message template is for."""
    told = {**TEMPLATES, **REPLY_TEMPLATES}.get(name)
    return capfirst(gettext(told)) if told else ""


@register.filter
def pause_label(name: str) -> str:
    """Return a pause rule as the end of a sentence."""
    return str(PAUSE_LABELS.get(name, name))


@register.filter
def block_label(reason: str) -> str:
    """Return the name of a reason not to contact, the plan's own included."""
    return gettext("An earlier contact is unfinished") if reason == WAITING else gate_label(reason)


@register.simple_tag
def minimum_texts(minimums: Mapping[str, int], home: str) -> list[str]:
    """Return the smallest amounts worth a message, the home currency first."""
    return [
        money(amount, home if currency == HOME else currency)
        for currency, amount in sorted(minimums.items(), key=lambda pair: pair[0] != HOME)
        if amount
    ]


@register.filter
def expectation_words(stated: Expectation) -> str:
    """Return what a case expects, or what came out, in words."""
    if stated.blocked is not None:
        return gettext("no contact: %(reason)s") % {"reason": block_label(stated.blocked)}
    if stated.level is None:
        return gettext("no contact")
    words = [gettext("level %(level)d") % {"level": stated.level}]
    if stated.channel:
        words.append(channel_label(stated.channel))
    if stated.template:
        words.append(template_label(stated.template))
    if stated.needs_approval:
        words.append(gettext("with approval"))
    return ", ".join(words)


@register.filter
def case_story(case: Case) -> str:
    """Return how late the customer of a case is, as its story begins."""
    days = max(item.days_past_due for item in case.items)
    if days > 0:
        return ngettext("%(n)d day past due", "%(n)d days past due", days) % {"n": days}
    if days == 0:
        return gettext("due today")
    return ngettext("due in %(n)d day", "due in %(n)d days", -days) % {"n": -days}
