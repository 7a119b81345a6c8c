"""How events of disputes, credit and collections read: a sentence, an icon and a colour."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of event is shown; `page` lists the records it is about."""

    label: Promise | str
    icon: str
    tone: str = ""
    page: str = ""


CASE_LOOKS: Mapping[str, Look] = {
    "dispute_case.opened": Look(_("Dispute opened"), "scale", "is-warn"),
    "dispute_case.assigned": Look(_("Dispute given to a colleague"), "user-check"),
    "dispute_case.reviewed": Look(_("Dispute taken up"), "scale"),
    "dispute_case.asked": Look(_("Colleague asked about a dispute"), "message-square", "is-info"),
    "dispute_case.answered": Look(_("Colleague answered about a dispute"), "reply"),
    "dispute_case.commented": Look(_("Written about a dispute"), "message-square", "is-info"),
    "dispute_case.edited": Look(_("Dispute changed"), "pencil"),
    "dispute_case.escalated": Look(_("Dispute escalated"), "triangle-alert", "is-warn"),
    "dispute_case.merged": Look(_("Dispute joined with another"), "git-merge"),
    "dispute_case.split": Look(_("Dispute split from another"), "git-branch"),
    "dispute_case.rejected": Look(_("Decision of a dispute sent back"), "x", "is-warn"),
    "dispute_case.reminded": Look(_("Reminded of a dispute"), "clock-alert"),
    "dispute_case.waiting": Look(_("Dispute waits for an answer"), "hourglass"),
    "dispute_case.evidence_added": Look(_("Evidence added to a dispute"), "file-plus"),
    "dispute_case.joined": Look(_("Dispute reported again"), "scale", "is-warn"),
    "dispute_case.proposed": Look(_("Decision of a dispute proposed"), "scale", "is-info"),
    "dispute_case.resolved": Look(_("Dispute decided"), "scale", "is-good"),
    "dispute_case.credit_exported": Look(_("Credit note asked of the ledger"), "file-down"),
    "dispute_case.credited": Look(_("Dispute credited"), "receipt-text", "is-good"),
    "dispute_case.withdrawn": Look(_("Dispute withdrawn"), "undo-2"),
    "dispute_case.reopened": Look(_("Dispute open again"), "rotate-ccw", "is-warn"),
    "dispute_case.closed": Look(_("Dispute closed"), "scale", "is-good"),
    "order.approved": Look(_("Order approved"), "check", "is-good"),
    "order.held": Look(_("Order held"), "circle-pause", "is-warn"),
    "order.released": Look(_("Order released"), "circle-play", "is-good"),
    "limit.proposed": Look(_("Credit limit proposed"), "gauge", "is-info"),
    "limit.approved": Look(_("Credit limit granted"), "gauge", "is-good"),
    "limit.rejected": Look(_("Credit limit refused"), "x", "is-bad"),
    "limit.suspended": Look(_("Credit limit suspended"), "circle-pause", "is-bad"),
    "limit.resumed": Look(_("Credit limit in force again"), "circle-play", "is-good"),
    "credit_hold.placed": Look(_("Credit hold placed"), "circle-pause", "is-bad"),
    "credit_hold.released": Look(_("Credit hold released"), "circle-play", "is-good"),
    "credit_point.recorded": Look(_("Credit figure recorded"), "gauge"),
    "credit_group.joined": Look(_("Joined a credit group"), "users", "is-info"),
    "customer_link.added": Look(_("Joined to another customer"), "link"),
    "financial_statement.recorded": Look(_("Annual accounts recorded"), "file-text"),
    "warning.raised": Look(_("Early warning"), "triangle-alert", "is-warn"),
    "warning.cleared": Look(_("Early warning over"), "check", "is-good"),
    "cover.requested": Look(_("Cover asked for"), "shield-check", "is-info"),
    "cover.granted": Look(_("Cover granted"), "shield-check", "is-good"),
    "cover.deadline_told": Look(_("Deadline of a cover near"), "clock-alert", "is-warn"),
    "early_payment.offered": Look(_("Discount for early payment offered"), "percent", "is-info"),
    "early_payment.accepted": Look(_("Discount for early payment accepted"), "percent", "is-good"),
    "legal.opened": Look(_("Legal matter opened"), "gavel", "is-warn"),
    "legal.filed": Look(_("Claim filed"), "gavel", "is-info"),
    "legal.admitted": Look(_("Claim admitted or adjudged"), "gavel", "is-good"),
    "legal.paid": Look(_("Dividend of an insolvency received"), "banknote", "is-good"),
    "legal.closed": Look(_("Legal matter closed"), "gavel"),
    "placement.proposed": Look(_("Placement with an agency proposed"), "briefcase", "is-info"),
    "placement.approved": Look(_("Placement with an agency approved"), "briefcase"),
    "placement.accepted": Look(_("Placement taken on by the agency"), "briefcase", "is-info"),
    "placement.transmitted": Look(_("Placement fetched by the agency"), "briefcase"),
    "placement.recalled": Look(_("Placement recalled"), "undo-2", "is-warn"),
    "approval.requested": Look(_("Approval asked for"), "user-check", "is-info", "approvals"),
    "approval.approved": Look(_("Approval given"), "check", "is-good", "approvals"),
    "approval.rejected": Look(_("Approval refused"), "x", "is-bad", "approvals"),
    "portal.mailed": Look(_("Mail about the portal sent"), "mail"),
    "statement.made": Look(_("Statement of account made"), "file-text"),
    "supplier_statement.compared": Look(
        _("Customer's list compared with the books"), "git-compare"
    ),
    "retention.held": Look(_("Part of an invoice held back"), "calendar-clock"),
    "meeting_decision.taken": Look(_("Decided in a meeting"), "list-checks", "is-info"),
    "checkout.open": Look(_("Online payment waits for the payer"), "wallet", "", "checkouts"),
}
