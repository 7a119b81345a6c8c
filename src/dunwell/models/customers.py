"""Who buys on credit, and whom we talk to there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.sealed import BlindIndexField, SealedTextField


class Customer(models.Model):
    """A party that owes us money, as agreed for one company.

    `region` is an ISO 3166-2 code, or one of a city whose rules differ (US-NY-NYC); `zones` are
    the IANA time zones it may be in. What is empty is not known: it counts at its strictest.
    """

    class Party(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Natural person")
        PUBLIC = "public", _("Public authority")

    class DebtUse(models.TextChoices):
        BUSINESS = "business", _("Business")
        PERSONAL = "personal", _("Personal, family or household")

    company = models.ForeignKey(Company, models.PROTECT, related_name="customers")
    number = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    segment = models.CharField(max_length=40, default="standard")
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=5, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    terms = models.CharField(max_length=80, blank=True)
    credit_limit_minor = models.BigIntegerField(null=True)
    vat_id = SealedTextField(max_length=40, blank=True)
    vat_id_mark = BlindIndexField(of="vat_id", form="tax_id")
    address = models.CharField(max_length=300, blank=True)
    party = models.CharField(max_length=8, choices=Party, blank=True, default="", db_default="")
    debt_use = models.CharField(
        max_length=8, choices=DebtUse, blank=True, default="", db_default=""
    )
    region = models.CharField(max_length=12, blank=True, default="", db_default="")
    zones = models.JSONField(default=list, db_default=[])
    sector = models.CharField(max_length=2, blank=True, default="", db_default="")
    """NACE Rev. 2: a division's two digits, or a section's letter where no more is known."""
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    collector = models.ForeignKey(User, models.SET_NULL, null=True, related_name="customers")
    is_opted_out = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="customer_number"),
        ]
        indexes = [
            models.Index(fields=["company", "name", "id"], name="customer_name"),
            models.Index(fields=["company", "collector"], name="customer_collector"),
            models.Index(
                fields=["company", "vat_id_mark"],
                condition=~Q(vat_id_mark=""),
                name="customer_vat_mark",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Contact(models.Model):
    """A person or mailbox at a customer, by the role in which we write to it."""

    class Role(models.TextChoices):
        PAYABLES = "payables", _("Accounts payable")
        APPROVER = "approver", _("Approver")
        DISPUTE = "dispute", _("Disputes")
        LEGAL = "legal", _("Legal")
        EXECUTIVE = "executive", _("Executive")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=10, choices=Role, default=Role.PAYABLES)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = SealedTextField(max_length=40, blank=True)
    phone_mark = BlindIndexField(of="phone", form="phone")
    language = models.CharField(max_length=5, blank=True)
    is_primary = models.BooleanField(default=True)
    bounced_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "role"], condition=Q(is_primary=True), name="contact_primary"
            ),
        ]
        indexes = [
            models.Index(
                fields=["phone_mark"], condition=~Q(phone_mark=""), name="contact_phone_mark"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone
