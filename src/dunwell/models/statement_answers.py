"""What a customer says to the lines of its statement: right, or wrong and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.disputes import DisputeCase
from dunwell.models.items import Item
from dunwell.models.portal import PortalSeat


class StatementAnswer(models.Model):
    """One person's word about one line; rows are added, the newest of a line counts.

    `line_key` names the row of the ledger as statements do (item:7, payment:3), so an answer
    holds in every statement that shows the line. `case` is the query it opened.
    """

    class Verdict(models.TextChoices):
        AGREES = "agrees", _("Agrees")
        DISAGREES = "disagrees", _("Disagrees")

    company = models.ForeignKey(Company, models.PROTECT, related_name="statement_answers")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="statement_answers")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="statement_answers")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="statement_answers")
    case = models.ForeignKey(
        DisputeCase, models.PROTECT, null=True, related_name="statement_answers"
    )
    line_key = models.CharField(max_length=60)
    line_number = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    verdict = models.CharField(max_length=9, choices=Verdict)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    answered_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="agrees") | ~Q(note=""), name="statement_answer_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "line_key", "id"], name="statement_answer_line"),
            models.Index(fields=["company", "customer", "id"], name="statement_answer_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.line_key} {self.verdict}"
