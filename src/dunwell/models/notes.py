"""What was said: call results and notes on a customer. Rows are added, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class Note(models.Model):
    """A call result or a remark; with the reason for non-payment when one was given."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        NOTE = "note", _("Note")
        EMAIL = "email", _("E-mail")
        VISIT = "visit", _("Visit")

    class Result(models.TextChoices):
        NONE = "", _("-")
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        LEFT_MESSAGE = "left_message", _("Left a message")
        CALL_BACK = "call_back", _("Will call back")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        REFUSES = "refuses", _("Refuses to pay")
        SAYS_PAID = "says_paid", _("Says it is paid")

    class Why(models.TextChoices):
        NONE = "", _("-")
        CASH = "cash", _("No cash now")
        NOT_RECEIVED = "not_received", _("Invoice not received")
        NOT_APPROVED = "not_approved", _("Waits for approval")
        DISPUTE = "dispute", _("Something is wrong with it")
        PROCESS = "process", _("Their payment run comes later")
        WAITING_CREDIT = "waiting_credit", _("Waits for a credit note")
        INSOLVENT = "insolvent", _("Cannot pay any more")

    company = models.ForeignKey(Company, models.PROTECT, related_name="notes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind)
    result = models.CharField(max_length=14, choices=Result, blank=True)
    why = models.CharField(max_length=16, choices=Why, blank=True)
    text = models.CharField(max_length=2000, blank=True)
    next_on = models.DateField(null=True)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "at"], name="note_customer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"
