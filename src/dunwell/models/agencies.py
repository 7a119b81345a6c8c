"""Collection agencies and lawyers, what is placed with them, and what they report."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.payments import Payment


class Agency(models.Model):
    """An outside party that collects for us, with its commission by age of the debt.

    `commission` lists tiers (`from_days` past due, `rate_ppm`); no countries means every one.
    """

    class Kind(models.TextChoices):
        AGENCY = "agency", _("Collection agency")
        LAWYER = "lawyer", _("Lawyer")

    class Transport(models.TextChoices):
        FILE = "file", _("File")
        API = "api", _("API")

    company = models.ForeignKey(Company, models.PROTECT, related_name="agencies")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.AGENCY)
    transport = models.CharField(max_length=4, choices=Transport, default=Transport.FILE)
    email = models.EmailField(blank=True)
    countries = models.JSONField(default=list)
    least_minor = models.BigIntegerField(default=0)
    demand_days = models.PositiveSmallIntegerField(default=14)
    commission = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="agency_once"),
        ]

    def __str__(self) -> str:
        return self.name


class AgencySeat(models.Model):
    """A person of an agency who signs in here and sees that agency's placements alone."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="agency_seats")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="seats")
    user = models.ForeignKey(User, models.CASCADE, related_name="agency_seats")
    granted_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="agency_seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.agency_id}"


class PlacementBatch(models.Model):
    """Approved placements claimed for one file; handed over once, or released again.

    `document` holds what the file says, so that a repeated download is the same bytes.
    """

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("Claimed for a file")
        HANDED = "handed", _("Handed over")
        RELEASED = "released", _("Released, not sent")

    MOVES = {
        Status.CLAIMED: {Status.HANDED, Status.RELEASED},
        Status.HANDED: set(),
        Status.RELEASED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="placement_batches")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="batches")
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=8, choices=Status, default=Status.CLAIMED)
    document = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    claimed_by = models.CharField(max_length=150)
    claimed_on = models.DateField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="placement_batch_number"),
        ]

    def __str__(self) -> str:
        return self.number


class Placement(models.Model):
    """Items of one customer handed to an agency; in-house steps rest while it runs."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        TRANSMITTED = "transmitted", _("Transmitted")
        ACCEPTED = "accepted", _("In collection")
        REFUSED = "refused", _("Refused by the agency")
        PAID = "paid", _("Paid in full")
        SETTLED = "settled", _("Settled")
        RETURNED = "returned", _("Returned uncollectable")
        RECALLED = "recalled", _("Recalled")
        LEGAL = "legal", _("Gone to court")
        CLOSED = "closed", _("Reconciled and closed")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.PROPOSED: {Status.APPROVED, Status.CANCELLED},
        Status.APPROVED: {Status.TRANSMITTED, Status.CANCELLED},
        Status.TRANSMITTED: {Status.ACCEPTED, Status.REFUSED, Status.RECALLED},
        Status.ACCEPTED: {
            Status.PAID,
            Status.SETTLED,
            Status.RETURNED,
            Status.RECALLED,
            Status.LEGAL,
        },
        Status.LEGAL: {Status.PAID, Status.SETTLED, Status.RETURNED, Status.RECALLED},
        Status.REFUSED: {Status.CLOSED},
        Status.PAID: {Status.CLOSED},
        Status.SETTLED: {Status.CLOSED},
        Status.RETURNED: {Status.CLOSED},
        Status.RECALLED: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    HOLDING = (Status.APPROVED, Status.TRANSMITTED, Status.ACCEPTED, Status.LEGAL)
    """Statuses in which it holds its items; from a proposal on nobody else may bind them."""

    WITH_AGENCY = (Status.TRANSMITTED, Status.ACCEPTED, Status.LEGAL)
    """Statuses in which the agency works on it."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="placements")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="placements")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="placements")
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=11, choices=Status, default=Status.PROPOSED)
    placed_minor = models.BigIntegerField()
    age_days = models.PositiveIntegerField()
    commission_ppm = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    checks = models.JSONField(default=list)
    pack_sha256 = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(PlacementBatch, models.PROTECT, null=True, related_name="placements")
    reference = models.CharField(max_length=80, blank=True)
    proposed_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)
    proposed_on = models.DateField()
    approved_on = models.DateField(null=True)
    transmitted_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_as = models.CharField(max_length=11, choices=Status, blank=True)
    ending = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="placement_number"),
            models.CheckConstraint(condition=Q(placed_minor__gt=0), name="placement_positive"),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="placement_status"),
            models.Index(fields=["agency", "status", "id"], name="placement_agency"),
        ]

    def __str__(self) -> str:
        return self.number


class PlacementItem(models.Model):
    """An item placed; with one agency at a time."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="placement_lines")
    amount_minor = models.BigIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placement", "item"], name="placement_item_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_live=True), name="placement_item_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id}: {self.item_id}"


class EvidencePack(models.Model):
    """What the agency is given about a claim, as the very bytes that were handed over."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="pack")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    made_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.placement_id}: {self.sha256}"


class PlacementNote(models.Model):
    """What the agency, or one of us, says about a placement. Rows are added, never changed."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=2000)
    by = models.CharField(max_length=150)
    is_agency = models.BooleanField()
    on = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.placement_id} by {self.by}"


class AgencyReport(models.Model):
    """Money an agency took in or that reached us directly: gross = net + commission.

    Money that came back is a report below 0. `payment` is what reached our bank of it.
    """

    class Kind(models.TextChoices):
        REMITTED = "remitted", _("Collected and remitted")
        DIRECT = "direct", _("Paid to us directly")

    company = models.ForeignKey(Company, models.PROTECT, related_name="agency_reports")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8, choices=Kind)
    reference = models.CharField(max_length=80)
    gross_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="agency_reports")
    reported_on = models.DateField()
    reconciled_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "kind", "reference"], name="agency_report_once"
            ),
            models.CheckConstraint(
                condition=Q(gross_minor=F("net_minor") + F("commission_minor")),
                name="agency_report_sums",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id}: {self.reference}"


class AgencyFileLine(models.Model):
    """A line of an agency's report that was booked; the same line again is skipped."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="file_lines")
    sha256 = models.CharField(max_length=64)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "sha256"], name="agency_file_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.sha256}"
