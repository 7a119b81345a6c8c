"""What customers say to us: mailboxes, conversations, what came in and how it was read."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Contact, Customer
from dunwell.models.items import Item
from dunwell.models.messages import Message


class Mailbox(models.Model):
    """A place mail of customers arrives at: a folder of an IMAP server, or an address of ours.

    The password is an environment variable, never kept; the token of a webhook is computed.
    """

    class Kind(models.TextChoices):
        IMAP = "imap", _("IMAP")
        WEBHOOK = "webhook", _("Webhook")
        UPLOAD = "upload", _("Files by hand")

    company = models.ForeignKey(Company, models.PROTECT, related_name="mailboxes")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=80)
    address = models.EmailField(blank=True)
    host = models.CharField(max_length=200, blank=True)
    port = models.PositiveIntegerField(default=993)
    is_encrypted = models.BooleanField(default=True)
    user = models.CharField(max_length=200, blank=True)
    secret_name = models.CharField(max_length=80, blank=True)
    folder = models.CharField(max_length=200, default="INBOX")
    move_to = models.CharField(max_length=200, blank=True, default="")
    """The folder a mail is moved to once it is kept; empty: it stays where it is."""
    nonce = models.CharField(max_length=32)
    is_active = models.BooleanField(default=True)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="mailbox_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """What is written back and forth about one thing, with one customer once that is known."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waits for us")
        WAITING = "waiting", _("Waits for the customer")
        DONE = "done", _("Done")

    MOVES = {
        Status.OPEN: {Status.WAITING, Status.DONE},
        Status.WAITING: {Status.OPEN, Status.DONE},
        Status.DONE: {Status.OPEN},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="conversations")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="conversations")
    subject = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, related_name="conversations")
    label = models.CharField(max_length=20, blank=True)
    """What it is about: the label a person accepted last, of `engine.intents`."""
    is_complaint = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    """When a person first answered."""
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=150, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged_conversations"
    )
    """Where its messages went; what answers them goes there too."""

    class Meta:
        indexes = [
            models.Index(fields=["company", "status", "last_in_at"], name="conversation_status"),
            models.Index(fields=["company", "customer"], name="conversation_customer"),
        ]

    def __str__(self) -> str:
        return self.subject


class ConversationItem(models.Model):
    """An item a conversation is about."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="conversation_lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "item"], name="conversation_item_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.item_id}"


class InboundMessage(models.Model):
    """Something that came in, byte for byte under its hash; its words never change."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Written by a person")
        AUTOMATIC = "automatic", _("Automatic answer")
        BOUNCE = "bounce", _("Delivery report")
        COMPLAINT = "complaint", _("Complaint report")

    class Status(models.TextChoices):
        NEW = "new", _("To be read")
        HANDLED = "handled", _("Handled")
        SET_ASIDE = "set_aside", _("Set aside")

    MOVES = {
        Status.NEW: {Status.HANDLED, Status.SET_ASIDE},
        Status.HANDLED: {Status.NEW},
        Status.SET_ASIDE: {Status.NEW},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="inbound_messages")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, null=True, related_name="messages")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="inbound")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="inbound_messages"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="inbound_messages"
    )
    answers = models.ForeignKey(Message, models.PROTECT, null=True, related_name="replies")
    channel = models.CharField(max_length=10, default="email")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    message_id = models.CharField(max_length=300, blank=True)
    in_reply_to = models.CharField(max_length=300, blank=True)
    references = models.JSONField(default=list)
    sender = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=200, blank=True)
    to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    """The new part, without what was quoted."""
    quoted = models.TextField(blank=True)
    language = models.CharField(max_length=5, blank=True)
    finding = models.CharField(max_length=300, blank=True)
    """Why its words cannot be shown, such as encryption or damage; empty for most."""
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True)
    """What the mail says of itself."""
    received_at = models.DateTimeField()
    handled_by = models.CharField(max_length=150, blank=True)
    handled_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # the same bytes fetched again add nothing
            models.UniqueConstraint(fields=["company", "sha256"], name="inbound_once"),
        ]
        indexes = [
            models.Index(fields=["company", "status", "received_at"], name="inbound_status"),
            models.Index(fields=["company", "message_id"], name="inbound_message_id"),
            models.Index(fields=["company", "sender", "received_at"], name="inbound_sender"),
            models.Index(fields=["company", "customer", "received_at"], name="inbound_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"


class InboundAttachment(models.Model):
    """A file that came with a message, judged before anybody may open it."""

    class Verdict(models.TextChoices):
        CLEAN = "clean", _("No finding")
        UNSCANNED = "unscanned", _("Not scanned")
        BLOCKED = "blocked", _("Blocked")

    inbound = models.ForeignKey(InboundMessage, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    """By what is in it, not by its name."""
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=Verdict)
    finding = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class InboundReading(models.Model):
    """What the classifier read in a message: labels, extracts with their quotes, suggestions."""

    inbound = models.ForeignKey(InboundMessage, models.CASCADE, related_name="readings")
    version = models.CharField(max_length=64)
    """The digest of the model that read it."""
    label = models.CharField(max_length=20)
    confidence_ppm = models.PositiveIntegerField()
    is_sure = models.BooleanField()
    labels = models.JSONField(default=list)
    extracts = models.JSONField(default=list)
    suggestions = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbound", "version"], name="reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inbound_id}: {self.label}"


class InboundDecision(models.Model):
    """What a person made of a suggestion, or of a message without one; models learn from it."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        CORRECTED = "corrected", _("Corrected")
        DISMISSED = "dismissed", _("Dismissed")

    inbound = models.ForeignKey(InboundMessage, models.PROTECT, related_name="decisions")
    reading = models.ForeignKey(
        InboundReading, models.PROTECT, null=True, related_name="decisions"
    )
    suggestion = models.PositiveSmallIntegerField(null=True)
    """Its place among the suggestions of the reading."""
    verdict = models.CharField(max_length=10, choices=Verdict)
    label = models.CharField(max_length=20)
    """What it is about in the end."""
    subject = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    """The record that came of it: a promise, a dispute, a remittance ..."""
    is_edited = models.BooleanField(default=False)
    """What was done differs from what was suggested."""
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone")
    """The decision that this one takes back."""
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "suggestion"],
                condition=Q(suggestion__isnull=False),
                name="decision_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inbound_id}: {self.verdict} {self.label}"


class IntentModel(models.Model):
    """A trained reader of messages; the one promoted last serves, else the shipped one."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="intent_models")
    version = models.CharField(max_length=64)
    artifact = models.BinaryField()
    card = models.JSONField()
    messages = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    trained_at = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.CharField(max_length=150, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "version"], name="intent_model_once"),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(promoted_at__isnull=False, retired_at=None),
                name="intent_model_one_serving",
            ),
            models.CheckConstraint(
                condition=Q(promoted_at=None) | Q(promoted_at__gte=F("trained_at")),
                name="intent_model_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.version
