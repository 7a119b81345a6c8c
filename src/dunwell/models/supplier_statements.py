"""A customer's own list of what it owes us, beside our books: what agrees and what does not."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.portal import PortalSeat


class SupplierStatement(models.Model):
    """One file from the customer's ledger of suppliers, compared with our books on a day.

    The bytes are kept under `sha256`. Our balance less the differences is theirs, in minor units;
    `stated_minor` is the balance the file itself names, where it names one. Rows are added and
    never changed: the same file on another day is compared anew.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="supplier_statements")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="supplier_statements")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="supplier_statements")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    as_of = models.DateField()
    our_minor = models.BigIntegerField()
    their_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    stated_minor = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    """How many lines there are of each outcome."""
    unread = models.JSONField(default=list)
    """Rows of the file that could not be used: row number and why."""
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "sha256", "currency", "as_of"], name="supplier_statement_once"
            ),
            models.CheckConstraint(
                condition=Q(their_minor=F("our_minor") - F("difference_minor")),
                name="supplier_statement_ties",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "id"], name="supplier_statement_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierStatementLine(models.Model):
    """A line of the comparison: what we have, what they have, and what that means."""

    class Outcome(models.TextChoices):
        AGREES = "agrees", _("Agrees")
        NOT_DUE = "not_due", _("Agrees, not due yet")
        AMOUNT_DIFFERS = "amount_differs", _("Amount differs")
        ONLY_OURS = "only_ours", _("Only in our books")
        ONLY_THEIRS = "only_theirs", _("Only in your books")
        PAID_NOT_ARRIVED = "paid_not_arrived", _("Paid by you, not arrived yet")

    DIFFERENT = (
        Outcome.AMOUNT_DIFFERS,
        Outcome.ONLY_OURS,
        Outcome.ONLY_THEIRS,
        Outcome.PAID_NOT_ARRIVED,
    )
    """Outcomes somebody has to look at."""

    statement = models.ForeignKey(SupplierStatement, models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=Outcome)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="compared_lines")
    number = models.CharField(max_length=80)
    dated_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    our_minor = models.BigIntegerField(null=True)
    their_minor = models.BigIntegerField(null=True)
    difference_minor = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "place"], name="supplier_line_place"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"
