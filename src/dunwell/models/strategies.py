"""What stands beside a strategy: overrides by hand and replays of past days."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.policies import PolicyVersion


class StrategyOverride(models.Model):
    """A reasoned departure from the strategy for a customer or one item; ended, not deleted."""

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Use another strategy")
        SKIP = "skip", _("Skip a level")
        HOLD_LEVEL = "hold_level", _("Do not go beyond a level")
        CHANNEL = "channel", _("Use another channel")

    company = models.ForeignKey(Company, models.PROTECT, related_name="strategy_overrides")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="strategy_overrides")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="strategy_overrides")
    kind = models.CharField(max_length=10, choices=Kind)
    strategy = models.CharField(max_length=80, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=300)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "customer"], name="override_customer")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.customer_id}"


class Replay(models.Model):
    """Past days gone through again under another policy: what would have been different."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    MOVES = {
        Status.WAITING: {Status.RUNNING, Status.FAILED},
        Status.RUNNING: {Status.DONE, Status.FAILED},
        Status.DONE: set(),
        Status.FAILED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="replays")
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="replays")
    from_on = models.DateField()
    to_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    done_days = models.PositiveIntegerField(default=0)
    all_days = models.PositiveIntegerField()
    summary = models.JSONField(default=dict)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"replay {self.pk} of {self.version_id}"
