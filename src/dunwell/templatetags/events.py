"""How events and timeline rows read: a sentence, an icon and a colour for every verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.dates import day_text
from dunwell.templatetags.event_looks import CASE_LOOKS, Look

register = template.Library()


@dataclass(frozen=True, slots=True)
class ChangeLook:
    """How one kind of change of the day is shown, and the list that holds its records."""

    label: Promise | str
    icon: str
    page: str
    query: str = ""


CHANGE_LOOKS: Mapping[str, ChangeLook] = {
    "new_item": ChangeLook(_("New items"), "file-plus", "items", "?scope=all&sort=-issued_on"),
    "payment_received": ChangeLook(_("Payments received"), "banknote", "payments"),
    "newly_overdue": ChangeLook(_("Newly overdue"), "clock-alert", "items", "?scope=overdue"),
    "settled": ChangeLook(_("Items settled"), "circle-check", "items", "?scope=settled"),
    "newly_disputed": ChangeLook(_("Newly disputed"), "scale", "items", "?disputed=1"),
    "promise_broken": ChangeLook(
        _("Promises broken"), "heart-crack", "promises", "?outcome=broken"
    ),
}


@register.filter
def change_look(change: str) -> ChangeLook:
    """Return how a kind of `trends.CHANGES` is shown."""
    return CHANGE_LOOKS[change]


LOOKS: Mapping[str, Look] = {
    **CASE_LOOKS,
    "promise.recorded": Look(_("Promise recorded"), "handshake", "is-info", "promises"),
    "promise.kept": Look(_("Promise kept"), "handshake", "is-good", "promises"),
    "promise.partially_kept": Look(_("Promise partly kept"), "handshake", "is-warn", "promises"),
    "promise.broken": Look(_("Promise broken"), "heart-crack", "is-bad", "promises"),
    "promise.withdrawn": Look(_("Promise withdrawn"), "undo-2", "", "promises"),
    "promise.superseded": Look(_("Promise replaced"), "repeat", "", "promises"),
    "promise.open": Look(_("Promise open again"), "rotate-ccw", "is-warn", "promises"),
    "plan.proposed": Look(_("Payment plan proposed"), "calendar-clock", "is-info", "plans"),
    "plan.offered": Look(_("Payment plan offered"), "calendar-clock", "is-info", "plans"),
    "plan.accepted": Look(_("Payment plan accepted"), "calendar-check", "is-good", "plans"),
    "plan.declined": Look(_("Payment plan declined"), "calendar-x", "is-warn", "plans"),
    "plan.rejected": Look(_("Payment plan not approved"), "calendar-x", "is-warn", "plans"),
    "plan.expired": Look(_("Offer of a payment plan ended"), "calendar-x", "", "plans"),
    "plan.missed": Look(_("Instalment missed"), "clock-alert", "is-bad", "plans"),
    "plan.defaulted": Look(_("Payment plan in default"), "heart-crack", "is-bad", "plans"),
    "plan.cured": Look(_("Payment plan in force again"), "calendar-check", "is-good", "plans"),
    "plan.reopened": Look(_("Payment plan runs again"), "rotate-ccw", "is-warn", "plans"),
    "plan.accelerated": Look(_("Plan: all due at once"), "calendar-x", "is-bad", "plans"),
    "plan.completed": Look(_("Payment plan completed"), "calendar-check", "is-good", "plans"),
    "plan.cancelled": Look(_("Payment plan cancelled"), "calendar-x", "", "plans"),
    "plan.renegotiated": Look(_("Payment plan replaced"), "repeat", "", "plans"),
    "settlement.proposed": Look(_("Settlement proposed"), "handshake", "is-info", "settlements"),
    "settlement.offered": Look(_("Settlement offered"), "handshake", "is-info", "settlements"),
    "settlement.accepted": Look(_("Settlement accepted"), "handshake", "is-good", "settlements"),
    "settlement.declined": Look(_("Settlement declined"), "x", "is-warn", "settlements"),
    "settlement.rejected": Look(_("Settlement not approved"), "x", "is-warn", "settlements"),
    "settlement.completed": Look(
        _("Settlement paid, rest given up"), "circle-check", "is-good", "settlements"
    ),
    "settlement.expired": Look(_("Settlement not paid"), "heart-crack", "is-bad", "settlements"),
    "settlement.cancelled": Look(_("Settlement cancelled"), "x", "", "settlements"),
    "escalation.raised": Look(_("Escalated"), "bell", "is-warn", "escalations"),
    "escalation.risen": Look(_("Escalation risen"), "bell-ring", "is-bad", "escalations"),
    "escalation.acknowledged": Look(_("Escalation acknowledged"), "check", "", "escalations"),
    "escalation.resolved": Look(_("Escalation resolved"), "check-check", "is-good", "escalations"),
    "assistant.begun": Look(_("Talk with the assistant begun"), "sparkles"),
    "assistant.answered": Look(_("Assistant answered"), "sparkles", "is-info"),
    "assistant.ended": Look(_("Talk with the assistant ended"), "sparkles"),
    "assistant_setting.saved": Look(_("Assistant switched"), "settings"),
    "case.commented": Look(_("Remark for colleagues"), "message-square", "", "mentions"),
    "mention.made": Look(_("Colleague called"), "at-sign", "is-info", "mentions"),
    "mention.acknowledged": Look(_("Mention seen"), "check", "", "mentions"),
    "hand_off.asked": Look(_("Handed off"), "arrow-right-left", "is-info", "hand-offs"),
    "hand_off.taken": Look(_("Hand-off taken on"), "check", "", "hand-offs"),
    "hand_off.done": Look(_("Hand-off done"), "check-check", "is-good", "hand-offs"),
    "hand_off.given_back": Look(_("Hand-off given back"), "undo-2", "is-warn", "hand-offs"),
    "hand_off.withdrawn": Look(_("Hand-off withdrawn"), "undo-2", "", "hand-offs"),
    "watch.proposed": Look(_("Watch proposed"), "eye", "is-warn", "watches"),
    "watch.started": Look(_("Put under watch"), "eye", "is-warn", "watches"),
    "watch.changed": Look(_("Watch changed"), "eye", "", "watches"),
    "watch.checked": Look(_("Check of a watch"), "clipboard-check", "is-info", "watches"),
    "watch.may_end": Look(_("Watch may end"), "eye", "is-good", "watches"),
    "watch.goes_on": Look(_("Watch goes on"), "eye", "", "watches"),
    "watch.ended": Look(_("Watch ended"), "eye-off", "is-good", "watches"),
    "watch.declined": Look(_("Watch declined"), "eye-off", "", "watches"),
    "exposure.frozen": Look(_("Exposure frozen"), "snowflake", "is-bad", "watches"),
    "exposure.not_frozen": Look(_("Exposure not frozen"), "x", "", "watches"),
    "exposure.released": Look(_("Freeze lifted"), "lock-open", "is-good", "watches"),
    "segment.set": Look(_("Segment set by hand"), "layers", "is-info", "segments"),
    "segment.cleared": Look(_("Segment by the rules again"), "layers", "", "segments"),
    "payment.recorded": Look(_("Payment"), "banknote", "is-good"),
    "payment.applied": Look(_("Payment applied"), "banknote", "is-good"),
    "payment.reversed": Look(_("Payment returned"), "undo-2", "is-bad"),
    "period.locked": Look(_("Period closed"), "book-lock"),
    "period.unlock_asked": Look(_("Asked to open closed days"), "lock-open", "is-warn"),
    "period.unlocked": Look(_("Closed days opened"), "lock-open", "is-warn"),
    "period.unlock_refused": Look(_("Opening refused"), "book-lock"),
    "journal.made": Look(_("Journal made"), "notebook-pen"),
    "journal.acknowledged": Look(_("Journal taken over"), "check", "is-good"),
    "cash.posted": Look(_("Posted by matching"), "wand-sparkles", "is-good", "cash"),
    "cash.settled": Look(pgettext_lazy("done", "Put on items"), "banknote", "is-good", "cash"),
    "cash.parked": Look(_("Left on account"), "circle-pause", "is-info", "cash"),
    "cash.held": Look(_("Payment held"), "circle-pause", "is-warn", "cash"),
    "cash.released": Look(_("Payment given back to the queue"), "circle-play", "", "cash"),
    "cash.undone": Look(_("Posting taken back"), "undo-2", "is-warn", "cash"),
    "debit.collected": Look(_("Direct debit collected"), "repeat", "is-good", "debits"),
    "debit.returned": Look(_("Direct debit returned"), "undo-2", "is-bad", "debit-returns"),
    "debit.refused": Look(_("Direct debit refused by the bank"), "x", "is-bad", "debit-returns"),
    "debit.removed": Look(_("Taken out of the direct debits"), "x", "", "debits"),
    "debit.marked_last": Look(_("Marked as the last direct debit"), "repeat", "", "debits"),
    "mandate.added": Look(_("Mandate added"), "pen-line", "is-info", "mandates"),
    "mandate.signed": Look(_("Mandate signed"), "pen-line", "is-good", "mandates"),
    "mandate.suspended": Look(_("Mandate suspended"), "circle-pause", "is-warn", "mandates"),
    "mandate.resumed": Look(_("Mandate in force again"), "circle-play", "is-good", "mandates"),
    "mandate.enrolled": Look(_("Mandate signed in the portal"), "pen-line", "is-info", "mandates"),
    "mandate.ended": Look(_("Mandate ended"), "x", "is-bad", "mandates"),
    "payment.returned": Look(_("Reason of a return recorded"), "undo-2", "is-bad"),
    "offset.recorded": Look(_("Netted with what we owe"), "arrow-right-left", "is-good"),
    "charges.accrued": Look(_("Interest and fees worked out"), "percent", "", "charges"),
    "charges.billed": Look(_("Interest and fees billed"), "percent", "is-info", "charges"),
    "charge.waived": Look(_("Interest or fee waived"), "percent", "is-warn", "charges"),
    "charge.restored": Look(_("Waiver taken back"), "percent", "", "charges"),
    "reference_rate.proposed": Look(
        _("Official rate proposed"), "percent", "is-info", "reference-rates"
    ),
    "reference_rate.approved": Look(
        _("Official rate approved"), "percent", "is-good", "reference-rates"
    ),
    "reference_rate.withdrawn": Look(
        _("Official rate withdrawn"), "percent", "", "reference-rates"
    ),
    "checkout.started": Look(_("Online payment begun"), "wallet", "", "checkouts"),
    "checkout.opened": Look(_("Online payment handed over"), "wallet", "", "checkouts"),
    "checkout.processing": Look(
        _("Online payment under way"), "hourglass", "is-info", "checkouts"
    ),
    "checkout.paid": Look(_("Paid online"), "circle-check", "is-good", "checkouts"),
    "checkout.failed": Look(_("Online payment failed"), "x", "is-bad", "checkouts"),
    "checkout.expired": Look(_("Online payment ran out"), "x", "", "checkouts"),
    "checkout.cancelled": Look(_("Online payment stopped"), "x", "", "checkouts"),
    "checkout_refund.proposed": Look(
        _("Refund of an online payment proposed"), "undo-2", "is-info", "checkouts"
    ),
    "checkout_refund.approved": Look(
        _("Refund of an online payment approved"), "undo-2", "is-good", "checkouts"
    ),
    "checkout_refund.rejected": Look(
        _("Refund of an online payment rejected"), "x", "is-bad", "checkouts"
    ),
    "checkout_refund.sent": Look(
        _("Refund handed to the provider"), "banknote-arrow-down", "", "checkouts"
    ),
    "checkout_refund.done": Look(
        _("Refund given back online"), "banknote-arrow-down", "is-good", "checkouts"
    ),
    "checkout_refund.failed": Look(
        _("Refund of an online payment failed"), "rotate-ccw", "is-bad", "checkouts"
    ),
    "chargeback.opened": Look(_("Payment charged back"), "undo-2", "is-bad", "chargebacks"),
    "chargeback.answered": Look(_("Chargeback answered"), "send", "is-info", "chargebacks"),
    "chargeback.won": Look(_("Chargeback won"), "circle-check", "is-good", "chargebacks"),
    "chargeback.lost": Look(_("Chargeback lost"), "x", "is-bad", "chargebacks"),
    "receipt.written": Look(_("Receipt written"), "file-text", "is-good", "checkouts"),
    "invoice.drafted": Look(_("Invoice drafted"), "file-pen", "", "invoices"),
    "invoice.changed": Look(_("Draft of an invoice changed"), "file-pen", "", "invoices"),
    "invoice.approved": Look(_("Invoice approved"), "check", "is-good", "invoices"),
    "invoice.voided": Look(_("Draft of an invoice voided"), "x", "", "invoices"),
    "invoice.issued": Look(_("Invoice issued"), "file-text", "is-good", "invoices"),
    "invoice.filed": Look(_("Files of an invoice made"), "file-down", "", "invoices"),
    "invoice.sent": Look(_("Invoice sent"), "send", "is-info", "invoices"),
    "invoice_schedule.added": Look(
        _("Invoice comes again"), "repeat", "is-info", "invoice-schedules"
    ),
    "invoice_schedule.ended": Look(
        _("Invoice comes again no more"), "repeat", "", "invoice-schedules"
    ),
    "invoicing.changed": Look(_("Details on invoices changed"), "settings", "", "invoicing"),
    "customer_invoicing.changed": Look(_("How a customer wants invoices changed"), "settings", ""),
    "number_series.set": Look(_("Number series set"), "settings", "", "invoicing"),
    "tax_rate.added": Look(_("Tax code added"), "percent", "", "invoicing"),
    "refund.proposed": Look(_("Refund proposed"), "undo-2", "is-info", "refunds"),
    "refund.approved": Look(_("Refund approved"), "undo-2", "is-good", "refunds"),
    "refund.rejected": Look(_("Refund rejected"), "x", "is-bad", "refunds"),
    "refund.withdrawn": Look(_("Refund proposal taken back"), "x", "", "refunds"),
    "refund.paid": Look(_("Refund paid out"), "banknote-arrow-down", "is-good", "refunds"),
    "refund.failed": Look(_("Refund taken back"), "rotate-ccw", "is-bad", "refunds"),
    "payee.proposed": Look(_("Payee proposed"), "landmark", "is-info", "payees"),
    "payee.approved": Look(_("Payee approved"), "landmark", "is-good", "payees"),
    "payee.retired": Look(_("Payee no longer used"), "landmark", "is-bad", "payees"),
    "customer_merge.proposed": Look(_("Merge proposed"), "git-merge", "is-info", "merges"),
    "customer_merge.merged": Look(_("Records merged"), "git-merge", "is-good", "merges"),
    "customer_merge.closed": Look(_("Record closed by a merge"), "git-merge", "", "merges"),
    "customer_merge.declined": Look(_("Merge turned down"), "x", "", "merges"),
    "customer_merge.split": Look(_("Records split again"), "undo-2", "is-warn", "merges"),
    "customer_merge.reopened": Look(_("Record open again"), "undo-2", "is-info", "merges"),
    "customer_merge.distinct": Look(_("Said to be two customers"), "x", "", "merges"),
    "cash_policy.drafted": Look(_("Cash policy drafted"), "scroll-text", "", "cash-policies"),
    "cash_policy.published": Look(
        _("Cash policy published"), "scroll-text", "is-good", "cash-policies"
    ),
    "cash_policy.discarded": Look(_("Cash policy discarded"), "scroll-text", "", "cash-policies"),
    "dispute.opened": Look(_("Dispute opened"), "scale", "is-warn"),
    "dispute.closed": Look(_("Dispute closed"), "scale", "is-good"),
    "hold.placed": Look(_("Hold placed"), "circle-pause", "is-warn"),
    "hold.released": Look(_("Hold released"), "circle-play", "is-good"),
    "note.recorded": Look(_("Note recorded"), "sticky-note"),
    "note.taken_back": Look(_("Call result taken back"), "undo-2"),
    "message.drafted": Look(
        _("Message waits for approval"), "mail-question-mark", "is-warn", "messages"
    ),
    "message.queued": Look(_("Message ready"), "mail", "is-info", "messages"),
    "message.approved": Look(_("Message approved"), "mail-check", "is-good", "messages"),
    "message.sent": Look(_("Message sent"), "send", "is-good", "messages"),
    "message.cancelled": Look(_("Message cancelled"), "mail-x", "", "messages"),
    "message.failed": Look(_("Message failed"), "mail-warning", "is-bad", "messages"),
    "message.dead": Look(_("Message given up"), "mail-x", "is-bad", "messages"),
    "message.delivered": Look(_("Message delivered"), "mail-check", "is-good", "messages"),
    "message.bounced": Look(_("Message came back"), "mail-x", "is-bad", "messages"),
    "message.retried": Look(_("Message tried again"), "refresh-cw", "", "messages"),
    "message.claimed": Look(_("Delivery started"), "send", "", "messages"),
    "message.released": Look(_("Delivery taken up again"), "send", "", "messages"),
    "delivery.noted": Look(_("Delivery noted"), "package-check", "is-info"),
    "response.taken": Look(_("Customer's system answered"), "message-square-reply", "is-info"),
    "task.done": Look(_("Task done"), "circle-check", "is-good"),
    "task.cancelled": Look(_("Task cancelled"), "circle-x"),
    "customer.snoozed": Look(_("Snoozed"), "alarm-clock"),
    "customer.unsnoozed": Look(_("Back on the worklist"), "alarm-clock-off"),
    "customer.assigned": Look(_("Given to a collector"), "user-check"),
    "customer.added": Look(_("Customer added"), "user-plus", "is-info"),
    "customer.edited": Look(_("Customer changed"), "pencil"),
    "portal.invited": Look(_("Access to the portal given"), "user-plus"),
    "portal.role_changed": Look(_("Role in the portal changed"), "users"),
    "portal.seat_ended": Look(_("Access to the portal ended"), "user-x"),
    "portal.signed_in": Look(_("Signed in to the portal"), "log-in", "is-info"),
    "portal.signed_out": Look(_("Left the portal"), "log-out"),
    "user.signed_in": Look(_("Signed in"), "log-in", "is-info"),
    "user.signed_out": Look(_("Signed out"), "log-out"),
    "user.second_factor_reset": Look(_("Second factor reset"), "shield-off", "is-warn"),
    "user.sign_in_failed": Look(_("Sign-in failed"), "shield-alert", "is-warn"),
    "portal.looked": Look(_("Looked at the portal by a link"), "eye", "is-info"),
    "follow_up.begun": Look(
        _("Question of the assistant answered"), "message-square-reply", "is-info"
    ),
    "portal.link_sent": Look(_("Link to sign in sent"), "mail"),
    "portal.link_made": Look(_("Link to look made"), "link"),
    "portal.link_revoked": Look(_("Link to the portal taken back"), "unlink"),
    "portal.key_made": Look(_("Key for a program made"), "key-round"),
    "portal.key_revoked": Look(_("Key for a program stopped"), "key-round"),
    "portal.code_wrong": Look(_("Wrong code typed in the portal"), "shield-alert", "is-warn"),
    "portal.mail_failed": Look(_("Mail about access failed"), "mail-x", "is-bad"),
    "contact.added": Look(_("Contact added"), "contact"),
    "contact.edited": Look(_("Contact changed"), "contact"),
    "contact.bounced": Look(_("E-mail address bounced"), "mail-x", "is-bad"),
    "contact.logged": Look(_("Contact logged"), "phone"),
    "contact.refused": Look(_("Contact refused by a rule"), "shield-alert", "is-warn"),
    "restriction.recorded": Look(_("Contact restricted"), "shield-alert", "is-warn"),
    "restriction.lifted": Look(_("Contact restriction lifted"), "shield-check", "is-good"),
    "consent.given": Look(_("Consent given"), "shield-check", "is-good"),
    "consent.withdrawn": Look(_("Consent withdrawn"), "shield-alert", "is-warn"),
    "item.added": Look(_("Item added"), "receipt-text", "", "items"),
    "item.reversed": Look(_("Item reversed"), "undo-2", "", "items"),
    "ledger.imported": Look(_("Ledger imported"), "upload", "is-info", "imports"),
    "adjustment.recorded": Look(_("Adjustment recorded"), "eraser", "is-warn"),
}
KINDS: Mapping[str, Look] = {
    "promise": Look(_("Promise"), "handshake", "is-info"),
    "message": Look(_("Message"), "mail", "is-info"),
    "note": Look(_("Note"), "sticky-note"),
    "payment": Look(_("Payment"), "banknote", "is-good"),
    "event": Look(_("Event"), "circle-dot"),
    "signal": Look(_("Signal"), "radio"),
    "inbound": Look(_("Mail from the customer"), "mail-open", "is-info"),
    "rating": Look(_("Credit rating"), "gauge"),
}
CHANNEL_ICONS = {
    "email": "mail",
    "letter": "file-text",
    "call": "phone",
    "sms": "message-square",
    "whatsapp": "message-circle",
}


def _words(verb: str) -> str:
    return verb.replace(".", " ").replace("_", " ")


_BY_WORDS = {_words(verb): look for verb, look in LOOKS.items()}


@register.filter
def event_look(verb: str) -> Look:
    """Return how an event is shown; an unknown verb is shown as its own words."""
    return LOOKS.get(verb) or Look(gettext(_words(verb)), "circle-dot")


SIGNALS: Mapping[str, Look] = {
    "delivered": Look(_("Message delivered"), "check", "is-good"),
    "viewed": Look(_("Message viewed"), "eye", "is-info"),
    "replied": Look(_("Message answered"), "reply", "is-good"),
    "bounced": Look(_("Message came back"), "mail-x", "is-bad"),
    "complained": Look(_("Reported as spam"), "flag", "is-bad"),
}
"""How a `Signal.Kind` is shown."""

INBOUND: Mapping[str, Look] = {
    "person": Look(_("Mail from the customer"), "mail-open", "is-info"),
    "automatic": Look(_("Automatic answer"), "bot"),
    "bounce": Look(_("Delivery report"), "mail-x", "is-bad"),
    "complaint": Look(_("Complaint report"), "flag", "is-bad"),
}
"""How an `InboundMessage.Kind` is shown."""

RATING_TONES = {"approve": "is-good", "refer": "is-warn", "decline": "is-bad"}


@register.filter
def row_look(row: Any) -> Look:
    """Return how a timeline row is shown, by its record and how that ended."""
    look = _LOOKED_AT.get(row.kind)
    return look(row) if look else KINDS.get(row.kind, KINDS["event"])


def _event_look(row: Any) -> Look:
    # the title of a row is its verb without dots and lines, so the words are looked for
    words = str(row.title).lower()
    return _BY_WORDS.get(words) or Look(gettext(words), "circle-dot")


def _note_look(row: Any) -> Look:
    return Look(gettext(row.title), "phone") if row.data.get("result") else KINDS["note"]


def _payment_look(row: Any) -> Look:
    is_returned = (row.amount_minor or 0) < 0
    return LOOKS["payment.reversed"] if is_returned else KINDS["payment"]


def _message_look(row: Any) -> Look:
    status = str(row.data.get("status"))
    verb = {"draft": "drafted", "ready": "queued"}.get(status, status)
    return LOOKS.get(f"message.{verb}", KINDS["message"])


def _rating_look(row: Any) -> Look:
    if not row.data:
        return KINDS["rating"]
    label = gettext("Credit rating %(risk_class)s") % {"risk_class": row.data["risk_class"]}
    return Look(label, "gauge", RATING_TONES.get(str(row.data.get("outcome")), ""))


def _promise_look(row: Any) -> Look:
    due_on = date.fromisoformat(str(row.data["due_on"]))
    label = gettext("Promised for %(day)s") % {"day": day_text(due_on)}
    if row.data.get("level") == "customer":
        label = gettext("Promised for %(day)s, oldest items first") % {"day": day_text(due_on)}
    outcome = str(row.data.get("outcome"))
    ended = LOOKS.get(f"promise.{outcome}") if outcome != "open" else None
    return Look(label, "handshake", ended.tone if ended else "is-info", "promises")


@register.filter
def channel_icon(channel: str) -> str:
    """Return the icon of a channel."""
    return CHANNEL_ICONS.get(channel, "mail")


_LOOKED_AT = {
    "event": _event_look,
    "note": _note_look,
    "payment": _payment_look,
    "promise": _promise_look,
    "message": _message_look,
    "signal": lambda row: SIGNALS.get(str(row.data.get("signal")), KINDS["signal"]),
    "inbound": lambda row: INBOUND.get(str(row.data.get("inbound")), KINDS["inbound"]),
    "rating": _rating_look,
}
"""Rows whose look depends on what they say, by kind."""
