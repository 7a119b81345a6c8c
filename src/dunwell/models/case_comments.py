"""What colleagues of any desk say to each other about a customer's matters; rows are added."""

from django.db import models

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class CaseComment(models.Model):
    """One remark beside a record of the customer; the customer never reads it.

    `subject` and `subject_id` name a node of the customer's case graph (hold 7, promise 12);
    both are empty where it is about the customer. Rows are added, never changed.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="case_comments")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="case_comments")
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=2000)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject="", subject_id=None)
                | ~models.Q(subject="") & models.Q(subject_id__isnull=False),
                name="case_comment_subject",
            ),
        ]
        indexes = [models.Index(fields=["customer", "at"], name="case_comment_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.text[:40]}"
