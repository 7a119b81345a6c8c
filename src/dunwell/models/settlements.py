"""Settlements, the approvals that decisions beyond one's authority need, and incentives."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.payments import Adjustment


class ApprovalRequest(models.Model):
    """A decision somebody may not take alone, put to whoever may; never decided by its author."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waits")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        Status.OPEN: {Status.APPROVED, Status.REJECTED, Status.WITHDRAWN},
        Status.APPROVED: set(),
        Status.REJECTED: set(),
        Status.WITHDRAWN: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="approval_requests")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="approval_requests"
    )
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    act = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    ask = models.JSONField(default=dict)
    verdict = models.JSONField(default=dict)
    needs_role = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reason = models.CharField(max_length=300)
    decision = models.CharField(max_length=300, blank=True)
    requested_by = models.CharField(max_length=150)
    decided_by = models.CharField(max_length=150, blank=True)
    requested_on = models.DateField()
    due_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "subject", "subject_id", "act"],
                condition=Q(status="open"),
                name="approval_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("requested_by")),
                name="approval_by_another",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="approval_status")]

    def __str__(self) -> str:
        return f"{self.act} {self.subject} {self.subject_id}"


class Settlement(models.Model):
    """An offer to take less than is owed: paid by the day, the rest is given up."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Waits for approval")
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        COMPLETED = "completed", _("Paid, rest given up")
        EXPIRED = "expired", _("Expired")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.DRAFT: {Status.PENDING, Status.OFFERED, Status.CANCELLED},
        Status.PENDING: {Status.OFFERED, Status.REJECTED, Status.CANCELLED},
        Status.OFFERED: {Status.ACCEPTED, Status.EXPIRED, Status.REJECTED, Status.CANCELLED},
        Status.ACCEPTED: {Status.COMPLETED, Status.EXPIRED, Status.CANCELLED},
        # the money came back: what was given up is owed again
        Status.COMPLETED: {Status.EXPIRED},
        Status.EXPIRED: set(),
        Status.REJECTED: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="settlements")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="settlements")
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    open_minor = models.BigIntegerField()
    pay_minor = models.BigIntegerField()
    concession_minor = models.BigIntegerField()
    months = models.PositiveSmallIntegerField(default=0)
    pay_by_on = models.DateField()
    expires_on = models.DateField()
    reason = models.CharField(max_length=300)
    worth = models.JSONField(default=dict)
    authority = models.JSONField(default=dict)
    source = models.CharField(max_length=10, default="staff")
    acceptance = models.JSONField(default=dict)
    proposed_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)
    proposed_on = models.DateField()
    offered_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="settlement_number"),
            models.CheckConstraint(
                condition=Q(pay_minor__gt=0)
                & Q(concession_minor__gte=0)
                & Q(open_minor=F("pay_minor") + F("concession_minor")),
                name="settlement_amounts",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="settlement_status")]

    def __str__(self) -> str:
        return self.number


class SettlementItem(models.Model):
    """An item a settlement covers; in one live settlement at most."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="settlement_lines")
    open_minor = models.BigIntegerField()
    concession_minor = models.BigIntegerField()
    adjustment = models.OneToOneField(
        Adjustment, models.PROTECT, null=True, related_name="settlement_line"
    )
    is_live = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "item"], name="settlement_item_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_live=True), name="settlement_item_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id}: {self.item_id}"


class Incentive(models.Model):
    """A reward for paying on time, within a budget: a rebate, better terms or a higher limit."""

    class Kind(models.TextChoices):
        REBATE = "rebate", _("Rebate")
        TERMS = "terms", _("Longer terms")
        LIMIT = "limit", _("Higher limit")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    MOVES = {
        Status.PROPOSED: {Status.RUNNING, Status.ENDED},
        Status.RUNNING: {Status.ENDED},
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="incentives")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    segments = models.JSONField(default=list)
    streak = models.PositiveSmallIntegerField()
    reward_ppm = models.BigIntegerField(default=0)
    reward_days = models.PositiveSmallIntegerField(default=0)
    currency = models.CharField(max_length=3)
    budget_minor = models.BigIntegerField()
    control_ppm = models.BigIntegerField(default=0)
    from_on = models.DateField()
    until_on = models.DateField()
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="incentive_once"),
            models.CheckConstraint(
                condition=Q(budget_minor__gte=0) & Q(until_on__gte=F("from_on")),
                name="incentive_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IncentiveGrant(models.Model):
    """A reward given to one customer for one streak; rows are added, never changed."""

    incentive = models.ForeignKey(Incentive, models.PROTECT, related_name="grants")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="incentive_grants")
    item = models.ForeignKey(Item, models.PROTECT, related_name="incentive_grants")
    is_control = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField(default=0)
    adjustment = models.OneToOneField(
        Adjustment, models.PROTECT, null=True, related_name="incentive_grant"
    )
    granted_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # the item that completed the streak stands for it
            models.UniqueConstraint(fields=["incentive", "item"], name="incentive_grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.incentive_id}: {self.customer_id}"
