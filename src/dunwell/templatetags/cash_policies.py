"""How cash policies read: their cases, what a return leads to, the names of orders."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.cash_rehearsal import CashCaseResult
from dunwell.templatetags.money import money

register = template.Library()

ANSWERS: Mapping[str, Promise | str] = {
    "written_off": _("given up without a second person"),
    "above_item": _("too large for an item"),
    "above_share": _("too large a part of the item"),
    "above_budget": _("above the budget of the month"),
    "retry": _("tried again"),
    "fix": _("the customer is asked, the mandate waits"),
    "stop": _("the mandate ends"),
    "give_up": _("given up: no further attempt is left"),
}
"""Answers of a cash policy to its cases, and steps of the ladder."""

ORDERS: Mapping[str, Promise | str] = {
    "oldest_due": _("Oldest due first"),
    "by_country": _("By the law of the company's country"),
}
"""Allocation orders that are not named after a law."""

RETURNS = (
    gettext_noop("The account number is wrong"),
    gettext_noop("The account number of the receiver is wrong"),
    gettext_noop("The account is closed"),
    gettext_noop("The account is blocked"),
    gettext_noop("The account is a consumer's and may not be debited this way"),
    gettext_noop("The account does not allow such payments"),
    gettext_noop("The bank does not accept this kind of transaction"),
    gettext_noop("The amount is zero"),
    gettext_noop("The amount is more than the bank allows"),
    gettext_noop("The currency is not accepted"),
    gettext_noop("Not enough money on the account"),
    gettext_noop("The same payment was made twice"),
    gettext_noop("The amount is not the one expected"),
    gettext_noop("Name and account do not belong together"),
    gettext_noop("The address of the receiver is missing"),
    gettext_noop("The creditor is not known to the bank"),
    gettext_noop("The customer is not known to the bank"),
    gettext_noop("The creditor's bank is not reachable"),
    gettext_noop("The customer asked for it back"),
    gettext_noop("The debtor's bank is not reachable"),
    gettext_noop("The date is wrong"),
    gettext_noop("Paid twice"),
    gettext_noop("The settlement failed"),
    gettext_noop("The file format is wrong"),
    gettext_noop("The kind of direct debit is wrong"),
    gettext_noop("Given back because it was recalled"),
    gettext_noop("Fraud"),
    gettext_noop("There is no valid mandate"),
    gettext_noop("Details of the mandate are missing or wrong"),
    gettext_noop("The customer disputes an authorised debit and wants the money back"),
    gettext_noop("The customer has died"),
    gettext_noop("The customer refuses, without a reason"),
    gettext_noop("The bank gives no reason"),
    gettext_noop("Another reason, see the text"),
    gettext_noop("The customer did not answer"),
    gettext_noop("The bank's code is wrong"),
    gettext_noop("The account of the debtor is missing, as the law demands it"),
    gettext_noop("Name or address of the debtor is missing, as the law demands it"),
    gettext_noop("Name or address of the creditor is missing, as the law demands it"),
    gettext_noop("The law or an authority forbids it"),
    gettext_noop("The customer's bank does not serve this debit, as agreed with the customer"),
    gettext_noop("The service was not rendered"),
    gettext_noop("A technical problem"),
    gettext_noop("It came after the bank's hour"),
)
"""Why money came back (`engine.return_reasons`), collected for translation."""


@register.filter
def cash_answer(answer: str) -> str:
    """Return an answer in words."""
    return str(ANSWERS.get(answer, answer))


@register.filter
def expected_answer(result: CashCaseResult) -> str:
    """Return what a case expects."""
    return _answer(result.case.expect, result.case.after_days)


@register.filter
def found_answer(result: CashCaseResult) -> str:
    """Return what the policy answers to a case."""
    return _answer(result.found, result.found_days)


@register.simple_tag
def case_facts(result: CashCaseResult, currency: str) -> str:
    """Return the facts a case states."""
    case = result.case
    if case.returned:
        return gettext("returned with %(code)s, attempt %(n)d") % {
            "code": case.returned,
            "n": case.attempt,
        }
    told: dict[str, Any] = {
        "amount": money(case.difference_minor, currency),
        "item": money(case.item_minor, currency),
        "spent": money(case.spent_minor, currency),
    }
    return gettext("%(amount)s of an item of %(item)s, %(spent)s used this month") % told


@register.filter
def exact_percent(ppm: int) -> str:
    """Return a share given in parts per million with the decimals it has, such as 99.5 %."""
    share = Decimal(ppm).scaleb(-4).normalize()
    return f"{number_format(f'{share:f}')}\N{NO-BREAK SPACE}%"


@register.filter
def order_name(order: str) -> str:
    """Return the name of an allocation order."""
    return str(ORDERS.get(order, order))


def _answer(answer: str, days: int | None) -> str:
    words = cash_answer(answer)
    if days is None:
        return words
    after = ngettext("after %(n)d business day", "after %(n)d business days", days) % {"n": days}
    return f"{words} {after}"
