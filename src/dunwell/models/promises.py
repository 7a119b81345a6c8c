"""Promises to pay."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Promise(models.Model):
    """A customer's word to pay named items by a date."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        PARTIALLY_KEPT = "partially_kept", _("Partially kept")
        BROKEN = "broken", _("Broken")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPERSEDED = "superseded", _("Superseded")

    MOVES = {
        Outcome.OPEN: {
            Outcome.KEPT,
            Outcome.PARTIALLY_KEPT,
            Outcome.BROKEN,
            Outcome.WITHDRAWN,
            Outcome.SUPERSEDED,
        },
        # a returned payment re-opens the judgement
        Outcome.KEPT: {Outcome.OPEN, Outcome.PARTIALLY_KEPT, Outcome.BROKEN},
        Outcome.PARTIALLY_KEPT: {Outcome.OPEN, Outcome.KEPT, Outcome.BROKEN},
        Outcome.BROKEN: {Outcome.KEPT, Outcome.PARTIALLY_KEPT},
        Outcome.WITHDRAWN: set(),
        Outcome.SUPERSEDED: set(),
    }
    """Every allowed change of outcome; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="promises")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="promises")
    made_on = models.DateField()
    due_on = models.DateField()
    tolerance_days = models.PositiveSmallIntegerField(default=2)
    outcome = models.CharField(max_length=14, choices=Outcome, default=Outcome.OPEN)
    settled_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("made_on")), name="promise_dates"),
            models.CheckConstraint(
                condition=Q(outcome="open", settled_on=None)
                | ~Q(outcome="open") & ~Q(settled_on=None),
                name="promise_settled_iff_not_open",
            ),
        ]
        indexes = [models.Index(fields=["company", "outcome", "due_on"], name="promise_due")]

    def __str__(self) -> str:
        return f"promise {self.pk} due {self.due_on}"


class PromiseItem(models.Model):
    """How much of one item a promise covers."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="promise_lines")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "item"], name="promise_item_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="promise_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}: {self.item_id}"
