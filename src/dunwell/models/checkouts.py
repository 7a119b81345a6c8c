"""Payments by card, wallet, debit or transfer at a provider: who carries them, what was asked."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.bank import BankAccount
from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.early_payment import EarlyPaymentOffer
from dunwell.models.items import Item
from dunwell.models.payments import Payment
from dunwell.models.portal import PortalSeat
from dunwell.models.sealed import SealedJSONField, SealedTextField

CHECKOUT = "checkout"
"""The method of the payments that checkouts become: their money is with a provider at first."""


class PaymentProvider(models.Model):
    """A payment service of a company; its keys are settings of the server, never rows.

    `settings` holds what the desk decides about it (surcharges, whether a return is charged);
    `account` is where it pays out to. Ended, never deleted: its events keep coming.
    """

    class Kind(models.TextChoices):
        LOOPBACK = "loopback", _("Practice bank (demo and tests)")
        STRIPE = "stripe", _("Stripe")

    company = models.ForeignKey(Company, models.PROTECT, related_name="payment_providers")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=80)
    is_live = models.BooleanField(default=False)
    currencies = models.JSONField(default=list)
    methods = models.JSONField(default=list)
    account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, related_name="payment_providers"
    )
    settings = models.JSONField(default=dict)
    nonce = models.CharField(max_length=32)
    version = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=Q(ended_on=None),
                name="payment_provider_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Checkout(models.Model):
    """One wish to pay, written before the provider is asked; `number` names it there too.

    `amount_minor` goes on the items, `surcharge_minor` is charged on top. `key` makes one checkout
    of a double click. A word of the provider that comes late may still make a failed one paid.
    """

    class Method(models.TextChoices):
        CARD = "card", _("Card")
        WALLET = "wallet", _("Wallet")
        DEBIT = "debit", _("Direct debit")
        TRANSFER = "transfer", _("Bank transfer")

    class Purpose(models.TextChoices):
        PORTAL = "portal", _("Paid in the portal")
        AUTOPAY = "autopay", _("Charged by standing order")
        LINK = "link", _("Payment link from us")
        PLAN = "plan", _("Instalment")

    class Status(models.TextChoices):
        CREATED = "created", _("Being handed over")
        OPEN = "open", _("Waits for the payer")
        PROCESSING = "processing", _("Under way")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Ran out")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.CREATED: {
            Status.OPEN,
            Status.PROCESSING,
            Status.PAID,
            Status.FAILED,
            Status.EXPIRED,
            Status.CANCELLED,
        },
        Status.OPEN: {
            Status.PROCESSING,
            Status.PAID,
            Status.FAILED,
            Status.EXPIRED,
            Status.CANCELLED,
        },
        Status.PROCESSING: {Status.OPEN, Status.PAID, Status.FAILED, Status.EXPIRED},
        Status.FAILED: {Status.OPEN, Status.PROCESSING, Status.PAID, Status.EXPIRED},
        Status.EXPIRED: {Status.PROCESSING, Status.PAID, Status.FAILED},
        Status.CANCELLED: {Status.PROCESSING, Status.PAID, Status.FAILED},
        Status.PAID: set(),
    }
    """Every allowed change of status; what came back of a paid one is told by its own rows."""
    WAITING = (Status.CREATED, Status.OPEN, Status.PROCESSING)
    """Statuses in which money may still come."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="checkouts")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="checkouts")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, null=True, related_name="checkouts")
    provider = models.ForeignKey(PaymentProvider, models.PROTECT, related_name="checkouts")
    number = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    surcharge_minor = models.BigIntegerField(default=0)
    method = models.CharField(max_length=8, choices=Method)
    purpose = models.CharField(max_length=7, choices=Purpose)
    saves_method = models.BooleanField(default=False)
    saved_token = SealedTextField(max_length=255, blank=True)
    """The provider's token of a saved way to pay, charged without the payer; else empty."""
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    external_id = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=2_000, blank=True)
    return_to = models.CharField(max_length=500, blank=True)
    """Where the provider sends the payer back to; empty for the page of the checkout."""
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="checkout")
    surcharge_item = models.OneToOneField(
        Item, models.PROTECT, null=True, related_name="surcharge_of"
    )
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=150)
    started_on = models.DateField()
    expires_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="checkout_number"),
            models.UniqueConstraint(fields=["company", "customer", "key"], name="checkout_key"),
            models.UniqueConstraint(
                fields=["provider", "external_id"],
                condition=~Q(external_id=""),
                name="checkout_provider_id",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, surcharge_minor__gte=0), name="checkout_amounts"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(payment__isnull=False), name="checkout_paid"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="checkout_status"),
            models.Index(fields=["customer", "id"], name="checkout_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total_minor(self) -> int:
        """Return what the payer is charged: the items and the surcharge."""
        return self.amount_minor + self.surcharge_minor


class CheckoutLine(models.Model):
    """What of a checkout goes on an item; `discount_minor` is what an offer takes off besides."""

    checkout = models.ForeignKey(Checkout, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="checkout_lines")
    amount_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    offer = models.ForeignKey(
        EarlyPaymentOffer, models.PROTECT, null=True, related_name="checkout_lines"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkout", "item"], name="checkout_line_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, discount_minor__gte=0),
                name="checkout_line_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checkout_id}: {self.amount_minor} on {self.item_id}"


class ProviderEvent(models.Model):
    """One fact a provider told, once per its id; what it says never changes.

    `payload` is the fact as `engine.checkout_facts` writes it down, but for what names a saved way
    to pay: that lies in `sealed_payload`. `sha256` is of the message it came in. `checkout` is
    empty while nothing of ours is known under its subject.
    """

    class State(models.TextChoices):
        NEW = "new", _("To be applied")
        APPLIED = "applied", _("Applied")
        IGNORED = "ignored", _("Not about us")
        FAILED = "failed", _("Needs a person")

    provider = models.ForeignKey(PaymentProvider, models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=255, blank=True)
    checkout = models.ForeignKey(Checkout, models.PROTECT, null=True, related_name="events")
    payload = models.JSONField(default=dict)
    sealed_payload = SealedJSONField(default=dict, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    told_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        ]
        indexes = [
            models.Index(fields=["provider", "state", "id"], name="provider_event_state"),
            models.Index(fields=["provider", "subject_id"], name="provider_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

    @property
    def told(self) -> dict[str, Any]:
        """Return the fact whole, as it was kept."""
        return {**self.payload, **self.sealed_payload}
