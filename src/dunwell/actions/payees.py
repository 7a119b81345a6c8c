"""Bank accounts money may be refunded to: proposed by one person, approved by a second."""

import re
from datetime import date, datetime

from django.db import transaction
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.formats.sealing import hinted
from dunwell.models import Company, Customer, Payee
from dunwell.models.sealed import mark_of
from dunwell.queries.cash_policies import cash_policy_in_force

Status = Payee.Status

LONGEST = {"name": 140, "account": 64, "bic": 11, "evidence": 300}
"""How many characters of each text fit."""

_IBAN_LIKE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]*")
_ACCOUNT = re.compile(r"[A-Z0-9][A-Z0-9/-]{3,63}")


@transaction.atomic
def propose_payee(
    *,
    actor: Actor,
    customer: Customer,
    name: str,
    account: str,
    bic: str = "",
    evidence: str = "",
    as_of: date,
    at: datetime,
) -> Payee:
    """Propose an account of a customer; somebody else approves it before money goes there.

    The same account with the same name again is the payee that is there. Another account is
    another payee: one that was approved never changes. Raises Refused for an account or BIC
    whose check digits or form are wrong, and without evidence where the cash policy asks for it.
    """
    actor.require("refund.propose")
    if not Customer.objects.filter(company=actor.company, pk=customer.pk).exists():
        raise Refused(f"Customer {customer.number} does not belong to {actor.company.name}.")
    open_customer(actor, customer)
    told = {
        "name": fitting(text=name, most=LONGEST["name"], what="payee's name"),
        "account": _checked_account(account),
        "bic": checked_bic(bic),
        "evidence": fitting(text=evidence, most=LONGEST["evidence"], what="evidence"),
    }
    if not told["name"]:
        raise Refused("Write the name the account is held in.")
    policy = cash_policy_in_force(actor.company, as_of=as_of)
    if policy.refund_evidence and not told["evidence"]:
        raise Refused(
            "Say where the account number comes from, such as a letter or a call back to a "
            "number known before; the cash policy asks for it."
        )
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = _known(actor.company, customer, told["account"])
    if known is not None:
        if (known.name, known.bic) != (told["name"], told["bic"]):
            raise Refused(
                f"The account is known as {known.name}'s already ({known.get_status_display()}); "
                "retire that payee first."
            )
        return known
    payee = Payee.objects.create(
        company=actor.company, customer=customer, author=actor.name, recorded_at=at, **told
    )
    record_event(
        actor,
        "payee.proposed",
        payee,
        at=at,
        customer_id=customer.pk,
        name=payee.name,
        account=hinted(payee.account),
        bic=payee.bic,
        evidence=payee.evidence,
    )
    return payee


@transaction.atomic
def approve_payee(*, actor: Actor, payee: Payee, at: datetime) -> None:
    """Allow refunds to an account; its author may not, except where nobody else works."""
    actor.require("payee.approve")
    _check(actor, payee, Status.APPROVED)
    override = own_approval(
        actor,
        author=payee.author,
        refusal="You proposed this payee; somebody else has to approve it.",
    )
    _move(payee, Status.APPROVED, approver=actor.name, approved_at=at)
    record_event(
        actor,
        "payee.approved",
        payee,
        at=at,
        customer_id=payee.customer_id,
        name=payee.name,
        account=hinted(payee.account),
        author=payee.author,
        override=override,
    )


@transaction.atomic
def retire_payee(*, actor: Actor, payee: Payee, reason: str, at: datetime) -> None:
    """Let no further money go to an account, or drop its proposal; raise Refused without a reason.

    Refunds that are approved for it are not paid out any more; take them back.
    """
    actor.require("payee.approve")
    why = fitting(text=reason, most=300, what="reason")
    if not why:
        raise Refused("Say why the account is not used any longer.")
    _check(actor, payee, Status.RETIRED)
    _move(payee, Status.RETIRED)
    record_event(
        actor,
        "payee.retired",
        payee,
        at=at,
        customer_id=payee.customer_id,
        name=payee.name,
        account=hinted(payee.account),
        reason=why,
    )


def _known(company: Company, customer: Customer, account: str) -> Payee | None:
    same = mark_of(Payee, "account", account)
    found = Payee.objects.filter(company=company, customer=customer, account_mark=same)
    return found.exclude(status=Status.RETIRED).first()


def _checked_account(text: str) -> str:
    """Return an IBAN without blanks, checked, or the number of an account that has none."""
    plain = "".join(text.upper().split())
    if _IBAN_LIKE.fullmatch(plain):
        try:
            return str(IBAN(plain))
        except SchwiftyException as error:
            raise Refused(f"{plain} is no IBAN: {str(error).rstrip('.').lower()}.") from error
    if not _ACCOUNT.fullmatch(plain):
        raise Refused(
            "Write the IBAN, or for an account that has none 4 to 64 letters, digits, / and -."
        )
    return plain


def checked_bic(text: str) -> str:
    """Return a BIC without blanks, empty where there is none; raises Refused for what is none."""
    plain = "".join(text.upper().split())
    if not plain:
        return ""
    try:
        return str(BIC(plain))
    except SchwiftyException as error:
        raise Refused(f"{plain} is no BIC: {str(error).rstrip('.').lower()}.") from error


def _check(actor: Actor, payee: Payee, status: Status) -> None:
    if payee.company_id != actor.company.pk:
        raise Refused(f"Payee {payee.name} does not belong to {actor.company.name}.")
    before = Status(payee.status)
    if status not in Payee.MOVES[before]:
        raise Refused(f"This payee is marked: {before.label.lower()}.")


def _move(payee: Payee, status: Status, **fields: str | datetime) -> None:
    rows = Payee.objects.filter(pk=payee.pk, status=payee.status).update(status=status, **fields)
    if rows != 1:
        raise Refused("Somebody else has just decided about this payee; load the page again.")
