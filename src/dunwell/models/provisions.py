"""Expected loss on the book at a month end: runs, their frozen lines, and what moved between."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class ProvisionRun(models.Model):
    """The allowance of one day, in the company's currency, under one policy version.

    `tables` are the rates, scalars and exchange rates it used with their sources. `content` is
    one row per item as Parquet (`queries.provision_items`). Amounts of the roll-forward are above
    or equal 0 but `fx_minor`, and closing is `allowance_minor`. `previous` is the posted run it
    rolls on from.
    """

    class Standard(models.TextChoices):
        IFRS9 = "ifrs9", _("IFRS 9")
        CECL = "cecl", _("ASC 326 (CECL)")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEWED = "reviewed", _("Reviewed")
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")
        DROPPED = "dropped", _("Dropped")

    MOVES = {
        Status.DRAFT: {Status.REVIEWED, Status.DROPPED},
        Status.REVIEWED: {Status.POSTED, Status.DROPPED},
        Status.POSTED: {Status.REVERSED},
        Status.REVERSED: set(),
        Status.DROPPED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="provision_runs")
    as_of = models.DateField()
    standard = models.CharField(max_length=5, choices=Standard)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    policy = models.CharField(max_length=80)
    policy_version = models.BigIntegerField(null=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    currency = models.CharField(max_length=3)
    items = models.PositiveIntegerField()
    gross_minor = models.BigIntegerField()
    covered_minor = models.BigIntegerField()
    allowance_minor = models.BigIntegerField()
    opening_minor = models.BigIntegerField()
    charge_minor = models.BigIntegerField()
    release_minor = models.BigIntegerField()
    write_off_minor = models.BigIntegerField()
    recovery_minor = models.BigIntegerField()
    fx_minor = models.BigIntegerField()
    tables = models.JSONField(default=dict)
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    drawn_by = models.CharField(max_length=150)
    drawn_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    posted_by = models.CharField(max_length=150, blank=True)
    posted_at = models.DateTimeField(null=True)
    posted_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "as_of"],
                condition=Q(status__in=("draft", "reviewed", "posted")),
                name="provision_run_one_live",
            ),
            models.CheckConstraint(
                condition=Q(
                    allowance_minor=F("opening_minor")
                    + F("charge_minor")
                    - F("release_minor")
                    - F("write_off_minor")
                    + F("recovery_minor")
                    + F("fx_minor")
                ),
                name="provision_run_ties",
            ),
            models.CheckConstraint(
                condition=Q(allowance_minor__gte=0, charge_minor__gte=0, release_minor__gte=0),
                name="provision_run_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("posted", "reversed"))
                | ~Q(posted_by="") & ~Q(posted_on=None),
                name="provision_run_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "as_of", "id"], name="provision_run_day"),
        ]

    def __str__(self) -> str:
        return f"provision at {self.as_of}"


class ProvisionLine(models.Model):
    """One line of a run: a bucket of a segment in one currency, or one assessed exposure.

    `net_minor` is gross less covered; the allowance is net x rate x overlay less what discounting
    took, rounded once. `rate_ppm` is rounded for reading; the exact ratio stands in the run's
    tables. `home_` amounts are in the run's currency.
    """

    class Method(models.TextChoices):
        MATRIX = "matrix", _("Loss rate by bucket")
        RATED = "rated", _("Probability, loss and exposure")
        INDIVIDUAL = "individual", _("Assessed one by one")

    run = models.ForeignKey(ProvisionRun, models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()
    method = models.CharField(max_length=10, choices=Method)
    segment = models.CharField(max_length=80)
    bucket = models.CharField(max_length=40)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="provision_lines"
    )
    currency = models.CharField(max_length=3)
    items = models.PositiveIntegerField()
    gross_minor = models.BigIntegerField()
    covered_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    rate_ppm = models.BigIntegerField()
    overlay_ppm = models.BigIntegerField(default=1_000_000)
    allowance_minor = models.BigIntegerField()
    home_gross_minor = models.BigIntegerField()
    home_covered_minor = models.BigIntegerField()
    home_allowance_minor = models.BigIntegerField()
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="provision_line_place"),
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("covered_minor")),
                name="provision_line_net",
            ),
            models.CheckConstraint(
                condition=Q(allowance_minor__gte=0, allowance_minor__lte=F("gross_minor")),
                name="provision_line_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment} {self.bucket}: {self.allowance_minor} {self.currency}"


class ProvisionMove(models.Model):
    """What moved the allowance of one segment since the run before, in the run's currency.

    `transfer_minor` is what items that changed their segment brought or took; over all segments
    it is 0.
    """

    run = models.ForeignKey(ProvisionRun, models.PROTECT, related_name="moves")
    segment = models.CharField(max_length=80)
    opening_minor = models.BigIntegerField()
    charge_minor = models.BigIntegerField()
    release_minor = models.BigIntegerField()
    write_off_minor = models.BigIntegerField()
    recovery_minor = models.BigIntegerField()
    fx_minor = models.BigIntegerField()
    transfer_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "segment"], name="provision_move_once"),
            models.CheckConstraint(
                condition=Q(
                    closing_minor=F("opening_minor")
                    + F("charge_minor")
                    - F("release_minor")
                    - F("write_off_minor")
                    + F("recovery_minor")
                    + F("fx_minor")
                    + F("transfer_minor")
                ),
                name="provision_move_ties",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment}: {self.closing_minor}"


class LossAssessment(models.Model):
    """What is expected to be lost of one customer's items, or of one item, and why.

    Either `loss_ppm` of what is open and not covered, or the money still expected (`flows`:
    [[day, minor units], ...] in `currency`, discounted at `discount_ppm` a year). It counts from
    `from_on` until a later one or its end, once a second person approved it.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("To be approved")
        IN_FORCE = "in_force", _("In force")
        REFUSED = "refused", _("Refused")
        ENDED = "ended", _("Ended")

    MOVES = {
        Status.ASKED: {Status.IN_FORCE, Status.REFUSED},
        Status.IN_FORCE: {Status.ENDED},
        Status.REFUSED: set(),
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="loss_assessments")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="loss_assessments")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="loss_assessments")
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    from_on = models.DateField()
    ended_on = models.DateField(null=True)
    loss_ppm = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    flows = models.JSONField(default=list)
    discount_ppm = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer"],
                condition=Q(item=None, status__in=("asked", "in_force")),
                name="loss_assessment_one_of_customer",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(item__isnull=False, status__in=("asked", "in_force")),
                name="loss_assessment_one_of_item",
            ),
            models.CheckConstraint(
                condition=Q(loss_ppm=None) | Q(loss_ppm__lte=1_000_000),
                name="loss_assessment_share",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="loss_assessment_status"),
        ]

    def __str__(self) -> str:
        return f"assessment of customer {self.customer_id}"
