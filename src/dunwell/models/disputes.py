"""Reasoned refusals to pay, and the cases they are cleared up in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class DisputeCase(models.Model):
    """One matter between a customer and us, over one or several items, until it is cleared up.

    The amounts are those of its disputes (`Dispute.case`); `engine.dispute_amounts` balances them.
    """

    class Status(models.TextChoices):
        NEW = "new", _("New")
        ASSIGNED = "assigned", _("Assigned")
        IN_REVIEW = "in_review", _("In review")
        WAITING_CUSTOMER = "waiting_customer", _("Waits for the customer")
        WAITING_INTERNAL = "waiting_internal", _("Waits for colleagues")
        PROPOSED = "proposed", _("Resolution proposed")
        PENDING_APPROVAL = "pending_approval", _("Waits for approval")
        RESOLVED = "resolved", _("Resolved")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        MERGED = "merged", _("Merged into another case")

    _WORKED = {Status.WAITING_CUSTOMER, Status.WAITING_INTERNAL, Status.WITHDRAWN, Status.MERGED}
    _JUDGED = {Status.PROPOSED, Status.PENDING_APPROVAL, Status.RESOLVED}
    MOVES = {
        Status.NEW: {Status.ASSIGNED, Status.IN_REVIEW, *_WORKED, *_JUDGED},
        Status.ASSIGNED: {Status.IN_REVIEW, *_WORKED, *_JUDGED},
        Status.IN_REVIEW: {Status.ASSIGNED, *_WORKED, *_JUDGED},
        Status.WAITING_CUSTOMER: {Status.IN_REVIEW, Status.ASSIGNED, *_WORKED, *_JUDGED},
        Status.WAITING_INTERNAL: {Status.IN_REVIEW, Status.ASSIGNED, *_WORKED, *_JUDGED},
        Status.PROPOSED: {Status.IN_REVIEW, Status.PENDING_APPROVAL, Status.RESOLVED},
        Status.PENDING_APPROVAL: {Status.IN_REVIEW, Status.RESOLVED},
        Status.RESOLVED: {Status.CLOSED, Status.IN_REVIEW},
        Status.CLOSED: {Status.IN_REVIEW},
        Status.WITHDRAWN: {Status.IN_REVIEW},
        Status.MERGED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    OVER = (Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN, Status.MERGED)
    """Nothing of it is to be decided any more; what is to be credited waits for its note."""

    class Source(models.TextChoices):
        STAFF = "staff", _("Colleague")
        PORTAL = "portal", _("Portal")
        MAIL = "mail", _("Mail")
        CHAT = "chat", _("Chat")
        E_INVOICE = "e_invoice", _("E-invoice status")
        SHORT_PAYMENT = "short_payment", _("Short payment")
        API = "api", _("API")

    company = models.ForeignKey(Company, models.PROTECT, related_name="dispute_cases")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="dispute_cases")
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=20)
    root_cause = models.CharField(max_length=40, blank=True)
    """A code of the dispute policy; set at the latest with the resolution."""
    source = models.CharField(max_length=14, choices=Source)
    status = models.CharField(max_length=17, choices=Status, default=Status.NEW)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="dispute_cases")
    team = models.CharField(max_length=40, blank=True)
    route = models.CharField(max_length=80, blank=True)
    """The rule of the policy that chose team and owner."""
    conversation = models.ForeignKey(
        "Conversation", models.PROTECT, null=True, related_name="dispute_cases"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    validity_ppm = models.PositiveIntegerField(null=True)
    """The chance that the customer is right; `validity` says why."""
    validity = models.JSONField(default=dict)
    respond_by = models.DateField(null=True)
    resolve_by = models.DateField(null=True)
    clock_days = models.PositiveSmallIntegerField(default=0)
    """Business days the policy gives for the resolution."""
    paused_on = models.DateField(null=True)
    """Since when it waits for the customer; only that stops the clock."""
    is_escalated = models.BooleanField(default=False)
    opened_on = models.DateField()
    responded_on = models.DateField(null=True)
    resolved_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    policy_version = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="dispute_case_number"),
        ]
        indexes = [
            models.Index(fields=["company", "status", "resolve_by"], name="dispute_case_status"),
            models.Index(fields=["company", "customer"], name="dispute_case_customer"),
        ]

    def __str__(self) -> str:
        return self.number


class Dispute(models.Model):
    """A customer's reasoned refusal to pay a part of one item; the rest stays collectable.

    A part that is settled closes the row; what is left goes on as a new row of the same case.
    """

    class Reason(models.TextChoices):
        """Reasons of the policy we ship; a company's own policy may name others."""

        PRICE = "price", _("Price")
        SHORT_DELIVERY = "short_delivery", _("Short delivery")
        QUALITY = "quality", _("Quality")
        NO_ORDER = "no_po", _("No purchase order")
        DUPLICATE = "duplicate", _("Billed twice")
        TAX = "tax", _("Tax")
        ALREADY_PAID = "already_paid", _("Already paid")
        OTHER = "other", _("Other")
        DAMAGE = "damage", _("Damaged goods")
        RETURN = "return", _("Returned goods")
        DISCOUNT = "discount", _("Discount or rebate")
        FREIGHT = "freight", _("Freight")
        PROMOTION = "promotion", _("Promotion")
        NOT_RECEIVED = "not_received", _("Nothing received")
        WRONG_ADDRESS = "wrong_address", _("Wrong billing address")
        CONTRACT = "contract", _("Contract terms")
        CANCELLED = "cancelled", _("Order cancelled")

    company = models.ForeignKey(Company, models.PROTECT, related_name="disputes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="disputes")
    item = models.ForeignKey(Item, models.PROTECT, related_name="disputes")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    """A code of the dispute policy."""
    note = models.CharField(max_length=500, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    case = models.ForeignKey(DisputeCase, models.PROTECT, null=True, related_name="disputes")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="rest")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="dispute_dates",
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(closed_on=None), name="dispute_one_open_per_item"
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk} on {self.item_id}"

    @property
    def reason_label(self) -> str:
        """Return the reason in words; a code of a company's own as it is written."""
        return reason_label(self.reason)


def reason_label(code: str) -> str:
    """Return a reason in words; a code of a company's own policy as it is written there."""
    if code in Dispute.Reason.values:
        return str(Dispute.Reason(code).label)
    return code.replace("_", " ")


class DisputeLine(models.Model):
    """A line of the item that is disputed: how many of what, at which price instead of which."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="lines")
    line = models.CharField(max_length=40)
    """The line's number on the invoice."""
    description = models.CharField(max_length=200, blank=True)
    quantity_milli = models.BigIntegerField(null=True)
    """Billed quantity in thousandths."""
    disputed_quantity_milli = models.BigIntegerField(null=True)
    price_minor = models.BigIntegerField(null=True)
    claimed_price_minor = models.BigIntegerField(null=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "line"], name="dispute_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.line}"


class DisputeEvidence(models.Model):
    """A file or a statement for or against a case; kept byte for byte under its hash."""

    case = models.ForeignKey(DisputeCase, models.PROTECT, related_name="evidence")
    comment = models.ForeignKey(
        "DisputeComment", models.PROTECT, null=True, related_name="evidence"
    )
    """What it came with in the portal; such evidence the customer sees too."""
    kind = models.CharField(max_length=40)
    """A kind of the policy's checklists: proof_of_delivery, price_agreement ..."""
    supports = models.CharField(max_length=8, blank=True)
    """customer or us; empty where it only informs."""
    name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size_bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class DisputeTask(models.Model):
    """A question to a colleague, inside or as a guest by a link, answered once."""

    case = models.ForeignKey(DisputeCase, models.PROTECT, related_name="tasks")
    question = models.CharField(max_length=1000)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, related_name="dispute_tasks")
    guest_name = models.CharField(max_length=120, blank=True)
    guest_email = models.EmailField(blank=True)
    nonce = models.CharField(max_length=32, blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    """Of the guest's link; see `queries.link_tokens`."""
    due_on = models.DateField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answer = models.CharField(max_length=4000, blank=True)
    verdict = models.CharField(max_length=12, blank=True)
    """What the answer says of the claim: valid, partly, invalid; empty for no word on it."""
    cancelled_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["token_hash"], condition=~Q(("token_hash", "")), name="dispute_task_token"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.question[:40]}"


class DisputeResolution(models.Model):
    """How much of a case ends how: proposed by one, decided within authority, then booked."""

    class Kind(models.TextChoices):
        CREDIT = "valid_credit", _("Valid: credit note")
        PARTIAL = "partial", _("Partly valid: credit note for a part")
        DENIED = "invalid_denied", _("Not valid: denied")
        WRITE_OFF = "write_off", _("Written off")
        REBILL = "rebill", _("Credited and billed anew")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        PENDING = "pending", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        DONE = "done", _("Done")

    MOVES = {
        Status.PROPOSED: {Status.PENDING, Status.APPROVED, Status.REJECTED},
        Status.PENDING: {Status.APPROVED, Status.REJECTED},
        Status.APPROVED: {Status.DONE, Status.REJECTED},
        Status.REJECTED: set(),
        Status.DONE: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    case = models.ForeignKey(DisputeCase, models.PROTECT, related_name="resolutions")
    kind = models.CharField(max_length=14, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    credit_minor = models.BigIntegerField(default=0)
    denied_minor = models.BigIntegerField(default=0)
    written_off_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    parts = models.JSONField(default=list)
    """Per dispute: {"dispute", "credit_minor", "denied_minor", "written_off_minor"}."""
    reason = models.CharField(max_length=500)
    missing_evidence = models.CharField(max_length=500, blank=True)
    """Why it is decided without what the policy's checklist asks for; empty when all is there."""
    authority = models.JSONField(default=dict)
    """What the authority policy said to it."""
    letter = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=["proposed", "pending", "approved"]),
                name="dispute_resolution_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class CreditRequest(models.Model):
    """A credit note asked of the billing system; done when a credit item that fits arrives."""

    class Status(models.TextChoices):
        OPEN = "open", _("Asked for")
        EXPORTED = "exported", _("Handed to billing")
        DONE = "done", _("Credit note is here")
        REFUSED = "refused", _("Refused by billing")

    MOVES = {
        Status.OPEN: {Status.EXPORTED, Status.DONE, Status.REFUSED},
        Status.EXPORTED: {Status.DONE, Status.REFUSED},
        Status.DONE: set(),
        Status.REFUSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_requests")
    resolution = models.ForeignKey(
        DisputeResolution, models.PROTECT, related_name="credit_requests"
    )
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="credit_requests")
    number = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_rebilled = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    credit_item = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="credit_requests"
    )
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="credit_request_number"),
            models.UniqueConstraint(fields=["resolution", "dispute"], name="credit_request_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="credit_request_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CauseAction(models.Model):
    """What is done so that a cause of disputes does not come again, and whether it worked."""

    class Status(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", _("Done, effect not yet seen")
        EFFECTIVE = "effective", _("It works")
        NOT_EFFECTIVE = "not_effective", _("No effect seen")
        DROPPED = "dropped", _("Dropped")

    MOVES = {
        Status.OPEN: {Status.DONE, Status.DROPPED},
        Status.DONE: {Status.EFFECTIVE, Status.NOT_EFFECTIVE, Status.OPEN},
        Status.EFFECTIVE: set(),
        Status.NOT_EFFECTIVE: {Status.OPEN},
        Status.DROPPED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="cause_actions")
    root_cause = models.CharField(max_length=40)
    action = models.CharField(max_length=500)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="cause_actions")
    status = models.CharField(max_length=13, choices=Status, default=Status.OPEN)
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    figures = models.JSONField(default=dict)
    """Cases and invoices before and after, and what they say."""
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.root_cause}: {self.action[:40]}"
