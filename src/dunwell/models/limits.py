"""Credit limits as a ledger, and the groups that share one. What was approved stays as written."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class CreditGroup(models.Model):
    """Customers who share one limit, until it ends."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_groups")
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(ended_on=None), name="credit_group_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CreditGroupMember(models.Model):
    """From a day on a customer belongs to a group; to one group at a time."""

    group = models.ForeignKey(CreditGroup, models.PROTECT, related_name="members")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_groups")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    ended_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(until_on=None), name="credit_group_member_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="credit_group_member_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.group_id}"


class CreditLimit(models.Model):
    """One entry of the ledger of limits: of a customer, a group, or every customer of a segment.

    Amounts are in `currency`, the company's. A decided row is never changed: a new limit is a new
    row, a suspension a row of its kind (amount 0), and so is its end, whose amount is the limit
    that comes back by it. Whether an approved row is scheduled, in force, superseded or expired
    on a day follows from the dates.
    """

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Standard")
        TEMPORARY = "temporary", _("Temporary")
        INSURED = "insured", _("Insured")
        SUSPENSION = "suspension", _("Suspension")
        RESUMPTION = "resumption", _("End of a suspension")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        Status.PROPOSED: {Status.APPROVED, Status.REJECTED, Status.WITHDRAWN},
        Status.APPROVED: set(),
        Status.REJECTED: set(),
        Status.WITHDRAWN: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_limits")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="credit_limits")
    group = models.ForeignKey(CreditGroup, models.PROTECT, null=True, related_name="limits")
    segment = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    source = models.CharField(max_length=40, default="staff")
    """staff, import, application <id>, review <id>, policy."""
    risk_class = models.CharField(max_length=20, blank=True)
    authority = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False, group=None, segment="")
                | (Q(customer=None, group__isnull=False, segment=""))
                | (Q(customer=None, group=None) & ~Q(segment="")),
                name="credit_limit_scope",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0), name="credit_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="credit_limit_dates",
            ),
            models.CheckConstraint(
                condition=~Q(kind="temporary") | Q(until_on__isnull=False),
                name="credit_limit_temporary_ends",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_on=None, decided_at=None)
                | ~Q(status="proposed")
                & Q(decided_on__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=""),
                name="credit_limit_decided",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(status="proposed", customer__isnull=False),
                name="credit_limit_asked_once",
            ),
            models.UniqueConstraint(
                fields=["group", "kind"],
                condition=Q(status="proposed", group__isnull=False),
                name="credit_limit_group_asked_once",
            ),
            models.UniqueConstraint(
                fields=["company", "segment", "kind"],
                condition=Q(status="proposed") & ~Q(segment=""),
                name="credit_limit_segment_asked_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "from_on"], name="credit_limit_of"),
            models.Index(fields=["company", "status", "id"], name="credit_limit_status"),
            models.Index(
                fields=["company", "segment"],
                condition=~Q(segment=""),
                name="credit_limit_segment",
            ),
            models.Index(
                fields=["company", "until_on"],
                condition=Q(until_on__isnull=False),
                name="credit_limit_ending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency} from {self.from_on}"
