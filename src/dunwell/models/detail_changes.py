"""Changes of its details that a customer asks for and somebody of ours has to confirm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Contact, Customer
from dunwell.models.portal import PortalSeat
from dunwell.models.sealed import SealedJSONField


class DetailChange(models.Model):
    """A wish for another name, address or tax number, or another mail address of a contact.

    `before` is what stood when it was asked for, `after` what is wished; both by field. Without
    a contact it is about the customer.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waits for us")
        APPLIED = "applied", _("Done")
        DECLINED = "declined", _("Not done")

    MOVES = {
        Status.OPEN: {Status.APPLIED, Status.DECLINED},
        Status.APPLIED: set(),
        Status.DECLINED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="detail_changes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="detail_changes")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="detail_changes")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="detail_changes")
    before = SealedJSONField(default=dict)
    after = SealedJSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    by = models.CharField(max_length=150)
    asked_on = models.DateField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status="open", contact=None),
                name="detail_change_customer_once",
            ),
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(status="open", contact__isnull=False),
                name="detail_change_contact_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="detail_change_open"),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.after)} of {self.customer_id}"
