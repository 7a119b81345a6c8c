"""The name that an applicant put under a credit application, and what it was put under."""

from django.db import models

from dunwell.models.credit_applications import CreditApplication


class ApplicationSignature(models.Model):
    """A typed name under an application: the statement word for word, and the paper's hash.

    `sha256` is over the application as it stood at that moment (`queries.application_papers`).
    Never changed: whoever changes the application and sends it again signs again.
    """

    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="signatures")
    signed_by = models.CharField(max_length=120)
    statement = models.TextField()
    sha256 = models.CharField(max_length=64)
    signed_on = models.DateField()
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "sha256"], name="application_signature_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signed_by} under {self.application_id}"
