"""What was said: call results and notes on a customer. Rows are added, never changed."""

from django.db import models

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class Note(models.Model):
    """A call result or a remark; with the reason for non-payment when one was given."""

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        NOTE = "note", "Note"
        EMAIL = "email", "E-mail"
        VISIT = "visit", "Visit"

    class Result(models.TextChoices):
        NONE = "", "-"
        REACHED = "reached", "Reached"
        NO_ANSWER = "no_answer", "No answer"
        LEFT_MESSAGE = "left_message", "Left a message"
        CALL_BACK = "call_back", "Will call back"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        REFUSES = "refuses", "Refuses to pay"
        SAYS_PAID = "says_paid", "Says it is paid"

    class Why(models.TextChoices):
        NONE = "", "-"
        CASH = "cash", "No cash now"
        NOT_RECEIVED = "not_received", "Invoice not received"
        NOT_APPROVED = "not_approved", "Waits for approval"
        DISPUTE = "dispute", "Something is wrong with it"
        PROCESS = "process", "Their payment run comes later"
        WAITING_CREDIT = "waiting_credit", "Waits for a credit note"
        INSOLVENT = "insolvent", "Cannot pay any more"

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
