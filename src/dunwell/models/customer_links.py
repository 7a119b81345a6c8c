"""Who belongs to whom: parents, guarantors, who receives the bill and who pays it, by dates."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class CustomerLink(models.Model):
    """From a day on, `other` is the parent, guarantor, bill-to or payer of the customer.

    `most_minor` caps what a guarantor answers for, in the company's currency; empty is no cap.
    A link is ended, never deleted or turned; a customer has one parent, bill-to and payer at a
    time, and any number of guarantors.
    """

    class Kind(models.TextChoices):
        PARENT = "parent", _("Parent")
        GUARANTOR = "guarantor", _("Guarantor")
        BILL_TO = "bill_to", _("Bill to")
        PAYER = "payer", _("Payer")

    company = models.ForeignKey(Company, models.PROTECT, related_name="customer_links")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="links")
    other = models.ForeignKey(Customer, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=9, choices=Kind)
    most_minor = models.BigIntegerField(null=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    ended_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(customer=F("other")), name="customer_link_other"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="customer_link_dates",
            ),
            models.CheckConstraint(
                condition=Q(most_minor=None) | Q(kind="guarantor", most_minor__gt=0),
                name="customer_link_most",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(until_on=None, kind__in=("parent", "bill_to", "payer")),
                name="customer_link_one",
            ),
            models.UniqueConstraint(
                fields=["customer", "other", "kind"],
                condition=Q(until_on=None),
                name="customer_link_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "kind"], name="customer_link_of"),
            models.Index(fields=["company", "other", "kind"], name="customer_link_to"),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} is {self.kind} of {self.customer_id}"
