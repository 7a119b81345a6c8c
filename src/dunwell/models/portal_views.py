"""What the debtor's people looked at in the portal: a row per viewer, thing and day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.portal import PortalLink, PortalSeat


class PortalView(models.Model):
    """Somebody of a customer saw a page or an item, or fetched a file, on a day of the company.

    Rows are added and never changed. Without an item it is a visit to the account itself.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("Opened in the portal")
        ITEM = "item", _("Item looked at")
        DOWNLOAD = "download", _("File fetched")

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_views")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_views")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, null=True, related_name="views")
    link = models.ForeignKey(PortalLink, models.PROTECT, null=True, related_name="views")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="portal_views")
    kind = models.CharField(max_length=8, choices=Kind)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False, link=None) | Q(seat=None, link__isnull=False),
                name="portal_view_by_one",
            ),
            models.UniqueConstraint(
                fields=["seat", "kind", "on"],
                condition=Q(seat__isnull=False, item=None),
                name="portal_view_seat_page",
            ),
            models.UniqueConstraint(
                fields=["seat", "item", "kind", "on"],
                condition=Q(seat__isnull=False, item__isnull=False),
                name="portal_view_seat_item",
            ),
            models.UniqueConstraint(
                fields=["link", "kind", "on"],
                condition=Q(link__isnull=False, item=None),
                name="portal_view_link_page",
            ),
            models.UniqueConstraint(
                fields=["link", "item", "kind", "on"],
                condition=Q(link__isnull=False, item__isnull=False),
                name="portal_view_link_item",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "on"], name="portal_view_customer"),
            models.Index(fields=["item", "kind"], name="portal_view_of_item"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id} on {self.on}"
