"""The inputs of figures in words, and how their values look."""

from decimal import Decimal

from babel.numbers import format_decimal
from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.money import locale, money

register = template.Library()

LABELS = {
    "receivables_minor": _("Receivables"),
    "end_minor": _("Receivables at the end"),
    "current_minor": _("Not due"),
    "end_current_minor": _("Not due at the end"),
    "overdue_minor": _("Overdue"),
    "begin_minor": _("Receivables at the beginning"),
    "sales_minor": _("Credit sales in the window"),
    "sales_ever_minor": _("Credit sales up to the day"),
    "covered_minor": _("Open of months with sales"),
    "collected_minor": _("Collected in the window"),
    "written_off_minor": _("Written off in the window"),
    "settled_amount_minor": _("Settled with money"),
    "settled_items": _("Items settled with money"),
    "days_to_pay": _("Days to pay, added up"),
    "amount_days_to_pay": _("Amount times days to pay"),
    "amount_days_late": _("Amount times days late"),
    "amount_days_late_floored": _("Amount times days late, early as 0"),
    "unapplied_minor": _("Unapplied cash"),
    "promises": _("Promises judged"),
    "promises_kept": _("Promises kept"),
    "promised_minor": _("Promised"),
    "promised_kept_minor": _("Promised and kept"),
    "roll_before_0_minor": _("Not due 30 days ago"),
    "roll_moved_0_minor": _("Of it 1-30 days late now"),
    "roll_before_1_minor": _("1-30 days late 30 days ago"),
    "roll_moved_1_minor": _("Of it 31-60 days late now"),
    "roll_before_2_minor": _("31-60 days late 30 days ago"),
    "roll_moved_2_minor": _("Of it 61-90 days late now"),
    "roll_before_3_minor": _("61-90 days late 30 days ago"),
    "roll_moved_3_minor": _("Of it more than 90 days late now"),
    "disputes_closed": _("Disputes closed"),
    "cycle_days": _("Days they took"),
    "disputed_minor": _("Disputed"),
    "disputed_current_minor": _("Disputed and not due"),
    "begin_disputed_minor": _("Disputed at the beginning"),
    "owed_minor": _("Owed by customers"),
    "owing_customers": _("Customers that owe"),
    "largest_owed_minor": _("Owed by the largest"),
    "at_risk_billed_minor": _("Billed in the month"),
    "at_risk_unpaid_minor": _("Unpaid 90 days after it"),
    "delinquent_minor": _("More than 30 days late"),
    "lost_minor": _("Written off as lost, ever"),
    "recovered_minor": _("Recovered of it, ever"),
    "to_collect_minor": _("To collect"),
    "promised_open_minor": _("Promised of it"),
    "cost_minor": _("Cost of collecting"),
    "calls": _("Calls made"),
    "calls_reached": _("Calls that reached somebody"),
    "contacts_judged": _("Conversations judged"),
    "contacts_resolved": _("Resolved at first contact"),
    "csat_answers": _("Answers about satisfaction"),
    "csat_satisfied": _("Satisfied"),
    "nps_answers": _("Answers about recommendation"),
    "nps_promoters": _("Promoters"),
    "nps_detractors": _("Detractors"),
    "effort_answers": _("Answers about ease"),
    "effort_sum": _("Their points, added up"),
    "lines": _("Payments matched"),
    "auto_lines": _("Posted without a person"),
    "lines_minor": _("Amount matched"),
    "auto_lines_minor": _("Amount posted without a person"),
    "auto_judged": _("Posted by itself and judged"),
    "auto_right": _("Of it right"),
    "actual_minor": _("Cash that came in"),
    "forecast_minor": _("Cash that was forecast"),
    "invoices_dated": _("Invoices with a delivery day"),
    "invoice_days": _("Days until they were written"),
    "invoices_judged": _("Invoices due or proven"),
    "invoices_in_time": _("Proven by the due day"),
    "invoices_received": _("Invoices that arrived"),
    "receipt_days": _("Days they took to arrive"),
    "days": _("Days of the window"),
    "months": _("Months looked at"),
    "weeks": _("Weeks compared"),
}
FAMILY_LABELS = {
    "turnover": _("How much is tied up"),
    "collection": _("How well it is collected"),
    "payment": _("How customers pay"),
    "risk": _("What may not come"),
    "cash": _("Matching and forecast"),
    "service": _("Contact, satisfaction and billing"),
}
DIMENSION_LABELS = {
    "company": _("Company"),
    "customer": _("Customer"),
    "segment": _("Segment"),
    "collector": _("Collector"),
    "strategy": _("Strategy"),
    "currency": _("Currency"),
}
SUBJECT_LABELS = {
    "item": _("Item"),
    "payment": _("Payment"),
    "promise": _("Promise"),
    "dispute": _("Dispute"),
    "customer": _("Customer"),
    "note": _("Call"),
    "conversation": _("Conversation"),
    "survey": _("Answer"),
    "invoice": _("Invoice"),
    "collection_cost": _("Cost"),
    "cash_forecast": _("Week of the forecast"),
}


@register.filter
def input_label(name: str) -> str:
    """Return the name people know an input by."""
    return str(LABELS.get(name, name.replace("_", " ")))


@register.filter
def family_label(name: str) -> str:
    """Return the heading of a family of figures."""
    return str(FAMILY_LABELS[name])


@register.filter
def dimension_label(name: str) -> str:
    """Return the name of a dimension."""
    return str(DIMENSION_LABELS[name])


@register.filter
def subject_label(name: str) -> str:
    """Return what kind of record a row is."""
    return str(SUBJECT_LABELS[name])


@register.simple_tag
def input_value(name: str, value: int, currency: str) -> str | SafeString:
    """Return an input as money, or as a whole number."""
    if name.endswith("_minor"):
        return money(value, currency)
    text = format_decimal(Decimal(value), "#,##0", locale=locale())
    if name.startswith("amount_days"):
        return gettext("%(n)s minor units times days") % {"n": text}
    return text


@register.simple_tag
def slice_label(dimension: str, key: str, label: str) -> str:
    """Return the name of a part; of what belongs to none and of all the others, a word."""
    if key == "rest":
        return gettext("All other customers")
    if key:
        return label
    return {
        "customer": gettext("Payers not known"),
        "collector": gettext("No collector"),
        "segment": gettext("No segment"),
        "strategy": gettext("No strategy"),
    }.get(dimension, gettext("None"))
