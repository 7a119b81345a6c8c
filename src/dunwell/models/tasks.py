"""Things for people: the ranked worklist, tasks of a strategy, snoozes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.messages import Message


class WorklistEntry(models.Model):
    """The day's verdict on one customer: what is to be collected, how urgent, and why."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="worklist_entry")
    company = models.ForeignKey(Company, models.CASCADE, related_name="worklist_entries")
    as_of = models.DateField()
    rank = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    due_minor = models.BigIntegerField()
    promised_minor = models.BigIntegerField()
    disputed_minor = models.BigIntegerField()
    dunned_minor = models.BigIntegerField()
    to_collect_minor = models.BigIntegerField()
    expected_extra_minor = models.BigIntegerField()
    score = models.BigIntegerField()
    minutes = models.PositiveSmallIntegerField()
    oldest_days = models.IntegerField()
    reasons = models.JSONField(default=dict)
    blocked = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["company", "rank"], name="worklist_rank")]

    def __str__(self) -> str:
        return f"{self.rank}: {self.customer_id}"


class Task(models.Model):
    """One thing a strategy asks a person to do for a customer."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        LETTER = "letter", _("Letter")
        APPROVE = "approve", _("Approve a message")
        BROKEN_PROMISE = "broken_promise", _("Follow up a broken promise")
        CONTACT_MISSING = "contact_missing", _("Find a contact")
        CHECK_IN = "check_in", _("Regular check")
        VISIT = "visit", _("Visit")
        FOLLOW_UP = "follow_up", _("Follow up")
        DEADLINE = "deadline", _("Legal deadline")
        CHARGEBACK = "chargeback", _("Answer a chargeback")
        NOT_RECEIVED = "not_received", _("Make sure it was received")
        SIGNAL = "signal", _("Look into a signal")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.OPEN: {Status.DONE, Status.CANCELLED},
        Status.DONE: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="tasks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tasks")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="tasks")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="tasks")
    """The item it is about, where each item has a task of its own."""
    kind = models.CharField(max_length=16, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reason = models.CharField(max_length=300)
    due_on = models.DateField()
    as_of = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(status="open", item=None),
                name="task_one_open",
            ),
            models.UniqueConstraint(
                fields=["item", "kind"],
                condition=Q(status="open"),
                name="task_one_open_per_item",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "due_on"], name="task_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class Snooze(models.Model):
    """A customer put aside until a day, by one collector, with a reason."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="snoozes")
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="snooze")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="snoozes")
    until_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customer_id} until {self.until_on}"
