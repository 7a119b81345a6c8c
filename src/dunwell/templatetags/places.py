"""The navigation: every page that stands in it, by group, in order."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; shown to everybody or to holders of a right."""

    page: str
    label: Promise | str
    icon: str
    keys: str = ""
    right: str = ""


DAILY = (
    Place("home", _("Home"), "house", "g h"),
    Place("my-day", _("My day"), "sun", "g t"),
    Place("worklist", _("My worklist"), "list-checks", "g w"),
    Place("customers", _("Customers"), "users", "g c"),
    Place("items", _("Items"), "receipt-text", "g i"),
    Place("promises", _("Promises"), "handshake", "g p"),
)
COLLECT: tuple[Place, ...] = (
    Place("team", _("Team"), "users-round"),
    Place("targets", _("Targets"), "target"),
    Place("meetings", _("Meetings"), "presentation"),
    Place("assistant-talks", _("Assistant"), "sparkles"),
    Place("voices", _("Suggestions"), "lightbulb"),
    Place("curricula", _("Training"), "graduation-cap", right="training.take"),
    Place("approvals", _("Approvals"), "stamp"),
    Place("escalations", _("Escalations"), "bell"),
    Place("mentions", _("Mentions"), "at-sign"),
    Place("hand-offs", _("Hand-offs"), "arrow-right-left"),
    Place("watches", _("Customers under watch"), "eye"),
    Place("plans", _("Payment plans"), "calendar-clock", ""),
    Place("settlements", _("Settlements"), "badge-percent"),
    Place("placements", _("Placements"), "briefcase-business"),
    Place("agencies", _("Agencies"), "building-2"),
    Place("incentives", _("Incentives"), "gift"),
    Place("segments", _("Segments"), "layers"),
    Place("pools", _("Pools"), "folder-search"),
    Place("charges", _("Interest and fees"), "percent"),
    Place("levels", _("Levels"), "layers"),
    Place("campaign", _("Contacts of today"), "send"),
    Place("contact-rules", _("Contact rules"), "shield-alert"),
    Place("legal", _("Legal"), "scale"),
    Place("letters", _("Letters"), "printer"),
)
TALK: tuple[Place, ...] = (
    Place("inbox", _("Inbox"), "mails", "g z", "timeline.words"),
    Place("messages", _("Messages"), "mail", "g m"),
    Place("wording-studio", _("Message texts"), "text-quote"),
    Place("invoices", _("Invoices"), "file-pen"),
    Place("item-documents", _("Documents"), "file-text"),
    Place("deliveries", _("Deliveries"), "package-check"),
    Place("disputes", _("Disputes"), "scale"),
    Place("feedback", _("Feedback"), "message-circle-heart"),
    Place("customer-answers", _("Told by customers"), "message-square-check"),
    Place("contact-gaps", _("Missing contacts"), "user-search"),
)
CREDIT: tuple[Place, ...] = (
    Place("credit-home", _("Credit portfolio"), "chart-pie"),
    Place("credit-reviews", _("Credit reviews"), "calendar-clock"),
    Place("early-warnings", _("Early warnings"), "siren"),
    Place("covers", _("Covers"), "shield-check"),
    Place("limits", _("Credit limits"), "wallet"),
    Place("credit-groups", _("Credit groups"), "users-round"),
    Place("applications", _("Credit applications"), "clipboard-list"),
    Place("orders", _("Orders"), "shopping-cart"),
    Place("credit-holds", _("Held orders"), "hand"),
    Place("credit-policy", _("Credit policy"), "scroll-text"),
    Place("bureaus", _("Bureaus"), "search-check"),
    Place("scorecards", _("Scorecards"), "list-ordered"),
)
CASH = (
    Place("cash", _("Cash application"), "wand-sparkles", "g y"),
    Place("payments", _("Payments"), "banknote", "g b"),
    Place("checkouts", _("Online payments"), "wallet"),
    Place("refunds", _("Refunds"), "undo-2", "g e"),
    Place("bank", _("Bank feeds"), "landmark", "g k"),
    Place("statements", _("Statements"), "file-text", ""),
    Place("debits", _("Direct debit"), "repeat", "g l"),
    Place("books", _("Closing and journals"), "book-lock", "g j"),
)
AHEAD = (
    Place("forecast", _("Cash forecast"), "trending-up", "g f"),
    Place("scores", _("Scores"), "gauge", "g r"),
    Place("anomalies", _("Anomalies"), "scan-search", "g n"),
    Place("experiments", _("Experiments"), "flask-conical", "g x"),
    Place("models", _("Pay-date model"), "brain", "g d"),
)
INSIGHT: tuple[Place, ...] = (
    Place("kpis", _("Figures"), "gauge"),
    Place("reports", _("Reports"), "file-chart-column"),
    Place("analysis-home", _("Analysis"), "chart-line"),
    Place("benchmarks", _("Benchmarks"), "scale-3d"),
    Place("planning", _("Planning"), "wallet"),
    Place("risk", _("Portfolio risk"), "chart-pie"),
    Place("risk-signals", _("Signals"), "radio-tower"),
    Place("initiatives", _("Improvements"), "sprout"),
    Place("portfolio-reviews", _("Portfolio reviews"), "presentation"),
    Place("process", _("Process"), "workflow"),
    Place("provisions", _("Provisions"), "calculator"),
    Place("financing", _("Financing"), "landmark"),
)
CONTROL = (
    Place("imports", _("Imports"), "upload", "g u"),
    Place("connections", _("Connections"), "plug", "", "connection.sync"),
    Place("early-payment", _("Early payment"), "percent"),
    Place("einvoice-files", _("E-invoices"), "file-code"),
    Place("strategies", _("Strategies"), "route", "g s"),
    Place("shadow", _("Compare with today"), "scale", "", "replay.run"),
    Place("channels", _("Channels"), "radio-tower"),
    Place("mailboxes", _("Mailboxes"), "mailbox"),
    Place("suppressions", _("Suppressed addresses"), "ban"),
    Place("mail-domain", _("Mail domain"), "globe"),
    Place("intent-models", _("Message reader"), "brain"),
    Place("verify", _("Verify"), "shield-check", "g v"),
    Place("audit", _("Audit log"), "scroll-text", "g a"),
    Place("advisors", _("Advisors and auditors"), "user-search"),
    Place("users", _("People"), "user-cog", "", "user.manage"),
    Place("access-reviews", _("Access reviews"), "user-search", "", "access.review"),
    Place("privacy", _("Privacy"), "shield-check", "", "privacy.edit"),
    Place("desk-exports", _("Export everything"), "download", "", "desk.export"),
    Place("company", _("Settings"), "settings"),
)
ON_PHONE = ("home", "worklist", "customers", "messages")
"""Pages in the bar at the bottom of a phone; the rest is one tap further."""

GROUPS: tuple[tuple[Promise | str, tuple[Place, ...]], ...] = (
    ("", DAILY),
    (_("Conversations"), TALK),
    (_("Collections"), COLLECT),
    (pgettext_lazy("desk", "Credit"), CREDIT),
    (_("Cash"), CASH),
    (_("Looking ahead"), AHEAD),
    (_("Insight"), INSIGHT),
    (_("Control"), CONTROL),
)
EVERYWHERE = tuple(place for _title, places in GROUPS for place in places)
