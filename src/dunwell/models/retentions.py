"""Parts of items that are due later than the item: retentions and schedules over years."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Retention(models.Model):
    """A part of an item with a due day of its own: it is not late before that day.

    In minor units of the item's currency. `event` says what makes it due (acceptance, the end of
    the defects period, a milestone). What is paid of an item goes to its other parts first.
    """

    class Kind(models.TextChoices):
        COMPLETION = "completion", _("Until completion")
        DEFECTS = "defects", _("Until the end of the defects period")
        SCHEDULE = "schedule", _("Part of a schedule")

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        RELEASED = "released", _("Released")
        DROPPED = "dropped", _("Dropped")

    MOVES = {
        Status.HELD: {Status.RELEASED, Status.DROPPED},
        Status.RELEASED: set(),
        Status.DROPPED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="retentions")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="retentions")
    item = models.ForeignKey(Item, models.PROTECT, related_name="retentions")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.HELD)
    amount_minor = models.BigIntegerField()
    due_on = models.DateField()
    event = models.CharField(max_length=200)
    released_on = models.DateField(null=True)
    evidence = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    ended_by = models.CharField(max_length=150, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "kind", "due_on"],
                condition=Q(status="held"),
                name="retention_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="retention_amount"),
            models.CheckConstraint(
                condition=~Q(status="released") | Q(released_on__isnull=False),
                name="retention_released",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "due_on", "id"], name="retention_due"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of item {self.item_id} due {self.due_on}"
