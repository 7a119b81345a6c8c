"""Court and insolvency: matters, what interrupts limitation, VAT on bad debts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.agencies import Agency
from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class LegalMatter(models.Model):
    """A claim in court or in an insolvency, with its deadlines and what it will bring."""

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
        indexes = [models.Index(fields=["company", "status", "id"], name="legal_status")]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class LegalMatterItem(models.Model):
    """An item claimed in a matter."""

    matter = models.ForeignKey(LegalMatter, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="legal_lines")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "item"], name="legal_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}: {self.item_id}"


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

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class VatRelief(models.Model):
    """VAT of a bad debt that may be claimed back, and the day that was done."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="vat_reliefs")
    item = models.OneToOneField(Item, models.PROTECT, related_name="vat_relief")
    rule = models.CharField(max_length=40)
    vat_minor = models.BigIntegerField()
    claimed_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    repaid_minor = models.BigIntegerField(default=0)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"VAT of {self.item_id}"
