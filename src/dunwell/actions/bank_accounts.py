"""Accounts of ours: what they are called, whether they are used, and gaps that are explained."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.banking.coverage import BLOCKING, is_accepted, refresh_coverage
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.payees import checked_bic
from dunwell.actions.texts import fitting
from dunwell.formats.pain008 import is_creditor_id
from dunwell.models import BankAccount, BankStatement, Company, Feed
from dunwell.queries.bank import feed_name

TEXTS = {"name": 120, "bic": 11, "creditor_id": 35}
"""Texts of an account and how many characters of each are kept."""


@transaction.atomic
def edit_bank_account(
    *,
    actor: Actor,
    account: BankAccount,
    name: str,
    bic: str = "",
    creditor_id: str = "",
    is_active: bool = True,
    as_of: date,
    at: datetime,
) -> BankAccount:
    """Change what an account is called and whether it is used.

    An account no longer used has no feed, so that its silence does not stop reminders. Raises
    Refused without a name, and for a BIC or creditor identifier that cannot be right.
    """
    actor.require("bank.edit")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = BankAccount.objects.filter(company=company, pk=account.pk).first()
    if found is None:
        raise Refused(f"This account does not belong to {company.name}.")
    told = {"name": name, "bic": bic, "creditor_id": creditor_id}
    texts = {what: fitting(text=told[what], most=most, what=what) for what, most in TEXTS.items()}
    if not texts["name"]:
        raise Refused("Give the account a name, such as the bank's.")
    if texts["bic"] != found.bic:
        texts["bic"] = checked_bic(texts["bic"])
    if texts["creditor_id"] != found.creditor_id:
        texts["creditor_id"] = _checked_creditor_id(texts["creditor_id"])
    wanted = {**texts, "is_active": is_active}
    if all(getattr(found, field) == value for field, value in wanted.items()):
        return found
    BankAccount.objects.filter(pk=found.pk).update(**wanted)
    found.refresh_from_db()
    if is_active:
        refresh_coverage(company=company, accounts=[found], as_of=as_of, at=at)
    else:
        Feed.objects.filter(
            company=company, kind=Feed.Kind.BANK, name=feed_name(found.account, found.currency)
        ).delete()
    record_event(actor, "bank_account.edited", found, at=at, account=found.account, changed=wanted)
    return found


def _checked_creditor_id(text: str) -> str:
    plain = "".join(text.upper().split())
    if plain and not is_creditor_id(plain):
        raise Refused(
            f"The creditor identifier {plain} cannot be right; compare it with the letter of your "
            "national bank."
        )
    return plain


@transaction.atomic
def accept_finding(
    *,
    actor: Actor,
    statement: BankStatement,
    code: str,
    reason: str,
    as_of: date,
    at: datetime,
) -> BankStatement:
    """Say that a gap, or sums that do not add up, are explained: the feed goes on behind them.

    Raises Refused without a reason and for what the statement does not show (any more).
    """
    actor.require("bank.edit")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say what explains it, such as: account opened at another bank on that day.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = (
        BankStatement.objects.filter(company=company, pk=statement.pk)
        .select_related("account")
        .first()
    )
    if found is None:
        raise Refused(f"This statement does not belong to {company.name}.")
    findings = []
    changed = 0
    for one in found.findings:
        if one["code"] == code and code in BLOCKING and not is_accepted(one):
            changed += 1
            findings.append(
                {
                    **one,
                    "accepted_by": actor.name,
                    "accepted_on": as_of.isoformat(),
                    "accepted_reason": told,
                }
            )
        else:
            findings.append(one)
    if not changed:
        raise Refused("The statement shows nothing of that kind that is not explained yet.")
    BankStatement.objects.filter(pk=found.pk).update(findings=findings)
    refresh_coverage(company=company, accounts=[found.account], as_of=as_of, at=at)
    record_event(actor, "bank_statement.accepted", found, at=at, code=code, reason=told)
    found.refresh_from_db()
    return found
