"""What happened: the audit trail, the timeline and the outgoing webhooks in one table."""

from django.db import models

from dunwell.models.companies import Company


class Event(models.Model):
    """One fact, written in the same transaction as the change it records, chained by hash."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="events")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "seq"], name="event_seq"),
        ]
        indexes = [
            models.Index(fields=["company", "subject", "subject_id"], name="event_subject"),
            models.Index(fields=["company", "customer_id", "seq"], name="event_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"


class ChainHead(models.Model):
    """The end of a company's event chain; locked while an event is added."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="chain_head")
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.company_id}: {self.seq}"
