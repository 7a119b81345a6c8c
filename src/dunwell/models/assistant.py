"""What the portal's assistant and a customer's people said to each other, and what was done."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.conversations import Conversation
from dunwell.models.customers import Customer
from dunwell.models.portal import PortalSeat


class AssistantSetting(models.Model):
    """Whether a company lets the assistant answer in its portal; without a row it is off.

    `version` counts the changes, so that a page saved over somebody else's is refused.
    """

    company = models.OneToOneField(Company, models.CASCADE, related_name="assistant_setting")
    is_on = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"assistant of {self.company_id}"


class AssistantConversation(models.Model):
    """One talk of a seat with the assistant; `state` is the dialogue's own, between two turns.

    `handed_to` is the conversation of the inbox in which a person goes on, `reason` why.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        HANDED_OVER = "handed_over", _("Handed over")
        ENDED = "ended", _("Ended")

    company = models.ForeignKey(Company, models.PROTECT, related_name="assistant_talks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="assistant_talks")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="assistant_talks")
    language = models.CharField(max_length=2)
    status = models.CharField(max_length=11, choices=Status, default=Status.OPEN)
    state = models.JSONField(default=dict)
    turns = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True)
    handed_to = models.ForeignKey(
        Conversation, models.PROTECT, null=True, related_name="assistant_talks"
    )
    started_on = models.DateField()
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"],
                condition=models.Q(status="open"),
                name="assistant_talk_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "last_at"], name="assistant_talk_company"),
            models.Index(fields=["seat", "started_on"], name="assistant_talk_seat"),
        ]

    def __str__(self) -> str:
        return f"assistant with {self.customer_id}"


class AssistantTurn(models.Model):
    """A text, how it was understood, what was answered and done; rows are added, never changed.

    `evidence` is what proved the answer's figures, `tool` what was called, `subject` and
    `subject_id` the record that came of it. Sent twice under one key it is one turn.
    """

    conversation = models.ForeignKey(
        AssistantConversation, models.PROTECT, related_name="said_turns"
    )
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    text = models.CharField(max_length=2000)
    intent = models.CharField(max_length=20)
    confidence_ppm = models.PositiveIntegerField()
    language = models.CharField(max_length=2)
    answer = models.TextField()
    evidence = models.JSONField(default=list)
    tool = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "number"], name="assistant_turn_number"
            ),
            models.UniqueConstraint(fields=["conversation", "key"], name="assistant_turn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} / {self.number}"
