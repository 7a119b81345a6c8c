"""Cash application: what is known of payers, proposals, and the queue of exceptions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.payments import Payment


class PayerAlias(models.Model):
    """A name or an account that pays for a customer, learned from decisions or entered."""

    class Kind(models.TextChoices):
        NAME = "name", _("Name")
        ACCOUNT = "account", _("Account")

    company = models.ForeignKey(Company, models.CASCADE, related_name="payer_aliases")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="payer_aliases")
    kind = models.CharField(max_length=7, choices=Kind)
    text = models.CharField(max_length=200)
    source = models.CharField(max_length=10, default="learned")
    times = models.PositiveIntegerField(default=1)
    last_on = models.DateField()
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "text", "customer"], name="payer_alias_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} pays for {self.customer_id}"


class PayerRelation(models.Model):
    """Somebody who pays for a customer: parent, factor, agent, or a netting agreement."""

    class Kind(models.TextChoices):
        PARENT = "parent", _("Parent company")
        FACTOR = "factor", _("Factor")
        AGENT = "agent", _("Paying agent")
        NETTING = "netting", _("Netting with what we owe")

    company = models.ForeignKey(Company, models.CASCADE, related_name="payer_relations")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="payer_relations")
    kind = models.CharField(max_length=7, choices=Kind)
    payer = models.CharField(max_length=200, blank=True)
    payer_customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, related_name="pays_for"
    )
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # two, since SQLite tells empty keys apart
            models.UniqueConstraint(
                fields=["company", "customer", "kind", "payer"],
                condition=models.Q(payer_customer__isnull=True),
                name="named_payer_once",
            ),
            models.UniqueConstraint(
                fields=["company", "customer", "kind", "payer", "payer_customer"],
                condition=models.Q(payer_customer__isnull=False),
                name="customer_payer_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer or self.payer_customer_id} {self.kind} of {self.customer_id}"


class MatchCase(models.Model):
    """What cash application made of one payment: posted by itself, or a person must look.

    `tier`, `confidence_ppm` and `evidence` are those of the best proposal when the case was
    opened; `seconds` is the time people spent on it.
    """

    class Status(models.TextChoices):
        EXCEPTION = "exception", _("To be decided")
        HELD = "held", _("Held")
        POSTED = "posted", _("Posted by itself")
        DECIDED = "decided", _("Decided by a person")
        PARKED = "parked", _("Left on account")

    MOVES = {
        Status.EXCEPTION: {Status.HELD, Status.POSTED, Status.DECIDED, Status.PARKED},
        Status.HELD: {Status.EXCEPTION, Status.DECIDED, Status.PARKED},
        Status.POSTED: {Status.EXCEPTION},
        Status.DECIDED: {Status.EXCEPTION},
        Status.PARKED: {Status.EXCEPTION, Status.DECIDED, Status.POSTED, Status.HELD},
    }
    """Every allowed change of status; actions refuse the rest. Undo leads back to EXCEPTION."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="match_cases")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="match_case")
    status = models.CharField(max_length=9, choices=Status)
    reason = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=500, blank=True)
    escalate_to = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=60, blank=True)
    confidence_ppm = models.PositiveIntegerField(default=0)
    evidence = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    seconds = models.PositiveIntegerField(default=0)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    matched_on = models.DateField()
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "status", "id"], name="match_case_status")]

    def __str__(self) -> str:
        return f"{self.status} {self.payment_id}"


class MatchProposal(models.Model):
    """One way to read a payment; rank 1 is the best. Replaced when the payment is matched anew.

    `allocations`: [[item id, minor units of the item]], `shortfalls`: [{item_id, kind,
    amount_minor, ...}], `evidence`: the cell its confidence was measured for.
    """

    case = models.ForeignKey(MatchCase, models.CASCADE, related_name="proposals")
    rank = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=60)
    confidence_ppm = models.PositiveIntegerField()
    evidence = models.JSONField(default=list)
    allocations = models.JSONField(default=list)
    shortfalls = models.JSONField(default=list)
    left_minor = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "rank"], name="match_proposal_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. of {self.case_id}"


class MatchOutcome(models.Model):
    """A judged reading: the evidence of the best proposal, and whether it was right.

    Posted readings are right until somebody takes them back; decided ones are right when the
    person chose exactly them. Counted per evidence cell, they are the company's own precision.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="match_outcomes")
    case = models.ForeignKey(MatchCase, models.PROTECT, related_name="outcomes")
    tier = models.CharField(max_length=60)
    evidence = models.JSONField(default=list)
    was_auto = models.BooleanField()
    is_right = models.BooleanField()
    is_current = models.BooleanField(default=True)
    judged_on = models.DateField()
    judged_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(is_current=True), name="match_outcome_current"
            ),
        ]
        indexes = [models.Index(fields=["company", "judged_on"], name="match_outcome_day")]

    def __str__(self) -> str:
        return f"{self.tier} {'right' if self.is_right else 'wrong'}"


class CaseView(models.Model):
    """Who is looking at a case since when: warns a second clerk and measures the time spent."""

    case = models.ForeignKey(MatchCase, models.CASCADE, related_name="views")
    user = models.ForeignKey(User, models.CASCADE, related_name="case_views")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="case_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} looks at {self.case_id}"
