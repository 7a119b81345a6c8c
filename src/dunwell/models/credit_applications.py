"""Credit applications: what somebody asks for and sends, what was checked, and what we decided."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.sealed import SealedJSONField, SealedTextField


class CreditApplication(models.Model):
    """Somebody asks to buy on credit. `answers` are the applicant's own, by name of the field.

    Of the link that resumes it only a hash is stored; the token follows from `link_nonce` and
    the installation's secret. `waits` are the spans [from, until] in which we waited for the
    applicant (until null: still), the only time in which the clock of the decision stands.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Being filled in")
        SUBMITTED = "submitted", _("Submitted")
        SCREENING = "screening", _("Being screened")
        GATHERING = "gathering", _("Information is gathered")
        SCORED = "scored", _("Scored")
        IN_REVIEW = "in_review", _("In review")
        RECOMMENDED = "recommended", _("Recommended")
        PENDING_APPROVAL = "pending_approval", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
        CONDITIONS_MET = "conditions_met", _("Conditions met")
        ACTIVATED = "activated", _("Activated")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN, Status.EXPIRED},
        Status.SUBMITTED: {Status.SCREENING, Status.WITHDRAWN, Status.EXPIRED},
        Status.SCREENING: {Status.GATHERING, Status.WITHDRAWN, Status.EXPIRED},
        Status.GATHERING: {Status.SCORED, Status.WITHDRAWN, Status.EXPIRED},
        # decided by the policy alone, or put to a person
        Status.SCORED: {
            Status.IN_REVIEW,
            Status.APPROVED,
            Status.APPROVED_WITH_CONDITIONS,
            Status.DECLINED,
            Status.WITHDRAWN,
            Status.EXPIRED,
        },
        Status.IN_REVIEW: {Status.RECOMMENDED, Status.WITHDRAWN, Status.EXPIRED},
        Status.RECOMMENDED: {
            # a recommendation may be sent back
            Status.IN_REVIEW,
            Status.PENDING_APPROVAL,
            Status.APPROVED,
            Status.APPROVED_WITH_CONDITIONS,
            Status.DECLINED,
            Status.WITHDRAWN,
            Status.EXPIRED,
        },
        Status.PENDING_APPROVAL: {
            Status.IN_REVIEW,
            Status.APPROVED,
            Status.APPROVED_WITH_CONDITIONS,
            Status.DECLINED,
            Status.WITHDRAWN,
            Status.EXPIRED,
        },
        Status.APPROVED: {Status.ACTIVATED, Status.WITHDRAWN, Status.EXPIRED},
        Status.APPROVED_WITH_CONDITIONS: {
            Status.CONDITIONS_MET,
            Status.WITHDRAWN,
            Status.EXPIRED,
        },
        Status.CONDITIONS_MET: {Status.ACTIVATED, Status.WITHDRAWN, Status.EXPIRED},
        Status.ACTIVATED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.EXPIRED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_applications")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="credit_applications"
    )
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=24, choices=Status, default=Status.DRAFT)
    source = models.CharField(max_length=10, default="staff")
    """staff, form or api."""
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=5, default="en")
    currency = models.CharField(max_length=3)
    asked_minor = models.BigIntegerField(null=True)
    is_natural_person = models.BooleanField(default=False)
    used_consumer_report = models.BooleanField(default=False)
    """Whether a report on a person counted; then the notice names the agency (`agency`)."""
    agency = models.JSONField(default=dict)
    answers = SealedJSONField(default=dict)
    consents = models.JSONField(default=list)
    link_nonce = models.CharField(max_length=64, blank=True)
    link_hash = models.CharField(max_length=64, blank=True)
    link_until_at = models.DateTimeField(null=True)
    site = models.CharField(max_length=200, blank=True)
    """The address of this installation as the applicant reaches it, for links in mails."""
    form_key = models.CharField(max_length=64, blank=True)
    """What a form or program calls it, so that a repeated start is the same application."""
    opened_on = models.DateField()
    submitted_at = models.DateTimeField(null=True)
    complete_at = models.DateTimeField(null=True)
    complete_on = models.DateField(null=True)
    waits = models.JSONField(default=list)
    decide_by = models.DateField(null=True)
    notify_by = models.DateField(null=True)
    expires_on = models.DateField()
    policy_version = models.BigIntegerField(null=True)
    proposal = models.JSONField(default=dict)
    recommendation = models.JSONField(default=dict)
    decision = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    authority = models.JSONField(default=dict)
    limit_minor = models.BigIntegerField(null=True)
    terms_days = models.PositiveSmallIntegerField(null=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="credit_applications")
    entered_by = models.CharField(max_length=150, blank=True)
    recommended_by = models.CharField(max_length=150, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    told_on = models.DateField(null=True)
    reasons_asked_on = models.DateField(null=True)
    reasons_sent_on = models.DateField(null=True)
    contested_on = models.DateField(null=True)
    """When a natural person asked for a person to look at an automatic decision again."""
    activated_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="application_number"),
            models.UniqueConstraint(
                fields=["company", "form_key"],
                condition=~Q(form_key=""),
                name="application_form_once",
            ),
            models.UniqueConstraint(
                fields=["link_hash"], condition=~Q(link_hash=""), name="application_link_once"
            ),
            models.CheckConstraint(
                condition=Q(asked_minor=None) | Q(asked_minor__gt=0), name="application_asked"
            ),
            models.CheckConstraint(
                condition=Q(limit_minor=None) | Q(limit_minor__gte=0), name="application_limit"
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=(
                        "approved",
                        "approved_with_conditions",
                        "conditions_met",
                        "activated",
                        "declined",
                    )
                )
                | Q(decided_on__isnull=False) & ~Q(decided_by=""),
                name="application_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status="activated") | Q(customer__isnull=False),
                name="application_activated",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="application_status"),
            models.Index(fields=["company", "decide_by"], name="application_clock"),
        ]

    def __str__(self) -> str:
        return self.number


class ApplicationDocument(models.Model):
    """A file that belongs to an application: kept under its hash, its kind told by its bytes."""

    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=80)
    by = models.CharField(max_length=150, blank=True)
    removed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "sha256"],
                condition=Q(removed_at=None),
                name="application_document_once",
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0), name="application_document_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.name}"


class ApplicationReference(models.Model):
    """Somebody the applicant names: asked by mail, chased, and answering through a link."""

    class Kind(models.TextChoices):
        TRADE = "trade", _("Supplier")
        BANK = "bank", _("Bank")

    class Status(models.TextChoices):
        NAMED = "named", _("Not asked yet")
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        REFUSED = "refused", _("Does not answer")
        GIVEN_UP = "given_up", _("Given up")

    MOVES = {
        Status.NAMED: {Status.ASKED, Status.GIVEN_UP},
        Status.ASKED: {Status.ANSWERED, Status.REFUSED, Status.GIVEN_UP},
        Status.ANSWERED: set(),
        Status.REFUSED: set(),
        # an answer that comes late is better than none
        Status.GIVEN_UP: {Status.ANSWERED},
    }
    """Every allowed change of status; actions refuse the rest."""

    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="references")
    kind = models.CharField(max_length=5, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.NAMED)
    name = models.CharField(max_length=120)
    person = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = SealedTextField(max_length=40, blank=True)
    link_nonce = models.CharField(max_length=64, blank=True)
    link_hash = models.CharField(max_length=64, blank=True)
    link_until_at = models.DateTimeField(null=True)
    asked_on = models.DateField(null=True)
    chased = models.PositiveSmallIntegerField(default=0)
    chased_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    answer = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link_hash"],
                condition=~Q(link_hash=""),
                name="application_reference_link_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_on__isnull=False),
                name="application_reference_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.name}"


class ApplicationCheck(models.Model):
    """One thing that was checked about the applicant; what it found a person may have to judge."""

    class Kind(models.TextChoices):
        VAT = "vat", _("VAT number")
        REGISTRATION = "registration", _("Registration number")
        LEI = "lei", _("Legal entity identifier")
        IBAN = "iban", _("Bank account")
        EMAIL = "email", _("E-mail address")
        DUPLICATE = "duplicate", _("Known as a customer already")
        SANCTIONS = "sanctions", _("Sanction lists")

    class Outcome(models.TextChoices):
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")
        TO_REVIEW = "to_review", _("To be looked at")
        NOT_GIVEN = "not_given", _("Not given")
        NOT_POSSIBLE = "not_possible", _("Could not be checked")

    class Decision(models.TextChoices):
        CLEARED = "cleared", _("Cleared")
        CONFIRMED = "confirmed", _("Confirmed")

    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=12, choices=Kind)
    outcome = models.CharField(max_length=12, choices=Outcome)
    value = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=True)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(is_current=True),
                name="application_check_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind} {self.outcome}"


class ApplicationCondition(models.Model):
    """What an approval depends on, until it is fulfilled or given up."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("Deposit")
        GUARANTEE = "guarantee", _("Guarantee")
        INSURANCE = "insurance", _("Credit insurance")
        DOCUMENT = "document", _("Document")

    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=300, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    due_on = models.DateField()
    reminded_on = models.DateField(null=True)
    fulfilled_on = models.DateField(null=True)
    waived_on = models.DateField(null=True)
    evidence = models.CharField(max_length=300, blank=True)
    document = models.ForeignKey(
        ApplicationDocument, models.PROTECT, null=True, related_name="conditions"
    )
    by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fulfilled_on=None) | Q(waived_on=None),
                name="application_condition_one_end",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_on=None, waived_on=None) | ~Q(evidence=""),
                name="application_condition_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind}"
