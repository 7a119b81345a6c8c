"""Asking the authority policy before a concession is made, whoever makes it and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.engine.authority import (
    ALLOWED,
    CREDIT_ACTS,
    NEEDS_APPROVAL,
    NEVER,
    RISKS,
    STAFF,
    Ask,
    Verdict,
    judge,
)
from dunwell.engine.authority import concession_share as share_of
from dunwell.models import Customer
from dunwell.queries.authority import (
    act_risk,
    authority_in_force,
    certificates_that_count,
    home_amount,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """What the policy of the day says to an ask, as the record of the concession keeps it.

    `amount_minor` is in the ask's own currency, as it was stated; the ask holds home amounts.
    """

    ask: Ask
    verdict: Verdict
    customer_id: int | None
    currency: str
    amount_minor: int
    concession_minor: int
    version_id: int | None
    as_of: date

    @property
    def status(self) -> str:
        """Return allowed or needs_approval; what is never allowed was refused."""
        return self.verdict.status

    @property
    def is_allowed(self) -> bool:
        """Return whether no second person is needed."""
        return self.verdict.status == ALLOWED

    @property
    def needs_approval(self) -> bool:
        """Return whether somebody else has to approve."""
        return self.verdict.status == NEEDS_APPROVAL

    @property
    def needs_role(self) -> str:
        """Return the role that has to approve, empty when it is allowed."""
        return self.verdict.needs_role

    @property
    def rule(self) -> str:
        """Return the cell of the matrix that decided."""
        return self.verdict.rule

    @property
    def text(self) -> str:
        """Return the sentence that says why."""
        return self.verdict.text

    def document(self) -> dict[str, object]:
        """Return ask, verdict and version for the record's `authority` column."""
        return {
            "status": self.status,
            "needs_role": self.needs_role,
            "rule": self.rule,
            "text": self.text,
            "ask": ask_document(self.ask),
            "policy_version": self.version_id,
            "as_of": self.as_of.isoformat(),
        }


@transaction.atomic
def authorise(
    *,
    actor: Actor,
    customer: Customer | None,
    act: str,
    currency: str,
    amount_minor: int,
    concession_minor: int = 0,
    months: int = 0,
    source: str = STAFF,
    as_of: date,
    earlier_minor: int = 0,
    proposed_risk: str = "",
) -> Authority:
    """Return what the authority policy in force says to a concession; writes nothing.

    Amounts in minor units of `currency`: what the decision is about, and what of it is given
    up. `earlier_minor` is what the same act took for the customer within the policy's window:
    it counts into the amount, so that a large concession is not made of small ones.
    `proposed_risk` is what the credit decision found, for credit to somebody who has neither
    rating nor score yet. Whoever holds any right may ask; the action that makes the concession
    checks its own.
    Raises Refused, with the reason, for what nobody may grant.
    """
    if not actor.rights:
        actor.require("ledger.view")
    if customer is not None and customer.company_id != actor.company.pk:
        raise Refused("This customer belongs to another company.")
    if min(amount_minor, concession_minor, months, earlier_minor) < 0:
        raise Refused("Amounts and months of a concession cannot be below 0.")
    in_force = authority_in_force(actor.company, as_of=as_of)
    policy = in_force.policy
    risk = ""
    if customer is not None:
        risk = act_risk(customer, policy, act=act, as_of=as_of)
    if not risk and act in CREDIT_ACTS and proposed_risk in RISKS:
        risk = proposed_risk
    roles = actor.roles
    if source != STAFF and actor.user_id is None:
        roles = frozenset({policy.acts_as[source]} if source in policy.acts_as else ())
    ask = Ask(
        act=act,
        source=source,
        roles=roles,
        risk=risk,
        amount_minor=home_amount(
            actor.company, amount_minor + earlier_minor, currency, as_of=as_of
        ),
        concession_ppm=share_of(concession_minor, amount_minor),
        months=months,
        currency=actor.company.currency,
        certificates=certificates_that_count(
            policy, actor.company, user_id=actor.user_id, as_of=as_of
        ),
    )
    verdict = judge(ask, policy)
    if verdict.status == NEVER:
        raise Refused(verdict.text)
    return Authority(
        ask=ask,
        verdict=verdict,
        customer_id=customer.pk if customer is not None else None,
        currency=currency,
        amount_minor=amount_minor,
        concession_minor=concession_minor,
        version_id=in_force.version_id,
        as_of=as_of,
    )


def ask_document(ask: Ask) -> dict[str, object]:
    """Return an ask as JSON holds it; `asked_in` reads it back."""
    return {
        "act": ask.act,
        "source": ask.source,
        "roles": sorted(ask.roles),
        "risk": ask.risk,
        "amount_minor": ask.amount_minor,
        "concession_ppm": ask.concession_ppm,
        "months": ask.months,
        "currency": ask.currency,
        "certificates": sorted(ask.certificates),
    }


def held_in(document: Mapping[str, object]) -> dict[str, Any]:
    """Return what the event of a decision says of certificates: those its author held that day.

    `document` is what `Authority.document` wrote. Empty where none counted, and for what another
    approved: the event of the request says what its author held.
    """
    held = asked_in(_asked(document)).certificates
    return {"certificates": sorted(held)} if held and document.get("status") == ALLOWED else {}


def _asked(document: Mapping[str, object]) -> Mapping[str, object]:
    ask = document.get("ask")
    return ask if isinstance(ask, Mapping) else {}


def asked_in(document: Mapping[str, object]) -> Ask:
    """Return the ask of a document; what is missing in it counts as not known."""

    def number(name: str) -> int | None:
        value = document.get(name)
        return value if isinstance(value, int) and value >= 0 else None

    roles, held = document.get("roles"), document.get("certificates")
    return Ask(
        act=str(document.get("act", "")),
        source=str(document.get("source", "")),
        roles=frozenset(roles if isinstance(roles, list) else ()),
        risk=str(document.get("risk", "")),
        amount_minor=number("amount_minor"),
        concession_ppm=number("concession_ppm"),
        months=number("months"),
        currency=str(document.get("currency", "")),
        certificates=frozenset(held if isinstance(held, list) else ()),
    )
