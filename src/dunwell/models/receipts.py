"""What a payer was told at once about a payment: written when it was booked, never changed."""

from django.db import models

from dunwell.models.checkouts import Checkout
from dunwell.models.companies import Company
from dunwell.models.messages import Message


class Receipt(models.Model):
    """The receipt of a paid checkout: its number is the checkout's.

    `document` is what it says (`engine.receipts`), with amounts in minor units.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="receipts")
    checkout = models.OneToOneField(Checkout, models.PROTECT, related_name="receipt")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="receipts")
    made_on = models.DateField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt of {self.checkout_id}"
