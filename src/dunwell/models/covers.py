"""What stands behind a customer besides his word: insurance, guarantees, collateral."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Cover(models.Model):
    """A cover of one customer: what it is worth, from when to when, and on what conditions.

    Of `amount_minor` (in `currency`) `share_ppm` counts. `effect`: it lifts the limit, or what it
    covers is taken off the exposure. `conditions` are the provider's (days): max_terms_days,
    max_extension_days, overdue_report_days, claim_days, stop_delivery_days.
    """

    class Kind(models.TextChoices):
        INSURANCE = "insurance", _("Credit insurance")
        GUARANTEE = "guarantee", _("Guarantee")
        COLLATERAL = "collateral", _("Collateral")
        DEPOSIT = "deposit", _("Deposit")

    class Effect(models.TextChoices):
        LIFTS_LIMIT = "lifts_limit", _("Lifts the limit")
        REDUCES_EXPOSURE = "reduces_exposure", _("Reduces the exposure")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        ENDED = "ended", _("Ended")

    MOVES = {
        Status.REQUESTED: {Status.GRANTED, Status.REFUSED, Status.ENDED},
        Status.GRANTED: {Status.ENDED},
        Status.REFUSED: set(),
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="covers")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="covers")
    kind = models.CharField(max_length=10, choices=Kind)
    effect = models.CharField(max_length=16, choices=Effect, default=Effect.REDUCES_EXPOSURE)
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    provider = models.CharField(max_length=120)
    number = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    asked_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField(default=0)
    share_ppm = models.BigIntegerField(default=1_000_000)
    conditions = models.JSONField(default=dict)
    requested_on = models.DateField()
    granted_on = models.DateField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # a renewal bears the number of the cover before it and another first day
            models.UniqueConstraint(
                fields=["company", "provider", "number", "customer", "from_on"],
                condition=Q(status="granted"),
                name="cover_once",
            ),
            models.UniqueConstraint(
                fields=["company", "provider", "number", "customer"],
                condition=Q(status="requested"),
                name="cover_request_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, share_ppm__gte=0, share_ppm__lte=1_000_000),
                name="cover_amounts",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="cover_dates"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "status"], name="cover_of"),
            models.Index(fields=["company", "status", "until_on"], name="cover_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.number}"


class CoverNotice(models.Model):
    """One deadline of a cover: what is due to whom by which day, and whether it was done.

    Found by the cycle from the cover's conditions; what was done after its day `is_late`.
    `amount_minor` is what stands behind it: the open amount in the item's currency, without an
    item the cover's in its own.
    """

    class Kind(models.TextChoices):
        REPORT = "report", _("Report the overdue item")
        EXTENSION = "extension", _("Longest extension ends")
        STOP = "stop", _("Stop deliveries")
        CLAIM = "claim", _("File the claim")
        EXPIRY = "expiry", _("Cover ends")
        ANSWER = "answer", _("Request not answered")

    class Status(models.TextChoices):
        OPEN = "open", _("To do")
        DONE = "done", _("Done")
        MISSED = "missed", _("Missed")
        MOOT = "moot", _("No longer needed")

    MOVES = {
        Status.OPEN: {Status.DONE, Status.MISSED, Status.MOOT},
        Status.MISSED: {Status.DONE, Status.MOOT},
        Status.DONE: set(),
        Status.MOOT: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="cover_notices")
    cover = models.ForeignKey(Cover, models.PROTECT, related_name="notices")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="cover_notices")
    kind = models.CharField(max_length=9, choices=Kind)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    due_on = models.DateField()
    amount_minor = models.BigIntegerField(default=0)
    found_on = models.DateField()
    done_on = models.DateField(null=True)
    is_late = models.BooleanField(default=False)
    by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cover", "kind", "item", "due_on"],
                condition=Q(item__isnull=False),
                name="cover_notice_of_item_once",
            ),
            models.UniqueConstraint(
                fields=["cover", "kind", "due_on"],
                condition=Q(item=None),
                name="cover_notice_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_on__isnull=False), name="cover_notice_done"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "due_on", "id"], name="cover_notice_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.cover_id} by {self.due_on}"


class CoverClaim(models.Model):
    """What is claimed from the provider of a cover: its items, its evidence, what came of it.

    Amounts are in `currency`, the cover's. `items` lists what is claimed by key with the open
    amount of the day it was drawn up; `pack_sha256` is that of the pack that was filed.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        FILED = "filed", _("Filed")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        PAID = "paid", _("Paid")
        DROPPED = "dropped", _("Dropped")

    MOVES = {
        Status.DRAFT: {Status.FILED, Status.DROPPED},
        Status.FILED: {Status.ACCEPTED, Status.REFUSED},
        Status.ACCEPTED: {Status.PAID},
        Status.REFUSED: set(),
        Status.PAID: set(),
        Status.DROPPED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="cover_claims")
    cover = models.ForeignKey(Cover, models.PROTECT, related_name="claims")
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    currency = models.CharField(max_length=3)
    items = models.JSONField(default=list)
    open_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    reference = models.CharField(max_length=80, blank=True)
    pack_sha256 = models.CharField(max_length=64, blank=True)
    drawn_on = models.DateField()
    filed_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    filed_by = models.CharField(max_length=150, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cover"],
                condition=Q(status__in=("draft", "filed", "accepted")),
                name="cover_claim_one_open",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=F("open_minor")),
                name="cover_claim_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="cover_claim_status"),
        ]

    def __str__(self) -> str:
        return f"claim of {self.amount_minor} {self.currency} under cover {self.cover_id}"
