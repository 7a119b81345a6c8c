"""How credit applications read: fields, documents, what is missing, tones of their statuses."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dunwell.engine.application_rules import Missing

register = template.Library()

FIELD_LABELS: Mapping[str, Promise | str] = {
    "name": _("Name of the company or person"),
    "is_natural_person": _("The applicant is a natural person"),
    "country": _("Country"),
    "legal_form": _("Legal form"),
    "registration": _("Register number"),
    "register_court": _("Register court"),
    "vat_id": _("VAT number"),
    "lei": _("Legal entity identifier (LEI)"),
    "duns": _("D-U-N-S number"),
    "street": _("Street and number"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "region": _("State or region"),
    "website": _("Website"),
    "business_kind": _("What the business does"),
    "started_on": _("In business since"),
    "employees": _("Employees"),
    "revenue_minor": _("Revenue of a year"),
    "contact_name": _("Whom we talk to"),
    "contact_email": _("E-mail address"),
    "contact_phone": _("Telephone"),
    "invoice_email": _("E-mail address for invoices"),
    "purpose": _("What the credit is for"),
    "asked_minor": _("Credit limit asked for"),
    "terms_days": _("Days to pay asked for"),
    "bank_name": _("Bank"),
    "iban": _("IBAN"),
    "owner_name": _("Owner or managing director"),
    "owner_born_on": _("Date of birth"),
    "guarantor_name": _("Guarantor"),
    "guarantor_email": _("E-mail address of the guarantor"),
    "guarantor_address": _("Address of the guarantor"),
    "guarantor_born_on": _("Date of birth of the guarantor"),
}
DOCUMENT_LABELS: Mapping[str, Promise | str] = {
    "register_extract": _("Extract from the register"),
    "annual_accounts": _("Annual accounts"),
    "interim_accounts": _("Interim accounts"),
    "bank_statement": _("Bank statement"),
    "identity": _("Proof of identity"),
    "tax_certificate": _("Tax certificate"),
    "guarantee": _("Guarantee"),
    "other": _("Other"),
}
MISSING_LABELS: Mapping[tuple[str, str], Promise | str] = {
    ("consent", "credit_check"): _("consent to the credit check"),
    ("consent", "truth"): _("the statement that everything is true"),
}
MAIL_LABELS: Mapping[str, Promise | str] = {
    "link": _("Link to the form"),
    "received": _("Receipt"),
    "waiting": _("Something is asked for"),
    "reference": _("Reference asked"),
    "reminder": _("Reference reminded"),
    "decision": _("Decision"),
    "reasons": _("Reasons"),
    "condition": _("Conditions reminded"),
}
OUTCOME_LABELS: Mapping[str, Promise | str] = {
    "approve": _("Approve"),
    "refer": _("A person decides"),
    "decline": _("Decline"),
}
ANSWER_LABELS: Mapping[str, Promise | str] = {
    "years_known": _("Years known"),
    "highest_credit_minor": _("Highest credit"),
    "terms_days": _("Days to pay"),
    "pays": _("Pays"),
    "would_again": _("Credit again"),
    "is_secured": _("Secured"),
    "comment": _("Comment"),
}
PAYS_LABELS: Mapping[str, Promise | str] = {
    "early": _("Early"),
    "on_time": _("On time"),
    "to_15_late": _("Up to 15 days late"),
    "to_30_late": _("Up to 30 days late"),
    "later": _("Later than that"),
}
TONES: Mapping[str, str] = {
    "approved": "chip-good",
    "approved_with_conditions": "chip-warn",
    "conditions_met": "chip-good",
    "activated": "chip-good",
    "declined": "chip-bad",
    "withdrawn": "",
    "expired": "",
    "passed": "chip-good",
    "failed": "chip-bad",
    "to_review": "chip-warn",
    "not_possible": "chip-warn",
    "confirmed": "chip-bad",
    "cleared": "chip-good",
    "open": "chip-warn",
    "answered": "chip-good",
    "sent": "chip-good",
    "dead": "chip-bad",
}
STEP_OF: Mapping[str, str] = {"document": "documents", "reference": "references"}
CREDIT_FIELDS = ("asked_minor", "terms_days", "purpose", "bank_name", "iban")


@register.filter
def application_field(name: str) -> str:
    """Return what a field of an application is called."""
    return str(FIELD_LABELS.get(name, name))


@register.filter
def document_label(kind: str) -> str:
    """Return what a kind of document is called."""
    return str(DOCUMENT_LABELS.get(kind, kind))


@register.filter
def missing_label(one: Missing) -> str:
    """Return what is missing, in words."""
    if one.kind == "document":
        return str(DOCUMENT_LABELS.get(one.name, one.name))
    if one.kind == "field":
        return str(FIELD_LABELS.get(one.name, one.name))
    if one.kind == "reference":
        return _references_label(one)
    return str(MISSING_LABELS.get((one.kind, one.name), one.name))


def _references_label(one: Missing) -> str:
    if one.name == "bank":
        told = ngettext("the bank as a reference", "%(n)d banks as references", one.count)
    else:
        told = ngettext(
            "one more supplier as a reference", "%(n)d more suppliers as references", one.count
        )
    return told % {"n": one.count}


@register.filter
def missing_step(one: Missing) -> str:
    """Return the step of the form where it is asked for."""
    if one.kind == "field":
        is_credit = one.name in CREDIT_FIELDS or one.name.startswith("guarantor")
        return "credit" if is_credit else "applicant"
    return STEP_OF.get(one.kind, "consent")


@register.filter
def application_mail_label(kind: str) -> str:
    """Return what a mail about an application is."""
    return str(MAIL_LABELS.get(kind, kind))


@register.filter
def proposed_outcome(outcome: str) -> str:
    """Return what the policy proposes, in words."""
    return str(OUTCOME_LABELS.get(outcome, outcome))


@register.filter
def reference_question(name: str) -> str:
    """Return what a reference was asked, in short."""
    return str(ANSWER_LABELS.get(name, name))


@register.filter
def reference_answer(value: object) -> object:
    """Return an answer of a reference that is a code in words."""
    return PAYS_LABELS.get(value, value) if isinstance(value, str) else value


@register.filter
def application_tone(status: str) -> str:
    """Return the colour of a status, outcome or answer."""
    return TONES.get(status, "")
