"""What each role may do, ours and the debtor's; actions ask for single rights."""

from collections.abc import Mapping

from dunwell.models import PortalSeat, Role

VIEW = frozenset({"ledger.view", "ledger.verify"})
TALK = frozenset({"timeline.words"})
"""To read what was said: words of mails, notes and calls, and the addresses they came from."""

JUDGE = TALK | {"timeline.judgement"}
"""To read what was thought of a customer's credit as well."""

TOGETHER = frozenset({"case.share", "voice.say", "training.take"})
"""What everybody of ours does who works at all: remarks, mentions, suggestions, practising."""

SHARE = TOGETHER | {"escalation.raise", "escalation.answer"}
"""What every desk does with colleagues: remarks, mentions, hand-offs, and putting things higher.

Sales and support hold nothing else besides looking: they see what stands and what waits for them,
and neither read what was said to a customer nor what was thought of its credit.
"""

COLLECT = frozenset(
    {
        "view.save",
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
        "view.save",
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
        "retention.edit",
        "alias.edit",
        "merge.propose",
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
        "report.edit",
        "signal_feed.edit",
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
        "merge.decide",
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
        "analysis.order",
        "industry_figure.edit",
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
        "connection.approve",
        "connection.sync",
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
        "provision.post",
        "loss.approve",
        "financing.edit",
        "financing.draw",
        "financing.approve",
        "initiative.edit",
        "initiative.decide",
        "target.edit",
        "meeting.edit",
        "training.lead",
        "portfolio_review.edit",
        "portfolio_review.sign",
        "budget.approve",
        "covenant.edit",
        "cost.record",
    }
)
ANALYSE = frozenset(
    {
        "view.save",
        "signal.take",
        "signal.decide",
        "stress.save",
        "note.record",
        "analysis.order",
        "limit.propose",
        "provision.prepare",
        "loss.assess",
        "retention.edit",
        "link.edit",
        "merge.propose",
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
        "budget.edit",
        "planning.edit",
    }
)
"""What a credit analyst does: prepares and proposes, and decides within the authority given."""

GRANT = frozenset(
    {
        "report.edit",
        "view.save",
        "stress.save",
        "limit.approve",
        "analysis.order",
        "industry_figure.edit",
        "application.decide",
        "review.decide",
        "approval.decide",
        "policy.publish",
        "note.record",
        "order_hold.release",
        "escalation.answer",
        "invoice.approve",
        "provision.prepare",
        "provision.post",
        "loss.approve",
        "financing.edit",
        "financing.draw",
        "financing.approve",
        "initiative.edit",
        "initiative.decide",
        "target.edit",
        "meeting.edit",
        "training.lead",
        "portfolio_review.edit",
        "portfolio_review.sign",
        "advisor.invite",
        "advisor.extend",
        "budget.approve",
        "budget.edit",
        "cost.record",
        "covenant.edit",
        "planning.edit",
    }
)
"""What a finance director decides: approvals above the credit manager's authority."""

RESOLVE = frozenset(
    {
        "view.save",
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
        "report.edit",
        "view.save",
        "signal.take",
        "signal_feed.edit",
        "payment_provider.edit",
        "company.edit",
        "bureau.edit",
        "user.manage",
        "advisor.invite",
        "advisor.extend",
        "token.manage",
        "strategy.edit",
        "cycle.run",
        "analysis.order",
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
        "connection.manage",
        "connection.sync",
        "suppression.edit",
        "message.retry",
        "intent.train",
        "invoicing.edit",
        "desk.export",
        "desk.export_opened",
        "demo.reset",
    }
)
GUARD = frozenset({"access.review", "privacy.edit"})
"""To look at whether rights are still needed, and to answer people about what is known of them."""

ROLE_RIGHTS: Mapping[str, frozenset[str]] = {
    Role.ADMIN: VIEW | ADMIN | TOGETHER | GUARD,
    Role.CREDIT_MANAGER: VIEW | JUDGE | COLLECT | CREDIT | ANALYSE | SHARE | {"duty.edit"} | GUARD,
    Role.CREDIT_ANALYST: VIEW | JUDGE | ANALYSE | TOGETHER | {"absence.edit"},
    Role.FINANCE_DIRECTOR: VIEW | JUDGE | GRANT | TOGETHER | {"absence.edit"},
    Role.COLLECTOR: VIEW | JUDGE | COLLECT | TOGETHER,
    Role.CLERK: VIEW | TALK | CASH | TOGETHER | {"absence.edit"},
    Role.RESOLVER: VIEW | TALK | RESOLVE | TOGETHER | {"absence.edit"},
    Role.SALES: VIEW | SHARE | {"absence.edit"},
    Role.SUPPORT: VIEW | SHARE | {"absence.edit"},
    Role.READ_ONLY: VIEW,
    Role.PARTNER: frozenset({"placement.work"}),
    Role.ADVISOR: VIEW | JUDGE,
    Role.AUDITOR: VIEW | JUDGE,
}
"""What each role may do; the admin manages people and settings but moves no money, and an
agency's people work on what is placed with them and see nothing else."""

VISITING = frozenset({Role.ADVISOR, Role.AUDITOR})
"""Roles of people from outside who look for a while; they count only while their access lasts,
and reading words and judgements only with the area they belong to (`queries.advisor_areas`)."""

STAFF_ROLES = tuple(role for role in Role if role != Role.PARTNER and role not in VISITING)
"""The roles of our own people; an agency's people hold another one, through their seat."""

PORTAL_RIGHTS: Mapping[str, frozenset[str]] = {
    PortalSeat.Role.VIEWER: frozenset({"portal.view"}),
    PortalSeat.Role.ASKER: frozenset({"portal.view", "portal.ask"}),
    PortalSeat.Role.PAYER: frozenset({"portal.view", "portal.ask", "portal.pay"}),
    PortalSeat.Role.MANAGER: frozenset(
        {"portal.view", "portal.ask", "portal.pay", "portal.manage"}
    ),
}
"""What the debtor's people may do for their own customer: look, ask (promise, plan, dispute,
message), pay, and manage colleagues, keys and saved ways to pay."""

OUTSIDE = frozenset({"survey.answer", "follow_up.begin"}).union(*PORTAL_RIGHTS.values())
"""Rights that no role of ours holds: what a customer does through a link or in the portal."""

RIGHTS = OUTSIDE.union(*ROLE_RIGHTS.values())
"""Every right there is."""
