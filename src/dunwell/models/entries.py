"""The double-entry side of the ledger: two balanced lines for every ledger row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class EntryLine(models.Model):
    """One line of a posting; the lines of one (source, source_id) sum to 0."""

    class Source(models.TextChoices):
        ITEM = "item", _("Item")
        PAYMENT = "payment", _("Payment")
        ALLOCATION = "allocation", _("Allocation")
        PAYOUT = "payout", _("Payout of a payment provider")
        PROVISION = "provision", _("Provision run")
        REVERSAL = "reversal", _("Reversal of a provision run")
        FINANCING = "financing", _("Financing of receivables")

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", _("Receivables control")
        UNAPPLIED = "unapplied", _("Unapplied cash")
        BANK = "bank", _("Bank")
        SALES = "sales", _("Sales")
        OPENING = "opening", _("Opening balances")
        CHARGES = "charges", _("Fees and interest")
        NETTING = "netting", _("Credit netting")
        REFUNDS = "refunds", _("Refunds to be paid out")
        OFFSET = "offset", _("Offset with what we owe")
        WRITE_OFF = "write_off", _("Write-offs and small balances")
        DISCOUNT = "discount", _("Discounts granted")
        FX = "fx", _("Exchange differences")
        CONCESSION = "concession", _("Concessions granted")
        RECOVERY = "recovery", _("Recoveries of bad debts")
        COMMISSION = "commission", _("Commission of agencies")
        PROVIDER = "provider", _("Money with payment providers")
        FEES = "fees", _("Fees of payment providers")
        ALLOWANCE = "allowance", _("Allowance for expected losses")
        IMPAIRMENT = "impairment", _("Expected losses charged")
        LOAN = "loan", _("Owed to lenders on receivables")
        FINANCE = "finance", _("Costs of financing receivables")

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
            # an allocation across currencies has an exchange line in each of the two
            models.UniqueConstraint(
                fields=["source", "source_id", "account", "currency"], name="entry_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"
