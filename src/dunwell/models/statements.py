"""Statements of account as issued: what was sent can be made again and proved."""

from django.db import models

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class AccountStatement(models.Model):
    """One customer's account over a span of days, as known on `known_on`.

    Its lines follow from the ledger, the span and `known_on`. `totals` holds opening, movements
    and closing per currency in minor units (`currencies`), and the newest rows there were when
    it was issued (`through`), so that one of a day still open can be made again too; `sha256` is
    the hash of its canonical JSON.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="account_statements")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="account_statements")
    number = models.CharField(max_length=40)
    from_on = models.DateField()
    to_on = models.DateField()
    known_on = models.DateField()
    language = models.CharField(max_length=5)
    totals = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="account_statement_number"),
        ]
        indexes = [models.Index(fields=["customer", "to_on"], name="account_statement_customer")]

    def __str__(self) -> str:
        return self.number
