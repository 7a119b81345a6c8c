"""Ways to pay that a customer keeps with a provider, and the orders to use them by themselves.

No card number is ever here: a saved way to pay is the provider's token and what the provider
says may be shown of it.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.checkouts import Checkout, PaymentProvider
from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.messages import Message
from dunwell.models.plans import PlanInstalment
from dunwell.models.sealed import BlindIndexField, SealedTextField


class SavedMethod(models.Model):
    """A card, wallet or account kept at a provider under its token; removed, never deleted.

    `funding` (credit, debit, prepaid) and `is_commercial` are what the provider says, empty where
    it does not say; surcharges go by them. `expires` is YYYY-MM.
    """

    class Kind(models.TextChoices):
        CARD = "card", _("Card")
        WALLET = "wallet", _("Wallet")
        DEBIT = "debit", _("Direct debit")

    company = models.ForeignKey(Company, models.PROTECT, related_name="saved_methods")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="saved_methods")
    provider = models.ForeignKey(PaymentProvider, models.PROTECT, related_name="saved_methods")
    kind = models.CharField(max_length=6, choices=Kind)
    token = SealedTextField(max_length=255)
    token_mark = BlindIndexField(of="token")
    payer_token = SealedTextField(max_length=255, blank=True)
    brand = models.CharField(max_length=40, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    expires = models.CharField(max_length=7, blank=True)
    funding = models.CharField(max_length=8, blank=True)
    is_commercial = models.BooleanField(null=True)
    country = models.CharField(max_length=2, blank=True)
    saved_by = models.CharField(max_length=150)
    removed_by = models.CharField(max_length=150, blank=True)
    removed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "token_mark"],
                condition=~Q(token_mark=""),  # nosec B106 -- a forgotten token has no mark
                name="saved_method_once",
            ),
        ]
        indexes = [models.Index(fields=["company", "customer"], name="saved_method_customer")]

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}".strip() or self.kind


class Autopay(models.Model):
    """A customer's standing order to charge a saved way to pay; its text is kept as agreed.

    `cap_minor` is the most of one charge; what is more waits for a person. `day_offset` counts
    from the due date, negative before it. A paused one charges nothing until it is resumed.
    """

    class Covers(models.TextChoices):
        ITEMS = "items", _("Every invoice on its day")
        INSTALMENTS = "instalments", _("Instalments of payment plans")
        BOTH = "both", _("Invoices and instalments")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    MOVES = {
        Status.ACTIVE: {Status.PAUSED, Status.ENDED},
        Status.PAUSED: {Status.ACTIVE, Status.ENDED},
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="autopays")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="autopays")
    method = models.ForeignKey(SavedMethod, models.PROTECT, related_name="autopays")
    covers = models.CharField(max_length=11, choices=Covers)
    currency = models.CharField(max_length=3)
    cap_minor = models.BigIntegerField(null=True)
    day_offset = models.SmallIntegerField(default=0)
    notice_days = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    agreed_by = models.CharField(max_length=120)
    address_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=6, choices=Status, default=Status.ACTIVE)
    reason = models.CharField(max_length=300, blank=True)
    agreed_on = models.DateField()
    ended_on = models.DateField(null=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "currency"],
                condition=~Q(status="ended"),
                name="autopay_one_live",
            ),
            models.CheckConstraint(
                condition=Q(cap_minor__isnull=True) | Q(cap_minor__gt=0), name="autopay_cap"
            ),
            models.CheckConstraint(
                condition=Q(day_offset__gte=-30) & Q(day_offset__lte=30), name="autopay_offset"
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="autopay_status")]

    def __str__(self) -> str:
        return f"autopay {self.pk}"


class AutopayCharge(models.Model):
    """One charge of a standing order: announced, taken on its day through a checkout, or dropped.

    A charge that was declined for now is followed by another one, its `retry_of`.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("Announced")
        TAKEN = "taken", _("Being charged")
        PAID = "paid", _("Paid")
        DECLINED = "declined", _("Declined")
        DROPPED = "dropped", _("Not charged")

    MOVES = {
        Status.PLANNED: {Status.TAKEN, Status.DROPPED},
        Status.TAKEN: {Status.PAID, Status.DECLINED},
        Status.PAID: set(),
        Status.DECLINED: set(),
        Status.DROPPED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""
    LIVE = (Status.PLANNED, Status.TAKEN)
    """Statuses in which what it pays is not asked for a second time."""

    autopay = models.ForeignKey(Autopay, models.PROTECT, related_name="charges")
    charge_on = models.DateField()
    attempt = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.PLANNED)
    reason = models.CharField(max_length=60, blank=True)
    """Why it was declined, as the provider says, or why it was dropped."""
    retry_on = models.DateField(null=True)
    retry_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="retried_by")
    checkout = models.OneToOneField(
        Checkout, models.PROTECT, null=True, related_name="autopay_charge"
    )
    notice = models.ForeignKey(Message, models.PROTECT, null=True, related_name="autopay_charges")
    made_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["autopay", "charge_on"],
                condition=Q(attempt=1) & ~Q(status="dropped"),
                name="autopay_charge_day",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="autopay_charge_positive"
            ),
        ]
        indexes = [models.Index(fields=["status", "charge_on"], name="autopay_charge_due")]

    def __str__(self) -> str:
        return f"charge of {self.autopay_id} on {self.charge_on}"


class AutopayLine(models.Model):
    """What a charge pays, in minor units: an item, or the share of an instalment on it."""

    charge = models.ForeignKey(AutopayCharge, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="autopay_lines")
    instalment = models.ForeignKey(
        PlanInstalment, models.PROTECT, null=True, related_name="autopay_lines"
    )
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "item"],
                condition=Q(instalment=None),
                name="autopay_line_item_once",
            ),
            models.UniqueConstraint(
                fields=["charge", "item", "instalment"],
                condition=Q(instalment__isnull=False),
                name="autopay_line_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="autopay_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.amount_minor} on {self.item_id}"
