"""The debtor's people: who may see and do what for which customer, and how they enter."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Contact, Customer
from dunwell.models.messages import Message


class PortalPerson(models.Model):
    """Somebody who signs in to the portal by an address; the same for all companies that sell.

    `email` is in lower case. `session_nonce` is part of every session: a new one signs out
    everywhere.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5, blank=True)
    session_nonce = models.CharField(max_length=32)
    last_seen_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.email


class PortalSeat(models.Model):
    """What a person may do for one customer of one company; ended, never deleted."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Looks only")
        ASKER = "asker", _("Looks and asks")
        PAYER = "payer", _("Pays and asks")
        MANAGER = "manager", _("Manages access too")

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_seats")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_seats")
    person = models.ForeignKey(PortalPerson, models.PROTECT, related_name="seats")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="portal_seats")
    role = models.CharField(max_length=7, choices=Role)
    invited_by = models.CharField(max_length=150)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    last_seen_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "person"], condition=Q(ended_on=None), name="portal_seat_once"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer"], name="portal_seat_customer"),
            models.Index(fields=["person", "ended_on"], name="portal_seat_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role} of {self.customer_id}"


class PortalLink(models.Model):
    """A link by which somebody enters, once or to look only; its token is computed, never stored.

    A sign-in link is bound to a seat and used once. A view link is bound to a customer and an
    address, opens pages to be read until it ends, and can do nothing else; `used_at` is when it
    was opened first. One of a contact ends with the contact's address.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "portal_sign_in", _("Sign in")
        VIEW = "portal_view", _("Look only")

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_links")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_links")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, null=True, related_name="links")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="portal_links")
    purpose = models.CharField(max_length=14, choices=Purpose)
    email = models.EmailField()
    is_of_contact = models.BooleanField(default=False)
    """It was made for a contact, and is dead once that contact has another address or is gone."""
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="portal_links")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="portal_view") | Q(seat__isnull=False),
                name="portal_link_of_seat",
            ),
        ]
        indexes = [models.Index(fields=["company", "customer"], name="portal_link_customer")]

    def __str__(self) -> str:
        return f"{self.purpose} link of {self.email}"


class PortalPasskey(models.Model):
    """A passkey of a person: a key pair whose public half we keep (WebAuthn)."""

    person = models.ForeignKey(PortalPerson, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.CharField(max_length=400, unique=True)
    credential = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PortalKey(models.Model):
    """A key for a program of the customer (an accounts-payable robot); only its hash is stored."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_keys")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_keys")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="keys")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    rights = models.JSONField(default=list)
    expires_on = models.DateField()
    revoked_on = models.DateField(null=True)
    last_used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "customer"], name="portal_key_customer")]

    def __str__(self) -> str:
        return self.name
