"""Who was called by name in a note or a comment, and whether it was seen in time."""

from django.db import models

from dunwell.models.case_comments import CaseComment
from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.notes import Note


class Mention(models.Model):
    """@name in a note, a comment: that person is told, and acknowledges until `answer_by_at`.

    Exactly one of `note` and `comment` is where it was said. Once acknowledged nothing changes.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="mentions")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="mentions")
    user = models.ForeignKey(User, models.PROTECT, related_name="mentions")
    note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="mentions")
    comment = models.ForeignKey(CaseComment, models.PROTECT, null=True, related_name="mentions")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    answer_by_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(note=None, comment__isnull=False)
                | models.Q(note__isnull=False, comment=None),
                name="mention_place",
            ),
            models.UniqueConstraint(
                fields=["note", "user"],
                condition=models.Q(note__isnull=False),
                name="mention_once_in_note",
            ),
            models.UniqueConstraint(
                fields=["comment", "user"],
                condition=models.Q(comment__isnull=False),
                name="mention_once_in_comment",
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by="")
                | models.Q(acknowledged_at__isnull=False) & ~models.Q(acknowledged_by=""),
                name="mention_acknowledged",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "user", "acknowledged_at", "id"], name="mention_waits")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} by {self.by}"
