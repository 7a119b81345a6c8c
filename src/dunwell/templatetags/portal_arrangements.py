"""How promises, plans, settlements and queries are told to the debtor's people: plainly."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()
Words = Mapping[str, Promise | str]

PROMISES: Words = {
    "open": _("open"),
    "kept": _("kept, thank you"),
    "partially_kept": _("kept in part"),
    "broken": _("not kept"),
    "withdrawn": _("taken back"),
    "superseded": _("replaced"),
}
PLANS: Words = {
    "pending": _("we decide"),
    "offered": _("waits for your answer"),
    "active": _("runs"),
    "completed": _("paid, thank you"),
    "defaulted": _("instalments are missing"),
    "accelerated": _("all due at once"),
    "cancelled": _("cancelled"),
    "rejected": _("did not come about"),
    "expired": _("offer ended"),
    "renegotiated": _("replaced"),
}
SETTLEMENTS: Words = {
    "pending": _("we decide"),
    "offered": _("waits for your answer"),
    "accepted": _("agreed"),
    "completed": _("paid, thank you"),
    "expired": _("ended"),
    "rejected": _("did not come about"),
    "cancelled": _("cancelled"),
}
INSTALMENTS: Words = {
    "scheduled": _("to come"),
    "due": _("due"),
    "paid": _("paid"),
    "part": _("paid in part"),
    "late": _("paid late"),
    "missed": _("missing"),
}
QUERIES: Words = {
    "received": _("received"),
    "in_review": _("we look into it"),
    "waiting_customer": _("waits for you"),
    "deciding": _("we decide"),
    "resolved": _("decided"),
    "closed": _("closed"),
    "withdrawn": _("taken back"),
}
STEPS: Words = {
    "opened": _("The query was opened"),
    "joined": _("Added to this query"),
    "reviewed": _("We look into it"),
    "resolved": _("It was decided"),
    "withdrawn": _("It was taken back"),
    "reopened": _("It was opened again"),
    "closed": _("It was closed"),
}
ENDS: Words = {
    "valid_credit": _("You are right: we credit it"),
    "partial": _("You are right in part"),
    "invalid_denied": _("We do not agree"),
    "write_off": _("We let it rest"),
    "rebill": _("We credit it and bill it anew"),
}
ANSWERS: Words = {
    "answered": _("answered"),
    "accepted": _("agreed"),
    "declined": _("not agreed"),
}
GOOD = frozenset({"active", "completed", "accepted", "paid", "kept"})
WAITS = frozenset({"offered", "defaulted", "accelerated", "due", "part", "late"})


@register.filter
def promise_words(outcome: str) -> Promise | str:
    """Return what became of a promise."""
    return PROMISES.get(outcome, outcome)


@register.filter
def plan_words(status: str) -> Promise | str:
    """Return how a plan stands."""
    return PLANS.get(status, status)


@register.filter
def settlement_words(status: str) -> Promise | str:
    """Return how a settlement stands."""
    return SETTLEMENTS.get(status, status)


@register.filter
def instalment_words(status: str) -> Promise | str:
    """Return how an instalment stands."""
    return INSTALMENTS.get(status, status)


@register.filter
def query_words(status: str) -> Promise | str:
    """Return how a query stands."""
    return QUERIES.get(status, status)


@register.filter
def step_words(step: str) -> Promise | str:
    """Return what happened to a query."""
    return STEPS.get(step, step)


@register.filter
def end_words(kind: str) -> Promise | str:
    """Return how a query ended."""
    return ENDS.get(kind, kind)


@register.filter
def answer_words(answer: str) -> Promise | str:
    """Return what was answered to a question or a proposal."""
    return ANSWERS.get(answer, answer)


@register.filter
def plan_tone(status: str) -> str:
    """Return the colour of how an agreement or an instalment stands."""
    if status in GOOD:
        return "chip-good"
    return "chip-bad" if status == "missed" else "chip-warn" if status in WAITS else ""


@register.filter
def turn_tone(turn: str) -> str:
    """Return the colour of whose turn it is."""
    return {"you": "chip-warn", "we": "chip-info"}.get(turn, "")


register.filter("settlement_tone", plan_tone)
register.filter("instalment_tone", plan_tone)
