"""The ways messages leave: who carries them, how well, and addresses that get nothing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.messages import Message


class Channel(models.Model):
    """One way of a company to reach people, and how the last hand-over by it went.

    `provider` is a name of `jobs.channels`; the secret is an environment variable, never kept.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Short message")
        WHATSAPP = "whatsapp", _("WhatsApp")
        VOICE = "voice", _("Call")
        LETTER = "letter", _("Letter")
        PORTAL = "portal", _("Notice in the portal")

    company = models.ForeignKey(Company, models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=10, choices=Kind)
    provider = models.CharField(max_length=40)
    address = models.CharField(max_length=300, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    secret_name = models.CharField(max_length=80, blank=True)
    settings = models.JSONField(default=dict)
    """What else the provider needs, never a secret."""
    cost_micros = models.BigIntegerField(default=0)
    """What one message (of a letter: one sheet) costs, in millionths of `cost_currency`."""
    cost_currency = models.CharField(max_length=3, blank=True)
    nonce = models.CharField(max_length=32)
    """Of the address its provider reports to; see `queries.link_tokens`."""
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    """Hand-overs in a row that the carrier, not the address, made fail."""
    last_ok_at = models.DateTimeField(null=True)
    last_failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    rest_until = models.DateTimeField(null=True)
    """Nothing is handed over before, so that a carrier that is down is not asked for each one."""
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind"], condition=Q(is_active=True), name="channel_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.provider}"


class Suppression(models.Model):
    """An address that gets nothing by a channel, whoever it belongs to; lifted, not deleted."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("Came back for good")
        SOFT = "soft", _("Came back several times")
        COMPLAINED = "complained", _("Reported as spam")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        LEFT = "left", _("Left the company")
        BY_HAND = "by_hand", _("By hand")

    company = models.ForeignKey(Company, models.PROTECT, related_name="suppressions")
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=12, choices=Reason)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="suppressions")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="suppressions")
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "channel", "address"],
                condition=Q(lifted_at=None),
                name="suppression_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}: {self.reason}"


class DomainCheck(models.Model):
    """What the name servers said of the domain we send from, one look after another."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="domain_checks")
    domain = models.CharField(max_length=253)
    findings = models.JSONField()
    is_good = models.BooleanField()
    by = models.CharField(max_length=150)
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "checked_at"], name="domain_check_at")]

    def __str__(self) -> str:
        return f"{self.domain} at {self.checked_at}"
