"""Who may act, and how an action says no."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from django.db.models import TextChoices

from dunwell.models import (
    ApiToken,
    Company,
    Customer,
    Membership,
    PortalKey,
    PortalLink,
    PortalSeat,
    Role,
    User,
)

VIEW = frozenset({"ledger.view", "ledger.verify"})
TALK = frozenset({"timeline.words"})
"""To read what was said: words of mails, notes and calls, and the addresses they came from."""

JUDGE = TALK | {"timeline.judgement"}
"""To read what was thought of a customer's credit as well."""

COLLECT = frozenset(
    {
        "payment.link",
        "promise.record",
        "autopay.edit",
        "promise.withdraw",
        "dispute.open",
        "hold.place",
        "note.record",
        "task.complete",
        "message.cancel",
        "message.send",
        "worklist.snooze",
        "contact.edit",
        "statement.make",
        "contact.log",
        "restriction.edit",
        "override.set",
        "plan.propose",
        "settlement.propose",
        "charge.waive",
        "escalation.raise",
        "escalation.answer",
        "watch.edit",
        "absence.edit",
        "placement.propose",
        "message.compose",
        "message.retry",
        "conversation.edit",
        "inbox.decide",
        "dispute.edit",
        "dispute.propose",
        "document.edit",
        "portal.invite",
        "delivery.note",
        "response.take",
    }
)
CASH = frozenset(
    {
        "payment.link",
        "checkout.edit",
        "items.import",
        "autopay.edit",
        "item.add",
        "payment.record",
        "payment.apply",
        "payment.reverse",
        "dispute.open",
        "note.record",
        "profile.save",
        "feed.record",
        "anomaly.decide",
        "bank.import",
        "match.decide",
        "remittance.record",
        "alias.edit",
        "difference.write_off",
        "refund.propose",
        "mandate.edit",
        "debit.prepare",
        "statement.make",
        "placement.report",
        "recovery.record",
        "charge.bill",
        "message.compose",
        "conversation.edit",
        "inbox.decide",
        "dispute.edit",
        "document.edit",
        "credit_request.edit",
        "invoice.edit",
        "invoice.issue",
        "portal.invite",
        "delivery.note",
        "response.take",
    }
)
CREDIT = frozenset(
    {
        "checkout.edit",
        "message.approve",
        "hold.release",
        "dispute.close",
        "strategy.edit",
        "strategy.publish",
        "cycle.run",
        "adjustment.record",
        "item.reverse",
        "customer.edit",
        "rates.edit",
        "balances.rebuild",
        "model.train",
        "model.promote",
        "experiment.run",
        "anomaly.decide",
        "refund.approve",
        "payee.approve",
        "mandate.edit",
        "debit.approve",
        "statement.make",
        "period.lock",
        "journal.export",
        "cash_policy.edit",
        "cash_policy.publish",
        "approval.decide",
        "charge.bill",
        "replay.run",
        "segment.edit",
        "pool.edit",
        "capacity.edit",
        "customer.assign",
        "incentive.edit",
        "incentive.approve",
        "agency.edit",
        "placement.approve",
        "placement.report",
        "legal.edit",
        "recovery.record",
        "policy.edit",
        "policy.publish",
        "reference_rate.edit",
        "group.edit",
        "limit.approve",
        "application.decide",
        "bureau.edit",
        "scorecard.promote",
        "review.decide",
        "dispute.approve",
        "cause.edit",
        "credit_request.edit",
        "intent.train",
        "suppression.edit",
        "survey.edit",
        "invoice.edit",
        "invoice.issue",
        "invoice.approve",
        "early_payment.offer",
    }
)
ANALYSE = frozenset(
    {
        "note.record",
        "limit.propose",
        "link.edit",
        "order.check",
        "order.edit",
        "order_hold.place",
        "order_hold.release",
        "cover.edit",
        "cover.report",
        "application.edit",
        "screening.decide",
        "bureau.pull",
        "credit_file.edit",
        "scorecard.train",
        "review.edit",
        "warning.decide",
        "watch.edit",
        "escalation.raise",
    }
)
"""What a credit analyst does: prepares and proposes, and decides within the authority given."""

GRANT = frozenset(
    {
        "limit.approve",
        "application.decide",
        "review.decide",
        "approval.decide",
        "policy.publish",
        "note.record",
        "order_hold.release",
        "escalation.answer",
        "invoice.approve",
    }
)
"""What a finance director decides: approvals above the credit manager's authority."""

RESOLVE = frozenset(
    {
        "dispute.open",
        "dispute.edit",
        "dispute.propose",
        "cause.edit",
        "document.edit",
        "note.record",
        "message.compose",
        "conversation.edit",
        "inbox.decide",
        "escalation.raise",
    }
)
"""What a dispute resolver does: clears cases up and proposes how they end."""

ADMIN = frozenset(
    {
        "payment_provider.edit",
        "company.edit",
        "bureau.edit",
        "user.manage",
        "token.manage",
        "strategy.edit",
        "cycle.run",
        "rates.edit",
        "feed.record",
        "balances.rebuild",
        "model.train",
        "bank.edit",
        "cash_policy.edit",
        "policy.edit",
        "capacity.edit",
        "absence.edit",
        "channel.edit",
        "mailbox.edit",
        "webhook.manage",
        "suppression.edit",
        "message.retry",
        "intent.train",
        "invoicing.edit",
    }
)
ROLE_RIGHTS: Mapping[str, frozenset[str]] = {
    Role.ADMIN: VIEW | ADMIN,
    Role.CREDIT_MANAGER: VIEW | JUDGE | COLLECT | CREDIT | ANALYSE,
    Role.CREDIT_ANALYST: VIEW | JUDGE | ANALYSE,
    Role.FINANCE_DIRECTOR: VIEW | JUDGE | GRANT,
    Role.COLLECTOR: VIEW | JUDGE | COLLECT,
    Role.CLERK: VIEW | TALK | CASH,
    Role.RESOLVER: VIEW | TALK | RESOLVE,
    Role.READ_ONLY: VIEW,
    Role.PARTNER: frozenset({"placement.work"}),
}
"""What each role may do; the admin manages people and settings but moves no money, and an
agency's people work on what is placed with them and see nothing else."""

STAFF_ROLES = tuple(role for role in Role if role != Role.PARTNER)
"""The roles of our own people; an agency's people hold the other one, through their seat."""

PORTAL_RIGHTS: Mapping[str, frozenset[str]] = {
    PortalSeat.Role.VIEWER: frozenset({"portal.view"}),
    PortalSeat.Role.PAYER: frozenset({"portal.view", "portal.ask", "portal.pay"}),
    PortalSeat.Role.MANAGER: frozenset(
        {"portal.view", "portal.ask", "portal.pay", "portal.manage"}
    ),
}
"""What the debtor's people may do for their own customer: look, ask (promise, plan, dispute,
message), pay, and manage colleagues, keys and saved ways to pay."""

OUTSIDE = frozenset({"survey.answer"}).union(*PORTAL_RIGHTS.values())
"""Rights that no role of ours holds: what a customer does through a link or in the portal."""

RIGHTS = OUTSIDE.union(*ROLE_RIGHTS.values())
"""Every right there is."""

CONFLICTING_ROLES: Mapping[frozenset[str], str] = {
    frozenset({Role.ADMIN, Role.CLERK}): "who manages users should not post money",
    frozenset({Role.ADMIN, Role.CREDIT_MANAGER}): "who manages users should not write off",
    frozenset({Role.ADMIN, Role.CREDIT_ANALYST}): "who manages users should not ask for limits",
    frozenset({Role.ADMIN, Role.FINANCE_DIRECTOR}): "who manages users should not approve limits",
    frozenset({Role.ADMIN, Role.RESOLVER}): "who manages users should not settle disputes",
    frozenset({Role.CLERK, Role.FINANCE_DIRECTOR}): "who posts cash should not approve limits",
    frozenset({Role.CLERK, Role.CREDIT_MANAGER}): "who posts cash should not write off or credit",
}
"""Pairs of roles that segregation of duties keeps apart; shown as a warning when granted."""


class Refused(ValueError):
    """A business rule says no; the message is written for the person who asked."""


class Forbidden(Refused):
    """The actor lacks the right; the message names it."""


class Stale(Refused):
    """Somebody changed the record meanwhile; the message says who and when."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A member of staff, a program, the system or somebody of a customer, acting in one company.

    `customer_id` is set for a customer's own people: they act for that customer alone, from the
    seat `seat_id` where they have one.
    """

    company: Company
    name: str
    user_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    rights: frozenset[str] = field(default_factory=frozenset)
    customer_id: int | None = None
    seat_id: int | None = None

    @property
    def is_partner(self) -> bool:
        """Return whether this is somebody of an agency, who is shown the agency's own alone."""
        return Role.PARTNER in self.roles

    def require(self, right: str) -> None:
        """Raise Forbidden unless the actor holds the right."""
        if right not in self.rights:
            raise Forbidden(f"{self.name} may not do this (right {right} is missing).")


def own_customer(actor: Actor, customer: Customer) -> None:
    """Raise Refused unless the actor may act for the customer: its company's, and its own."""
    own(actor, customer, "customer")
    if actor.customer_id is not None and actor.customer_id != customer.pk:
        raise Refused("This is another customer's.")


def lent(actor: Actor, *rights: str) -> Actor:
    """Return the actor with rights of the desk for one call inside an action of the portal.

    Only for actions that have asked for the portal's right and `own_customer` first.
    """
    return replace(actor, rights=actor.rights | frozenset(rights))


class Owned(Protocol):
    """A record that belongs to a company."""

    @property
    def company_id(self) -> int:
        """Return the key of the company."""


def own(actor: Actor, record: Owned, what: str) -> None:
    """Raise Refused for a record of another company than the one the actor acts for."""
    if record.company_id != actor.company.pk:
        raise Refused(f"This {what} belongs to another company.")


S = TypeVar("S", bound=TextChoices)


def check_status(
    moves: Mapping[S, Collection[S]], before: S, status: str, what: str, by: str = ""
) -> None:
    """Raise Refused where the moves do not lead from one status to another."""
    if status not in moves[before]:
        raise Refused(marked(what, before, by))


def marked(what: str, status: TextChoices, by: str = "") -> str:
    """Return the refusal of a record whose status no longer is what the page showed."""
    return f"{what} is marked: {status.label.lower()}{by}; load the page again."


def staff(user: User, company: Company) -> Actor:
    """Return a member of staff as an actor in a company; raise Forbidden for an outsider."""
    roles = frozenset(
        Membership.objects.filter(user=user, company=company).values_list("role", flat=True)
    )
    if not roles or not user.is_active:
        raise Forbidden(f"{user.username} does not work for {company.name}.")
    rights = frozenset().union(*(ROLE_RIGHTS[role] for role in roles))
    return Actor(company=company, name=user.username, user_id=user.pk, roles=roles, rights=rights)


def program(token: ApiToken) -> Actor:
    """Return an API token as an actor: its own rights, and never more than its owner's now."""
    owner = staff(token.user, token.company)
    return Actor(
        company=token.company,
        name=f"{token.user.username} via {token.name}",
        user_id=token.user_id,
        roles=owner.roles,
        rights=owner.rights & frozenset(token.rights),
    )


def debtor(seat: PortalSeat, *, may: frozenset[str] | None = None) -> Actor:
    """Return somebody of a customer as an actor; `may` narrows the rights (a view link, a key)."""
    rights = PORTAL_RIGHTS[seat.role]
    return Actor(
        company=seat.company,
        name=f"{seat.person.email} (portal)"[:150],
        rights=rights if may is None else rights & may,
        customer_id=seat.customer_id,
        seat_id=seat.pk,
    )


def looker(link: PortalLink) -> Actor:
    """Return whoever came by a link to look as an actor: may see one customer, and do nothing."""
    return Actor(
        company=link.company,
        name=f"{link.email} (view link)"[:150],
        rights=frozenset({"portal.view"}),
        customer_id=link.customer_id,
    )


def robot(key: PortalKey) -> Actor:
    """Return a customer's program as an actor: its own rights, and never more than its seat's."""
    actor = debtor(key.seat, may=frozenset(key.rights))
    return replace(actor, name=f"key {key.pk} ({key.name}) of {key.seat.person.email}"[:150])


def system(company: Company) -> Actor:
    """Return the day's cycle and the command line as an actor."""
    return Actor(company=company, name="system", rights=RIGHTS)
