"""Programs that are told of every event: where, and what became of each telling."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.events import Event


class WebhookEndpoint(models.Model):
    """An address that is told of events as they happen; its signing secret is computed."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="webhooks")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=500)
    verbs = models.JSONField(default=list)
    """Verbs it wants, such as promise.recorded or dispute.*; empty for every one."""
    nonce = models.CharField(max_length=32)
    old_nonce = models.CharField(max_length=32, blank=True)
    """Of the secret before, which signs beside the new one until it is dropped."""
    is_active = models.BooleanField(default=True)
    told_seq = models.BigIntegerField(default=0)
    """The last event for which a delivery was written down."""
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=models.Q(ended_at=None),
                name="webhook_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event on its way to one address."""

    class Status(models.TextChoices):
        READY = "ready", _("Waits")
        CLAIMED = "claimed", _("Being sent")
        DONE = "done", _("Taken")
        FAILED = "failed", _("Failed, will be tried again")
        DEAD = "dead", _("Given up")

    MOVES = {
        Status.READY: {Status.CLAIMED, Status.DEAD},
        Status.CLAIMED: {Status.DONE, Status.FAILED, Status.DEAD, Status.READY},
        Status.FAILED: {Status.CLAIMED, Status.READY, Status.DEAD},
        Status.DONE: {Status.READY},
        Status.DEAD: {Status.READY},
    }
    """Every allowed change of status; actions refuse the rest."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    status = models.CharField(max_length=8, choices=Status, default=Status.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["endpoint", "status", "id"], name="webhook_delivery_status"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: event {self.event_id}"
