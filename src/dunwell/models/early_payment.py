"""Offers to take less for earlier money; the item stays due in full until such money has come."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.messages import Message
from dunwell.models.policies import PolicyVersion


class EarlyPaymentOffer(models.Model):
    """A discount on one item for payment by a day, as offered; its terms never change.

    `steps` lists [ISO day, ppm of the open amount], the nearest day first, rates falling: what is
    paid by a day earns its rate. `terms` says the same as discount terms counted from the issue
    date, which is how matching reads it. Taken and lapsed follow from the ledger and the day.
    """

    class Kind(models.TextChoices):
        TIERS = "tiers", _("Steps")
        DYNAMIC = "dynamic", _("By the day")
        BY_HAND = "by_hand", _("By hand")

    class Status(models.TextChoices):
        OPEN = "open", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        Status.OPEN: {Status.ACCEPTED, Status.WITHDRAWN},
        # what a customer accepted binds us and ends by its day alone
        Status.ACCEPTED: set(),
        Status.WITHDRAWN: set(),
    }
    """Every allowed change of status; actions refuse the rest."""
    LIVE = (Status.OPEN, Status.ACCEPTED)

    company = models.ForeignKey(Company, models.PROTECT, related_name="early_payment_offers")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="early_payment_offers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="early_payment_offers")
    programme = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=Kind)
    steps = models.JSONField(default=list)
    terms = models.CharField(max_length=1_500)
    open_minor = models.BigIntegerField()
    most_minor = models.BigIntegerField()
    """The discount of the first step: what the offer costs at most."""
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="offers")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="offers")
    offered_by = models.CharField(max_length=150)
    offered_on = models.DateField()
    until_on = models.DateField()
    pay_on = models.DateField(null=True)
    """The day an accepted offer is to be paid by, as the customer chose it."""
    accepted_by = models.CharField(max_length=150, blank=True)
    accepted_on = models.DateField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(status__in=("open", "accepted")),
                name="early_offer_one_live",
            ),
            models.CheckConstraint(
                condition=Q(open_minor__gt=0, most_minor__gt=0, most_minor__lt=F("open_minor")),
                name="early_offer_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(pay_on__isnull=False),
                name="early_offer_accepted_for_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="early_offer_status"),
            models.Index(fields=["customer", "status"], name="early_offer_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} on {self.item_id}"
