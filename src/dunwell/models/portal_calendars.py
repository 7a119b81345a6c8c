"""Calendars of due days that a program of the debtor's reads under a secret address."""

from django.db import models
from django.db.models import Q

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.portal import PortalSeat


class PortalCalendar(models.Model):
    """A seat's calendar address; the token is computed, only its hash is kept.

    It works until it is revoked or the seat ends. A seat has one at a time.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_calendars")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_calendars")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="calendars")
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(revoked_at=None), name="portal_calendar_once"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of seat {self.seat_id}"
