"""Mails that let the debtor's people in: who asked for one, the code it brings, the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.portal import PortalLink, PortalSeat


class PortalKnock(models.Model):
    """An address somebody typed at the door, kept until it is answered by mail, or not at all.

    The door writes one whoever it is, so that its answer and its time tell nothing.
    """

    email = models.EmailField()
    site = models.CharField(max_length=200, blank=True)
    """Where the door was: it begins the link where DUNWELL_SITE is not set."""
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email


class PortalCode(models.Model):
    """A code of six digits sent to a person as the second factor; computed, never stored."""

    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="codes")
    nonce = models.CharField(max_length=32)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["seat", "recorded_at"], name="portal_code_seat")]

    def __str__(self) -> str:
        return f"code of {self.seat_id}"


class PortalMail(models.Model):
    """A mail about access to the portal: an invitation, a link, a code, a notice of a change.

    No contact of ours with the customer, so no contact rule holds it back. `[[link]]` and
    `[[code]]` in the body are put in when it is handed over: nothing stored opens anything.
    """

    class Kind(models.TextChoices):
        INVITE = "invite", _("Invitation")
        SIGN_IN = "sign_in", _("Sign-in link")
        CODE = "code", _("Code")
        VIEW = "view", _("Link to look")
        NOTICE = "notice", _("Notice of a change of access")

    class Status(models.TextChoices):
        READY = "ready", _("Ready to send")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed, will be tried again")
        DEAD = "dead", _("Given up")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.READY: {Status.CLAIMED, Status.CANCELLED},
        Status.CLAIMED: {Status.SENT, Status.FAILED, Status.DEAD, Status.READY},
        Status.FAILED: {Status.CLAIMED, Status.CANCELLED},
        Status.SENT: set(),
        Status.DEAD: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_mails")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_mails")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, null=True, related_name="mails")
    link = models.ForeignKey(PortalLink, models.PROTECT, null=True, related_name="mails")
    code = models.ForeignKey(PortalCode, models.PROTECT, null=True, related_name="mails")
    site = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=7, choices=Kind)
    status = models.CharField(max_length=9, choices=Status, default=Status.READY)
    language = models.CharField(max_length=5)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "status", "id"], name="portal_mail_status")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
