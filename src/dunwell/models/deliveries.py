"""What people and customers' systems say became of an invoice. Rows are added, never changed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Contact, Customer
from dunwell.models.disputes import DisputeCase
from dunwell.models.items import Item
from dunwell.models.promises import Promise


class DeliveryNote(models.Model):
    """A person's word on where an item is: handed over, received, not received, approved.

    `on` is the day it happened, `recorded_on` the day we knew.
    """

    class Stage(models.TextChoices):
        HANDED_OVER = "handed_over", _("Handed over")
        DELIVERED = "delivered", _("Delivered")
        RECEIVED = "received", _("Customer confirms receipt")
        ACCEPTED = "accepted", _("Customer accepts it")
        APPROVED = "approved", _("Approved for payment")
        NOT_RECEIVED = "not_received", _("Customer says nothing came")
        BOUNCED = "bounced", _("Wrong address")

    company = models.ForeignKey(Company, models.PROTECT, related_name="delivery_notes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="delivery_notes")
    item = models.ForeignKey(Item, models.PROTECT, related_name="delivery_notes")
    stage = models.CharField(max_length=12, choices=Stage)
    on = models.DateField()
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="delivery_notes")
    """Who said so, or whose address is wrong."""
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # two clicks, or two people at once, say it once
            models.UniqueConstraint(
                fields=["item", "stage", "on"], name="delivery_note_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(on__lte=F("recorded_on")), name="delivery_note_dates"
            ),
        ]
        indexes = [models.Index(fields=["company", "item"], name="delivery_note_item")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.stage}"


class InvoiceResponse(models.Model):
    """What a customer's system answered to an invoice, kept byte for byte, with what followed.

    `code` is the answer's own: AB, IP, UQ, CA, RE, AP, PD of Peppol, 200 to 213 of the French
    life cycle. `outcomes` says what each effect of the policy came to.
    """

    class Scheme(models.TextChoices):
        PEPPOL = "peppol", _("Peppol invoice response")
        PEPPOL_MLR = "peppol_mlr", _("Peppol message level response")
        FRENCH = "fr_pdp", _("French life cycle")
        OTHER = "other", _("Other")

    class Door(models.TextChoices):
        UPLOAD = "upload", _("Upload")
        API = "api", _("API")
        MAIL = "mail", _("Mail")
        PLATFORM = "platform", _("Platform")

    company = models.ForeignKey(Company, models.PROTECT, related_name="invoice_responses")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoice_responses")
    item = models.ForeignKey(Item, models.PROTECT, related_name="invoice_responses")
    scheme = models.CharField(max_length=10, choices=Scheme)
    document_id = models.CharField(max_length=120)
    code = models.CharField(max_length=10)
    reason_codes = models.JSONField(default=list)
    action_codes = models.JSONField(default=list)
    note = models.CharField(max_length=1000, blank=True)
    sender = models.CharField(max_length=200, blank=True)
    effective_on = models.DateField()
    expected_pay_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    """The amount the answer is about, in the item's currency: approved, or paid."""
    outcomes = models.JSONField(default=list)
    """Per effect: {"effect", "done", "text"}."""
    case = models.ForeignKey(
        DisputeCase, models.PROTECT, null=True, related_name="invoice_responses"
    )
    promise = models.ForeignKey(
        Promise, models.PROTECT, null=True, related_name="invoice_responses"
    )
    policy_version = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    door = models.CharField(max_length=8, choices=Door)
    by = models.CharField(max_length=150)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "scheme", "document_id", "item"],
                name="invoice_response_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "item"], name="invoice_response_item"),
            models.Index(fields=["company", "recorded_on", "id"], name="invoice_response_day"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code} on {self.item_id}"
