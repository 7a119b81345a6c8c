"""Quizzes on the contact rules: what was asked, what was answered."""

from django.db import models
from django.db.models import Q

from dunwell.models.companies import Company, User


class QuizSitting(models.Model):
    """One person before one quiz; `questions` are those drawn, with their choices, as shown.

    `points` are 0 to 100, known once it is handed in.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="quiz_sittings")
    user = models.ForeignKey(User, models.PROTECT, related_name="quiz_sittings")
    quiz = models.CharField(max_length=30)
    pack = models.CharField(max_length=20)
    """The pack of contact rules the questions were drawn from."""
    questions = models.JSONField(default=list)
    points = models.PositiveSmallIntegerField(null=True)
    is_passed = models.BooleanField(default=False)
    began_on = models.DateField()
    began_at = models.DateTimeField()
    handed_in_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "quiz"],
                condition=Q(handed_in_on=None),
                name="quiz_one_open",
            ),
            models.CheckConstraint(
                condition=Q(handed_in_on=None, points=None, is_passed=False)
                | Q(handed_in_on__isnull=False, points__lte=100),
                name="quiz_handed_in",
            ),
        ]
        indexes = [models.Index(fields=["company", "user", "-id"], name="quiz_page")]

    def __str__(self) -> str:
        return f"{self.quiz} of {self.user_id}"


class QuizAnswer(models.Model):
    """What was chosen for one question; rows are added, never changed."""

    sitting = models.ForeignKey(QuizSitting, models.PROTECT, related_name="answers")
    company = models.ForeignKey(Company, models.PROTECT, related_name="quiz_answers")
    number = models.PositiveSmallIntegerField()
    choice = models.PositiveSmallIntegerField()
    is_right = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="quiz_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.sitting_id}"
