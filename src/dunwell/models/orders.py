"""Orders as another system told us of them, the credit checks they passed, and what is held."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class Order(models.Model):
    """An order that is to be, or is being, delivered on credit.

    `prepaid_minor` is paid before delivery, `delivered_minor` has left our house (and is never
    blocked), `billed_minor` of it stands on invoices already. All in `currency`. `kind` is the
    seller's own word for what sort of order it is, which the policy may name.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")
        CLOSED = "closed", _("Billed in full")

    MOVES = {
        Status.HELD: {Status.APPROVED, Status.REJECTED, Status.CANCELLED, Status.CLOSED},
        Status.APPROVED: {Status.HELD, Status.CANCELLED, Status.CLOSED},
        Status.REJECTED: {Status.HELD, Status.APPROVED, Status.CANCELLED},
        Status.CANCELLED: set(),
        Status.CLOSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    number = models.CharField(max_length=80)
    kind = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=9, choices=Status)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    prepaid_minor = models.BigIntegerField(default=0)
    delivered_minor = models.BigIntegerField(default=0)
    billed_minor = models.BigIntegerField(default=0)
    terms = models.CharField(max_length=80, blank=True)
    ordered_on = models.DateField()
    deliver_on = models.DateField(null=True)
    source = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="order_number"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0)
                & Q(prepaid_minor__gte=0, prepaid_minor__lte=F("amount_minor"))
                & Q(delivered_minor__gte=0, delivered_minor__lte=F("amount_minor"))
                & Q(billed_minor__gte=0, billed_minor__lte=F("amount_minor")),
                name="order_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "status"], name="order_of_customer"),
            models.Index(fields=["company", "status", "id"], name="order_status"),
        ]

    def __str__(self) -> str:
        return self.number


class CreditCheck(models.Model):
    """What was asked about an order, what each rule said, what would release it; never edited."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        HELD = "held", _("Held")

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_checks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_checks")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="checks")
    decision = models.CharField(max_length=8, choices=Decision)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    exposure_minor = models.BigIntegerField(null=True)
    limit_minor = models.BigIntegerField(null=True)
    request = models.JSONField(default=dict)
    outcomes = models.JSONField(default=list)
    release = models.JSONField(default=list)
    policy_version = models.BigIntegerField(null=True)
    as_of = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "customer", "id"], name="credit_check_of"),
            models.Index(fields=["company", "as_of", "id"], name="credit_check_day"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.amount_minor} {self.currency}"


class CreditHold(models.Model):
    """A stop on an order, or on every order of a customer (forced, without an order).

    `reasons` lists the rules that held it (rule, text, release), `rules` their names between
    commas. `over_minor` is what is granted beyond the limit when it is released, the company's
    currency, empty when a rate is missing; `clear_on` the day by which predicted payments free
    it. A forced hold is never released by the system. `scope` of a release: once, or until a
    day for later orders too.
    """

    class Kind(models.TextChoices):
        AUTO = "auto", _("By rule")
        FORCED = "forced", _("Forced")

    class Status(models.TextChoices):
        RAISED = "raised", _("Raised")
        UNDER_REVIEW = "under_review", _("Under review")
        READY = "ready", _("Ready to release")
        RELEASED = "released", _("Released")
        REJECTED = "rejected", _("Rejected")
        ENDED = "ended", _("Ended with the order")

    MOVES = {
        Status.RAISED: {
            Status.UNDER_REVIEW,
            Status.READY,
            Status.RELEASED,
            Status.REJECTED,
            Status.ENDED,
        },
        Status.UNDER_REVIEW: {
            Status.RAISED,
            Status.READY,
            Status.RELEASED,
            Status.REJECTED,
            Status.ENDED,
        },
        Status.READY: {
            Status.RAISED,
            Status.UNDER_REVIEW,
            Status.RELEASED,
            Status.REJECTED,
            Status.ENDED,
        },
        Status.RELEASED: set(),
        Status.REJECTED: set(),
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    STANDING = (Status.RAISED, Status.UNDER_REVIEW, Status.READY)

    class Scope(models.TextChoices):
        ONCE = "once", _("This order alone")
        UNTIL = "until", _("Until a day")

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_holds")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_holds")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="holds")
    check_row = models.ForeignKey(CreditCheck, models.PROTECT, null=True, related_name="holds")
    kind = models.CharField(max_length=6, choices=Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.RAISED)
    reasons = models.JSONField(default=list)
    rules = models.CharField(max_length=500, blank=True)
    over_minor = models.BigIntegerField(null=True)
    clear_on = models.DateField(null=True)
    raised_by = models.CharField(max_length=150)
    raised_on = models.DateField()
    reviewer = models.CharField(max_length=150, blank=True)
    review_on = models.DateField(null=True)
    authority = models.JSONField(default=dict)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    scope = models.CharField(max_length=5, choices=Scope, blank=True)
    until_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=("raised", "under_review", "ready"), kind="auto"),
                name="credit_hold_auto_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="forced") | Q(order__isnull=False), name="credit_hold_of_order"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="credit_hold_status"),
            models.Index(fields=["company", "customer", "status"], name="credit_hold_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} hold of {self.order_id or self.customer_id}"
