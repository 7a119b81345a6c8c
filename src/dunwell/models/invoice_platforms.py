"""Platforms that tell us what became of our e-invoices: access points, French platforms."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class InvoicePlatform(models.Model):
    """A program that posts answers to our invoices to an address of its own, signed.

    Address and secret are computed from the nonce (`queries.link_tokens`), never kept.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="invoice_platforms")
    name = models.CharField(_("name"), max_length=80)
    nonce = models.CharField(max_length=32)
    is_active = models.BooleanField(default=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="invoice_platform_name"),
        ]

    def __str__(self) -> str:
        return self.name
