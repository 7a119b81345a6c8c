"""What the debtor's people send through the portal, and what they have seen of our answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.disputes import DisputeCase
from dunwell.models.portal import PortalSeat


class PortalRequest(models.Model):
    """One form that was sent, under the key the form was shown with; sent twice it is one.

    `subject` and `subject_id` name the record that came of it.
    """

    class Kind(models.TextChoices):
        PROMISE = "promise", _("Promise")
        PLAN = "plan", _("Plan asked for")
        SETTLEMENT = "settlement", _("Settlement asked for")
        DISPUTE = "dispute", _("Query")
        COMMENT = "comment", _("Comment on a query")
        MESSAGE = "message", _("Message")
        COMPLAINT = "complaint", _("Complaint")
        HARDSHIP = "hardship", _("In difficulty")

    company = models.ForeignKey(Company, models.PROTECT, related_name="portal_requests")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="portal_requests")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "key"], name="portal_request_once"),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "kind"], name="portal_request_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class PortalSeen(models.Model):
    """Until when somebody has seen what we said in a conversation or about a case."""

    seat = models.ForeignKey(PortalSeat, models.CASCADE, related_name="seen")
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "subject", "subject_id"], name="portal_seen_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} saw {self.subject} {self.subject_id}"


class DisputeComment(models.Model):
    """Something we and the customer say to each other about a case: what both may read of it.

    A question and a proposal of ours wait for the customer's answer; a proposal names what we
    would credit, in minor units of `currency`.
    """

    class Side(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        US = "us", _("We")

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Comment")
        QUESTION = "question", _("Question")
        PROPOSAL = "proposal", _("Proposal")

    class Answer(models.TextChoices):
        NONE = "", _("Not answered")
        ANSWERED = "answered", _("Answered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    case = models.ForeignKey(DisputeCase, models.PROTECT, related_name="comments")
    side = models.CharField(max_length=8, choices=Side)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.COMMENT)
    text = models.CharField(max_length=4000)
    credit_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="proposal", credit_minor__gte=0) & ~Q(currency="")
                | ~Q(kind="proposal") & Q(credit_minor=None, currency=""),
                name="dispute_comment_proposal",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & ~Q(answered_at=None),
                name="dispute_comment_answered",
            ),
            models.CheckConstraint(
                condition=Q(kind="comment", answer="") | Q(side="us"),
                name="dispute_comment_ours_asks",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="dispute_comment_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text[:40]}"
