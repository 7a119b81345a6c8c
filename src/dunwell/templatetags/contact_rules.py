"""Contact rules in words: their texts, kinds and evidence, channels, purposes, verdicts, hours."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.models import Customer
from dunwell.templatetags.events import channel_icon
from dunwell.templatetags.reasons import channel_label

register = template.Library()

RULE_TEXTS: Mapping[str, Any] = {
    "US-FDCPA-SCOPE": _(
        "Debts of persons for personal, family or household use, collected for others, come under "
        "the FDCPA and Regulation F."
    ),
    "US-CA-ROSENTHAL-COMM": _(
        "In California natural persons who owe or guarantee commercial debts of up to USD 500,000 "
        "in all are protected like consumers, whoever collects."
    ),
    "US-REGF-CEASE": _(
        "The customer refused to pay or asked us in writing to cease; only the permitted last "
        "notices may go out."
    ),
    "US-REGF-ATTORNEY": _("An attorney represents the customer; contact the attorney only."),
    "US-REGF-MEDIUM": _("The customer asked us not to use this medium."),
    "US-TCPA-REVOKEALL": _(
        "Consent to automated calls and texts was withdrawn; one withdrawal holds for every "
        "matter."
    ),
    "US-TCPA-REVOKE": _(
        "Consent to automated calls and texts was withdrawn by any reasonable means; it must end "
        "within 10 business days, we end it at once."
    ),
    "US-TCPA-CONSENT": _(
        "Automated or prerecorded calls and texts to a mobile phone need the customer's consent "
        "on file."
    ),
    "US-REGF-VALPERIOD": _(
        "The debt was disputed within the validation period; collection waits until it is "
        "verified."
    ),
    "US-REGF-VALIDATION": _(
        "The validation notice is due with the first contact or within 5 days after it; send it "
        "before anything else."
    ),
    "US-REGF-TIMEBARRED": _(
        "The limitation period of the debt has run out; no suit and no threat of one."
    ),
    "US-REGF-WORKMAIL": _("E-mail to an address of the employer needs the customer's consent."),
    "US-REGF-OPTOUT": _(
        "Every electronic message must carry a clear, free and simple way to opt out."
    ),
    "CA-ON-NOTICE": _(
        "In Ontario a collection agency sends a written notice first and waits until the sixth "
        "day after it."
    ),
    "US-REGF-7IN7": _(
        "At most 7 calls about a debt within 7 days, and none within 7 days of a conversation "
        "(its day is the first)."
    ),
    "US-REGF-7IN7-EXCL": _(
        "Not counted are calls that did not connect, calls to an attorney, and calls within 7 "
        "days of consent given directly to us."
    ),
    "US-MA-CALLS": _(
        "In Massachusetts at most 2 calls or texts about a consumer debt within 7 days, by "
        "creditors too."
    ),
    "US-MA-CALLS-ELSEWHERE": _(
        "In Massachusetts at most 2 calls or texts about a consumer debt within 30 days elsewhere "
        "than at home or on an own phone, such as at work."
    ),
    "US-NYC-FREQ": _(
        "In New York City at most 3 contacts about a consumer debt within 7 days, by original "
        "creditors too."
    ),
    "CA-ON-FREQ": _(
        "In Ontario a collection agency makes at most 3 contacts within 7 days after the first "
        "conversation."
    ),
    "AU-FREQ-WEEK": _("In Australia at most 3 calls within a week."),
    "AU-FREQ-MONTH": _(
        "In Australia at most 10 calls within a month (31 days, the strictest reading)."
    ),
    "US-REGF-HOURS": _("No contact before 8 a.m. or after 9 p.m. where the customer may be."),
    "CA-ON-HOURS": _(
        "In Ontario contact from Monday to Saturday between 7 a.m. and 9 p.m., on Sunday between "
        "1 and 5 p.m., and not on holidays."
    ),
    "AU-HOURS": _(
        "In Australia calls from Monday to Friday between 7.30 a.m. and 9 p.m., at weekends "
        "between 9 a.m. and 9 p.m., and not on national holidays."
    ),
    "OWN-COUNTRY": _(
        "The customer's country is not known, so its law is not either; enter the country."
    ),
    "OWN-ATTORNEY": _("An attorney represents the customer; contact the attorney only."),
    "OWN-CEASE": _("The customer asked us to cease; only the permitted last notices may go out."),
    "OWN-OPTOUT": _("The customer opted out of this channel for this purpose."),
    "OWN-INCONVENIENT": _("The customer said that this channel or this hour is inconvenient."),
    "EU-B2B-TOUCH": _(
        "Businesses in the EU and the UK hear from us at most once in 48 hours, whatever the team "
        "and the channel."
    ),
    "EU-B2B-HOURS": _(
        "Businesses in the EU and the UK hear from us in business hours, from 8 a.m. to 6 p.m. on "
        "business days."
    ),
    "OWN-QUIET": _("Our contact policy keeps this day quiet."),
    "OWN-HOURS": _("Outside the hours of our contact policy."),
}
"""The shipped rules in the reader's language; a test holds them against contact_rules.yaml."""

KINDS = {
    "gate": _("Who is protected"),
    "hours": _("Hours"),
    "cap": _("How often"),
    "exclusion": _("What is not counted"),
    "stop": _("The customer's word"),
    "consent": _("Consent"),
    "content": _("What must be known"),
    "notice": _("Notice in time"),
    "notice_first": _("Notice first"),
    "dispute": _("Dispute"),
}
EVIDENCE = {
    "P": _("text of the law read"),
    "S": _("secondary source read"),
    "M": _("from memory, check it"),
    "own": _("rule of the product"),
}
PURPOSES = {
    "": _("Everything"),
    "collection": _("Collection"),
    "legal": _("Legal steps"),
    "last_notice": _("Permitted last notice"),
    "validation": _("Validation notice"),
    "notice": _("Notice required first"),
    "service": _("Anything else"),
}
DECISIONS = {
    "allow": (_("Allowed"), "chip-good"),
    "deny": (_("Not now"), "chip-bad"),
    "hold": (_("Ask a person"), "chip-warn"),
}
CUSTOMERS = {
    "business": _("a company with a business debt in our own country"),
    "persons": _("a natural person with a personal debt, in a country that must be entered"),
    "both": _("a natural person with a personal debt, in a country that must be entered"),
}


@register.filter
def rule_text(rule_id: str, text: str = "") -> str:
    """Return what a rule says in the reader's language, its own text where there is no other."""
    return str(RULE_TEXTS.get(rule_id, text))


def rule_texts() -> dict[str, str]:
    """Return what every shipped rule says in the reader's language, by its id."""
    return {rule_id: str(text) for rule_id, text in RULE_TEXTS.items()}


@register.filter
def rule_kind(kind: str) -> str:
    """Return what a rule is about."""
    return str(KINDS.get(kind, kind))


@register.filter
def evidence_label(evidence: str) -> str:
    """Return how well a rule is known; of several kinds of evidence all are told."""
    kinds, _blank, rest = evidence.partition(" ")
    told = "; ".join(str(EVIDENCE.get(kind, kind)) for kind in kinds.split("/"))
    return f"{told} {rest}".strip()


@register.filter
def any_channel(channel: str) -> str:
    """Return the name of a channel; no channel is every one."""
    if channel == "visit":
        return gettext("Visit")
    return channel_label(channel) if channel else gettext("Every channel")


@register.filter
def contact_icon(channel: str) -> str:
    """Return the icon of a channel."""
    return {"visit": "footprints", "portal": "globe"}.get(channel) or channel_icon(channel)


@register.filter
def party_label(party: str) -> str:
    """Return what a customer is; a dash where it is not known."""
    return str(Customer.Party(party).label) if party else gettext("Not known")


@register.filter
def use_label(debt_use: str) -> str:
    """Return what a customer's debts are for."""
    return str(Customer.DebtUse(debt_use).label) if debt_use else gettext("Not known")


@register.filter
def purpose_label(purpose: str) -> str:
    """Return the name of a purpose; no purpose is every one."""
    return str(PURPOSES.get(purpose, purpose))


@register.filter
def decision_label(decision: str) -> str:
    """Return a decision in words."""
    return str(DECISIONS[decision][0]) if decision in DECISIONS else decision


@register.filter
def decision_chip(decision: str) -> str:
    """Return the class of a decision's chip."""
    return DECISIONS[decision][1] if decision in DECISIONS else ""


@register.filter
def unknown_counts_as(customers_are: str) -> str:
    """Return what a customer counts as whose kind is not known."""
    return str(CUSTOMERS.get(customers_are, customers_are))


@register.filter
def as_moment(text: str | None) -> datetime | None:
    """Return a moment that is stored as text; None for none."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def clock(minute: int | None) -> str:
    """Return a minute of the day as 09:30; nothing for none."""
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
