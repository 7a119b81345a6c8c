"""Closing the books: locks with their history, and journals handed to the general ledger."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.entries import EntryLine
from dunwell.models.payments import Allocation


class PeriodLock(models.Model):
    """Nothing may be booked up to and including `until_on`; rows are added, the newest rules.

    An unlock is a row with an earlier day (or none: empty), asked for by one person and put
    into force by a second.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Unlock asked for")
        IN_FORCE = "in_force", _("In force")
        REFUSED = "refused", _("Unlock refused")

    company = models.ForeignKey(Company, models.PROTECT, related_name="period_locks")
    until_on = models.DateField(null=True)
    status = models.CharField(max_length=8, choices=Status)
    reason = models.CharField(max_length=300)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(status="asked"), name="period_lock_one_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"locked until {self.until_on}"


class Journal(models.Model):
    """Entry lines handed to the general ledger once: balanced, numbered, acknowledged."""

    class Status(models.TextChoices):
        MADE = "made", _("To be taken over")
        ACKNOWLEDGED = "acknowledged", _("Taken over")

    company = models.ForeignKey(Company, models.PROTECT, related_name="journals")
    number = models.PositiveIntegerField()
    until_on = models.DateField()
    lines = models.BigIntegerField()
    totals = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status, default=Status.MADE)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="journal_number"),
        ]

    def __str__(self) -> str:
        return f"journal {self.number}"


class JournalLine(models.Model):
    """One line of a journal, each entry line in one journal only. Never changed.

    `home_minor` is the value in the company's currency at the rates of the day, frozen here. A
    line without an entry line is the realised exchange difference of an allocation: home
    currency only, `amount_minor` 0.
    """

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="rows")
    place = models.PositiveIntegerField()
    line = models.OneToOneField(EntryLine, models.PROTECT, null=True, related_name="journal_line")
    allocation = models.OneToOneField(
        Allocation, models.PROTECT, null=True, related_name="journal_line"
    )
    account = models.CharField(max_length=10, choices=EntryLine.Account)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="journal_lines")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    home_minor = models.BigIntegerField()
    posted_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "place"], name="journal_line_place"),
        ]

    def __str__(self) -> str:
        return f"{self.journal_id}/{self.place}"
