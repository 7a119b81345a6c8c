"""Work that goes from one desk to another: asked, taken on, and done or given back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer


class HandOff(models.Model):
    """One piece of work about a customer, from a person to a desk or to somebody of it.

    It is taken on until `answer_by_at`, in business hours of the protocol; nobody took it on by
    then, it is escalated. `subject` and `subject_id` name the record it is about, if one.
    """

    class Desk(models.TextChoices):
        CREDIT = "credit", pgettext_lazy("desk", "Credit")
        COLLECTIONS = "collections", _("Collections")
        CASH = "cash", _("Cash application")
        DISPUTES = "disputes", _("Disputes")
        SALES = "sales", pgettext_lazy("desk", "Sales")
        SUPPORT = "support", _("Support")

    class Status(models.TextChoices):
        ASKED = "asked", _("Not taken on")
        TAKEN = "taken", _("Taken on")
        DONE = "done", _("Done")
        GIVEN_BACK = "given_back", pgettext_lazy("work", "Given back")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        Status.ASKED: {Status.TAKEN, Status.GIVEN_BACK, Status.WITHDRAWN},
        Status.TAKEN: {Status.DONE, Status.GIVEN_BACK, Status.WITHDRAWN},
        Status.DONE: set(),
        Status.GIVEN_BACK: set(),
        Status.WITHDRAWN: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="hand_offs")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="hand_offs")
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=200)
    context = models.CharField(max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    to_desk = models.CharField(max_length=12, choices=Desk)
    to_user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="hand_offs")
    by = models.CharField(max_length=150)
    by_user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="handed_off")
    due_on = models.DateField(null=True)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    answer_by_at = models.DateTimeField()
    taken_by = models.CharField(max_length=150, blank=True)
    taken_user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="taken_on")
    taken_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=300, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "to_desk", "what"],
                condition=Q(status__in=["asked", "taken"]),
                name="hand_off_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "taken"], ended_at=None)
                | ~Q(status__in=["asked", "taken"]) & Q(ended_at__isnull=False),
                name="hand_off_ended",
            ),
            models.CheckConstraint(
                condition=Q(subject="", subject_id=None)
                | ~Q(subject="") & Q(subject_id__isnull=False),
                name="hand_off_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "answer_by_at"], name="hand_off_waits")
        ]

    def __str__(self) -> str:
        return f"{self.what} to {self.to_desk}"
