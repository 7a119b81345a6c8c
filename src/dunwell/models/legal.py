"""Court and insolvency: matters, what interrupts limitation, VAT on bad debts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.agencies import Agency
from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.payments import Payment


class LegalMatter(models.Model):
    """A claim in court or in an insolvency, with its deadline and what it will bring.

    `opened_on` is the day the proceedings began, in an insolvency that of its opening;
    `file_by_on` the last day to file; `quota_ppm` the share of the claim that is expected.
    """

    class Kind(models.TextChoices):
        CLAIM = "claim", _("Court claim")
        INSOLVENCY = "insolvency", _("Insolvency")

    class Status(models.TextChoices):
        OPEN = "open", _("Being prepared")
        FILED = "filed", _("Filed")
        ADMITTED = "admitted", _("Admitted or adjudged")
        ENFORCING = "enforcing", _("Being enforced")
        CLOSED = "closed", _("Closed")

    MOVES = {
        Status.OPEN: {Status.FILED, Status.CLOSED},
        Status.FILED: {Status.ADMITTED, Status.CLOSED},
        Status.ADMITTED: {Status.ENFORCING, Status.CLOSED},
        Status.ENFORCING: {Status.CLOSED},
        Status.CLOSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="legal_matters")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="legal_matters")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    lawyer = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="legal_matters")
    court = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    claim_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)
    quota_ppm = models.BigIntegerField(null=True)
    opened_on = models.DateField()
    file_by_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    result = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(claim_minor__gt=0), name="legal_positive"),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="legal_status")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return what the matter is called, on pages and in the notes of its holds."""
        return f"LM-{self.pk}"


class LegalMatterItem(models.Model):
    """An item claimed in a matter, with the interest claimed on it; in one matter at a time."""

    matter = models.ForeignKey(LegalMatter, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="legal_lines")
    amount_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "item"], name="legal_item_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_live=True), name="legal_item_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}: {self.item_id}"


class LegalEntry(models.Model):
    """What a matter cost, or a dividend it brought; a cost of less than 0 takes one back."""

    class Kind(models.TextChoices):
        COST = "cost", _("Cost")
        DIVIDEND = "dividend", _("Dividend")

    matter = models.ForeignKey(LegalMatter, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    amount_minor = models.BigIntegerField()
    on = models.DateField()
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="legal_entry")
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="cost", payment=None)
                | Q(kind="dividend", payment__isnull=False, amount_minor__gt=0),
                name="legal_entry_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}: {self.kind} {self.amount_minor}"


class LimitationEvent(models.Model):
    """What restarts or stops the limitation of a claim; taken back, never deleted."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("Debt acknowledged")
        PART_PAID = "part_paid", _("Part payment")
        LETTER = "letter", _("Formal letter")
        SUIT = "suit", _("Suit or payment order")
        NEGOTIATING = "negotiating", _("Negotiations")
        INSOLVENCY = "insolvency", _("Claim filed in insolvency")

    company = models.ForeignKey(Company, models.PROTECT, related_name="limitation_events")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="limitation_events")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="limitation_events")
    kind = models.CharField(max_length=12, choices=Kind)
    on = models.DateField()
    until_on = models.DateField(null=True)
    evidence = models.CharField(max_length=300)
    taken_back_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("on")), name="limitation_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class VatRelief(models.Model):
    """VAT of a bad debt that was claimed back, and what of it went back when money came.

    `vat_minor` is the VAT within `base_minor`, the part of the item that is lost.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="vat_reliefs")
    item = models.OneToOneField(Item, models.PROTECT, related_name="vat_relief")
    rule = models.CharField(max_length=40)
    rate_ppm = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    claimed_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    repaid_minor = models.BigIntegerField(default=0)
    repaid_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"VAT of {self.item_id}"
