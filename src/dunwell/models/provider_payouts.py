"""What providers paid out to our bank account, line by line, as they tell it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.bank import BankEntry
from dunwell.models.checkouts import Checkout, PaymentProvider


class ProviderPayout(models.Model):
    """One transfer of a provider to us; `net_minor` is what it says it sent.

    Nothing here is corrected: what does not add up or does not fit the books is shown.
    """

    provider = models.ForeignKey(PaymentProvider, models.PROTECT, related_name="payouts")
    payout_id = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    paid_on = models.DateField()
    entry = models.OneToOneField(
        BankEntry, models.PROTECT, null=True, related_name="provider_payout"
    )
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "payout_id"], name="provider_payout_once"),
        ]
        indexes = [models.Index(fields=["provider", "paid_on", "id"], name="provider_payout_day")]

    def __str__(self) -> str:
        return self.payout_id


class ProviderPayoutLine(models.Model):
    """One part of a payout, in minor units: what came in is above 0, what went out below.

    `fee_minor` is what the provider kept of this line. `checkout` is empty for what we do not
    know.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")
        CHARGEBACK = "chargeback", _("Chargeback")
        REGAINED = "regained", _("Chargeback won")
        FEE = "fee", _("Fee")
        OTHER = "other", _("Other")

    payout = models.ForeignKey(ProviderPayout, models.CASCADE, related_name="lines")
    line_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.CharField(max_length=255, blank=True)
    number = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=255, blank=True)
    checkout = models.ForeignKey(Checkout, models.PROTECT, null=True, related_name="payout_lines")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "line_id"], name="provider_payout_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"
