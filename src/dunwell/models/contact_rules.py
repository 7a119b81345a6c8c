"""What the law and the customer say about contacts: restrictions, consents, attempts, signals."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Contact, Customer
from dunwell.models.items import Item
from dunwell.models.messages import Message
from dunwell.models.tasks import Task


class ContactRestriction(models.Model):
    """What limits how we may write or call, by a customer's or lawyer's word; lifted, not deleted.

    An empty channel or purpose means every one; without a contact it holds for all of them.
    """

    class Kind(models.TextChoices):
        OPT_OUT = "opt_out", _("Opted out")
        CEASE = "cease", _("Asked us to cease")
        ATTORNEY = "attorney", _("Represented by an attorney")
        VALIDATION = "validation", _("Debt disputed within the validation period")
        INCONVENIENT = "inconvenient", _("Inconvenient time or place")

    company = models.ForeignKey(Company, models.PROTECT, related_name="contact_restrictions")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contact_restrictions")
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, related_name="contact_restrictions"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    channel = models.CharField(max_length=10, blank=True)
    purpose = models.CharField(max_length=20, blank=True)
    minute_from = models.PositiveSmallIntegerField(null=True)
    minute_until = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    lifted_on = models.DateField(null=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "customer"], name="restriction_customer")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class Consent(models.Model):
    """A customer's yes to a channel for a purpose, and its end; rows are added, then ended."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="consents")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="consents")
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    source = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "customer"], name="consent_customer")]

    def __str__(self) -> str:
        return f"{self.channel} for {self.purpose}: {self.customer_id}"


class ContactAttempt(models.Model):
    """One try to reach a customer, by any team and means, with the verdict that allowed it."""

    class Outcome(models.TextChoices):
        CONVERSATION = "conversation", _("Conversation")
        VOICEMAIL = "voicemail", _("Left a message")
        NO_ANSWER = "no_answer", _("No answer")
        NOT_CONNECTED = "not_connected", _("Did not connect")
        WRITTEN = "written", _("Written message")
        REFUSED = "refused", _("Not made: a rule forbids it")

    company = models.ForeignKey(Company, models.PROTECT, related_name="contact_attempts")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contact_attempts")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="contact_attempts"
    )
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="contact_attempts")
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, related_name="contact_attempts"
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="contact_attempts")
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20, default="collection")
    is_inbound = models.BooleanField(default=False)
    outcome = models.CharField(max_length=14, choices=Outcome)
    verdict = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "customer", "at"], name="attempt_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.customer_id} at {self.at}"


class Signal(models.Model):
    """Something the customer did or the carrier told about a message; branches follow from it."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        VIEWED = "viewed", _("Viewed")
        REPLIED = "replied", _("Replied")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Complained")

    company = models.ForeignKey(Company, models.PROTECT, related_name="signals")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="signals")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="signals")
    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    details = models.JSONField(default=dict)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # told twice is known once
            models.UniqueConstraint(
                fields=["company", "source", "external_id"],
                condition=~Q(external_id=""),
                name="signal_once",
            ),
        ]
        indexes = [models.Index(fields=["company", "customer", "on"], name="signal_customer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"
