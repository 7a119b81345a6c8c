"""Electronic invoices that came in as files: what each is, and the item it became."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class EInvoiceFile(models.Model):
    """One file that was read as an invoice we sent; its hash makes a second upload the same row.

    `amount_minor` is what is due by the file (BT-115), below 0 for a credit. `findings` are
    what reading and the rules found, as `{rule, level, text, where}`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting to be taken")
        TAKEN = "taken", _("Taken into the ledger")
        REFUSED = "refused", _("Cannot be taken")

    MOVES = {
        Status.WAITING: {Status.WAITING, Status.TAKEN, Status.REFUSED},
        Status.REFUSED: {Status.WAITING, Status.REFUSED},
        Status.TAKEN: set(),
    }
    """Every allowed change of status; a refused file sent again is read again."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="einvoice_files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size_bytes = models.PositiveIntegerField()
    syntax = models.CharField(max_length=40, blank=True)
    profile = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=8, choices=Status)
    reason = models.CharField(max_length=500, blank=True)
    number = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12, choices=Item.Kind, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    order_number = models.CharField(max_length=120, blank=True)
    seller_name = models.CharField(max_length=200, blank=True)
    seller_vat_id = models.CharField(max_length=40, blank=True)
    buyer_name = models.CharField(max_length=200, blank=True)
    buyer_vat_id = models.CharField(max_length=40, blank=True)
    findings = models.JSONField(default=list)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="einvoice_files"
    )
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="einvoice_files")
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "sha256"], name="einvoice_file_once"),
            models.CheckConstraint(
                condition=Q(status="taken", item__isnull=False, taken_at__isnull=False)
                | ~Q(status="taken") & Q(item=None, taken_at=None),
                name="einvoice_file_taken",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="einvoice_file_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "recorded_at", "id"], name="einvoice_file_recorded"),
        ]

    def __str__(self) -> str:
        return self.name
