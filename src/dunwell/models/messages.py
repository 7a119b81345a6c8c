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
        FAILED = "failed", _("Failed, will be tried again")
        DEAD = "dead", _("Given up")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.DRAFT: {Status.READY, Status.CANCELLED},
        Status.READY: {Status.CLAIMED, Status.CANCELLED},
        Status.CLAIMED: {Status.SENT, Status.FAILED, Status.DEAD, Status.READY, Status.CANCELLED},
        Status.FAILED: {Status.CLAIMED, Status.DEAD, Status.CANCELLED},
        Status.SENT: set(),
        Status.DEAD: {Status.READY, Status.CANCELLED},
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

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
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # one contact per customer, channel and cycle, whatever runs twice
            models.UniqueConstraint(
                fields=["customer", "channel", "as_of"], name="message_once_per_cycle"
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="message_status")]

    def __str__(self) -> str:
        return f"{self.template} to {self.customer_id}"


class MessageItem(models.Model):
    """An item named in a message, with the amount stated and the level it reached."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="message_lines")
    level = models.PositiveSmallIntegerField()
    open_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "item"], name="message_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.item_id}"
