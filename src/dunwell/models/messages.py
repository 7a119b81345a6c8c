"""What we say to customers: the outbox, with the decision that allowed each message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Message(models.Model):
    """One contact with one customer; its words, amounts and gate decision never change."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Waits for approval")
        READY = "ready", _("Ready to send")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Came back")
        FAILED = "failed", _("Failed, will be tried again")
        DEAD = "dead", _("Given up")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.DRAFT: {Status.READY, Status.CANCELLED},
        Status.READY: {Status.CLAIMED, Status.CANCELLED},
        Status.CLAIMED: {Status.SENT, Status.FAILED, Status.DEAD, Status.READY, Status.CANCELLED},
        Status.FAILED: {Status.CLAIMED, Status.DEAD, Status.CANCELLED},
        Status.SENT: {Status.DELIVERED, Status.BOUNCED},
        Status.DELIVERED: {Status.BOUNCED},
        Status.BOUNCED: set(),
        Status.DEAD: {Status.READY, Status.CANCELLED},
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    HANDED_OVER = (Status.SENT, Status.DELIVERED, Status.BOUNCED)
    """It left us, whatever became of it."""

    ARRIVING = (Status.SENT, Status.DELIVERED)
    """It left us and did not come back: who got it counts as told."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="messages")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status, default=Status.READY)
    strategy = models.CharField(max_length=80)
    strategy_version = models.BigIntegerField(null=True)
    level = models.PositiveSmallIntegerField()
    template = models.CharField(max_length=80)
    language = models.CharField(max_length=5)
    to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    message_id = models.CharField(max_length=120, unique=True)
    decision = models.JSONField(default=dict)
    as_of = models.DateField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    author = models.CharField(max_length=150, blank=True, default="", db_default="")
    """Who composed it; empty for what the system wrote."""
    conversation = models.ForeignKey(
        "Conversation", models.PROTECT, null=True, related_name="messages"
    )
    in_reply_to = models.CharField(max_length=300, blank=True, default="", db_default="")
    variant = models.CharField(max_length=40, blank=True, default="", db_default="")
    """The arm of a comparison of wordings it was written in."""
    provider = models.CharField(max_length=40, blank=True, default="", db_default="")
    provider_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    cost_micros = models.BigIntegerField(null=True)
    """What the hand-over cost, in millionths of `cost_currency`."""
    cost_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    retry_at = models.DateTimeField(null=True)
    may_repeat = models.BooleanField(default=False, db_default=False)
    """A worker stopped while handing it over, so it may have arrived twice."""
    delivered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # one contact per customer, channel and cycle, whatever runs twice; what a person
            # composes is beside it
            models.UniqueConstraint(
                fields=["customer", "channel", "as_of"],
                condition=models.Q(author=""),
                name="message_once_per_cycle",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="message_status"),
            models.Index(
                fields=["company", "provider_id"],
                condition=~models.Q(provider_id=""),
                name="message_provider_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.customer_id}"


class MessageItem(models.Model):
    """An item named in a message, with the amount stated and the level it reached."""

    # found by the constraint below, which begins with it
    message = models.ForeignKey(Message, models.CASCADE, related_name="lines", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="message_lines")
    level = models.PositiveSmallIntegerField()
    open_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "item"], name="message_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.item_id}"


class MessageAttachment(models.Model):
    """A file that goes out with a message, kept byte for byte under its hash."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document of an item")
        STATEMENT = "statement", _("Statement of account")
        PAYMENT_CODE = "payment_code", _("Payment code")
        FILE = "file", _("File")

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=12, choices=Kind)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="attached")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "name"], name="message_attachment_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemDocument(models.Model):
    """A paper that belongs to an item: its invoice, the order, the proof of delivery."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        ORDER = "order", _("Purchase order")
        DELIVERY = "delivery", _("Proof of delivery")
        CONTRACT = "contract", _("Contract")
        CORRESPONDENCE = "correspondence", _("Correspondence")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Company, models.PROTECT, related_name="item_documents")
    item = models.ForeignKey(Item, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=14, choices=Kind)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "kind", "sha256"],
                condition=models.Q(removed_at=None),
                name="item_document_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
