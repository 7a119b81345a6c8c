"""How deliveries read: rungs, where a word comes from, why nothing proves arrival, what to do."""

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

RUNGS: Mapping[str, object] = {
    "issued": _("Issued"),
    "handed_over": _("Handed over"),
    "delivered": _("Delivered"),
    "opened": _("Opened"),
    "received": _("Receipt confirmed"),
    "accepted": _("Accepted"),
    "approved": _("Approved"),
    "scheduled": _("Payment scheduled"),
    "paid": _("Paid"),
    "bounced": _("Came back"),
    "not_received": _("Not received"),
    "queried": _("Queried"),
    "rejected": _("Rejected"),
    "alarm": _("Never received"),
}
SOURCES: Mapping[str, object] = {
    "ledger": _("the ledger"),
    "invoice": _("our invoice"),
    "message": _("our mail"),
    "signal": _("the carrier"),
    "portal": _("the portal"),
    "response": _("the customer's system"),
    "note": _("a colleague's note"),
}
WHY: Mapping[str, object] = {
    "never_sent": _("never sent from here"),
    "no_proof": _("sent, but nothing shows that it arrived"),
    "bounced": _("it came back"),
    "not_received": _("the customer says that nothing came"),
}
STEPS: Mapping[str, object] = {
    "send": _("Send it"),
    "other_address": _("Send it to another address"),
    "phone": _("Ring up and ask"),
    "portal": _("Point to the portal"),
    "letter": _("Send it by post"),
}
EFFECTS: Mapping[str, object] = {
    "dispute": _("Dispute"),
    "announce": _("Payment announced"),
    "check_paid": _("Compared with the ledger"),
    "task": _("For a person to look at"),
}
CODES: Mapping[str, object] = {
    "AB": _("message received"),
    "IP": _("in process"),
    "UQ": _("under query"),
    "CA": _("accepted under conditions"),
    "RE": _("rejected"),
    "AP": _("approved"),
    "PD": _("payment initiated"),
    "200": _("deposited"),
    "201": _("issued by the platform"),
    "202": _("received by the platform"),
    "203": _("made available"),
    "204": _("taken in charge"),
    "205": _("approved"),
    "206": _("approved in part"),
    "207": _("in dispute"),
    "208": _("suspended"),
    "209": _("completed"),
    "210": _("refused"),
    "211": _("payment transmitted"),
    "212": _("cashed"),
    "213": _("rejected by the platform"),
}
BAD = frozenset({"bounced", "not_received", "rejected", "alarm"})
GOOD = frozenset({"received", "accepted", "approved", "scheduled", "paid"})


@register.filter
def rung_name(kind: str) -> str:
    """Return the name of a rung or of what stands beside the ladder."""
    return str(RUNGS.get(kind, kind))


@register.filter
def rung_tone(kind: str) -> str:
    """Return the class of a chip for a rung."""
    if kind in BAD:
        return "chip-bad"
    if kind == "queried":
        return "chip-warn"
    return "chip-good" if kind in GOOD else "chip-info"


@register.filter
def fact_source(source: str) -> str:
    """Return where a fact is known from."""
    return str(SOURCES.get(source, source))


@register.filter
def alarm_why(why: str) -> str:
    """Return why an invoice counts as never received."""
    return str(WHY.get(why, why))


@register.filter
def alarm_step(step: str) -> str:
    """Return what to do next about an invoice that counts as never received."""
    return str(STEPS.get(step, step))


@register.filter
def effect_name(effect: str) -> str:
    """Return the name of what follows from an answer."""
    return str(EFFECTS.get(effect, effect))


@register.filter
def code_name(code: str) -> str:
    """Return what a code of an answer says."""
    return str(CODES.get(code, ""))
