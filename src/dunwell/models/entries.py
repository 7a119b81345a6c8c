"""The double-entry side of the ledger: two balanced lines for every ledger row."""

from django.db import models
from django.db.models import Q

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class EntryLine(models.Model):
    """One line of a posting; the lines of one (source, source_id) sum to 0."""

    class Source(models.TextChoices):
        ITEM = "item", "Item"
        PAYMENT = "payment", "Payment"
        ALLOCATION = "allocation", "Allocation"

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", "Receivables control"
        UNAPPLIED = "unapplied", "Unapplied cash"
        BANK = "bank", "Bank"
        SALES = "sales", "Sales"
        OPENING = "opening", "Opening balances"
        CHARGES = "charges", "Fees and interest"
        NETTING = "netting", "Credit netting"
        WRITE_OFF = "write_off", "Write-offs and small balances"
        DISCOUNT = "discount", "Discounts granted"
        FX = "fx", "Exchange differences"

    company = models.ForeignKey(Company, models.PROTECT, related_name="entry_lines")
    source = models.CharField(max_length=10, choices=Source)
    source_id = models.BigIntegerField()
    account = models.CharField(max_length=10, choices=Account)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="entry_lines")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    posted_on = models.DateField()
    recorded_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id", "account"], name="entry_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"
