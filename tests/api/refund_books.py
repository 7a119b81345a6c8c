"""Payees, refunds, an agreement to net and a cash policy, for calls that need one to name."""

from dunwell.actions.cash_policies import draft_cash_policy
from dunwell.actions.gate import Actor
from dunwell.actions.payees import approve_payee, propose_payee
from dunwell.actions.payments import record_payment
from dunwell.actions.refunds import approve_refund, propose_refund
from dunwell.models import PayerRelation

CASH = """\
cash:
  valid_from: {day}
  returned: {{fee_minor: {fee}}}
"""


def cash_policy(day, fee=100):
    """A cash policy that can be drafted."""
    return CASH.format(day=day, fee=fee)


def keep_refunds(company, actor, customer, *, today, at):
    """Add one of each; return path parameter -> key. Other people than the callers made them."""
    on = {"as_of": today, "at": at}
    other = Actor(company=company, name="peer", rights=actor.rights)
    money = record_payment(
        actor=actor, customer=customer, number="B7", currency="EUR", amount_minor=70_00,
        value_on=today, **on,
    )  # fmt: skip

    def payee(account):
        return propose_payee(
            actor=actor, customer=customer, name="Globex", account=account, evidence="letter", **on
        )

    approved, waiting = payee("DE89370400440532013000"), payee("026009593")
    approve_payee(actor=other, payee=approved, at=at)

    def refund(amount_minor):
        return propose_refund(
            actor=actor, source=money, payee=approved, amount_minor=amount_minor, reason="twice",
            **on,
        )  # fmt: skip

    proposed, decided = refund(5_00), refund(6_00)
    approve_refund(actor=other, refund=decided, **on)
    PayerRelation.objects.create(
        company=company, customer=customer, kind="netting", recorded_by="peer", recorded_at=at
    )
    return {
        "refund_money_id": money.pk,
        "payee_id": waiting.pk,
        "approved_payee_id": approved.pk,
        "refund_id": proposed.pk,
        "approved_refund_id": decided.pk,
        "cash_version_id": draft_cash_policy(actor=actor, text=cash_policy(today), at=at).pk,
    }
