"""Promises to pay."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Promise(models.Model):
    """A customer's word to pay by a date: named items, or an amount on whatever is oldest.

    A promise of the level `customer` has no lines but an amount in a currency; its money may go
    on any item of the customer. `rung` counts the promises in a row that failed before it, on
    these items or for amounts. `keep_ppm`: how likely it was kept when it was made, by how the
    customer kept its word before; empty without a past. Instalments of plans are no promises:
    a plan judges its own.
    """

    class Level(models.TextChoices):
        ITEM = "item", _("Items")
        CUSTOMER = "customer", _("An amount, oldest first")

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
        # a returned payment re-opens the judgement, unless something newer was agreed since
        Outcome.KEPT: {
            Outcome.OPEN,
            Outcome.PARTIALLY_KEPT,
            Outcome.BROKEN,
            Outcome.SUPERSEDED,
        },
        Outcome.PARTIALLY_KEPT: {
            Outcome.OPEN,
            Outcome.KEPT,
            Outcome.BROKEN,
            Outcome.SUPERSEDED,
        },
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
    source = models.CharField(max_length=10, default="staff", db_default="staff")
    """Where it was made, of `engine.authority.SOURCES`: at work, in the portal, by a program."""
    level = models.CharField(
        max_length=8, choices=Level, default=Level.ITEM, db_default=Level.ITEM.value
    )
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    amount_minor = models.BigIntegerField(null=True)
    rung = models.PositiveSmallIntegerField(default=0, db_default=0)
    keep_ppm = models.BigIntegerField(null=True)
    forgiven_on = models.DateField(null=True)
    forgiven_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("made_on")), name="promise_dates"),
            models.CheckConstraint(
                condition=Q(outcome="open", settled_on=None)
                | ~Q(outcome="open") & ~Q(settled_on=None),
                name="promise_settled_iff_not_open",
            ),
            models.CheckConstraint(
                condition=Q(level="item", currency="", amount_minor=None)
                | Q(level="customer", amount_minor__gt=0) & ~Q(currency=""),
                name="promise_amount_iff_customer",
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


class PromiseConsequence(models.Model):
    """What a failed promise led to, by the policy; undone when it is forgiven or healed."""

    class Kind(models.TextChoices):
        TASK = "task", _("Follow-up task")
        LEVEL = "level", _("Next level at once")
        CHANNEL = "channel", _("Another channel")
        NO_PROMISES = "no_promises", _("No further promises")
        ESCALATE = "escalate", _("Escalation")
        LIMIT = "limit", _("Limit to be reviewed")
        SCORE = "score", _("Lower score")

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="consequences")
    kind = models.CharField(max_length=12, choices=Kind)
    details = models.JSONField(default=dict)
    rule = models.CharField(max_length=80)
    on = models.DateField()
    undone_on = models.DateField(null=True)
    undone_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "kind"], name="consequence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.promise_id}"
