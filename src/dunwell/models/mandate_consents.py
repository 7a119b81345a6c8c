"""How a direct debit mandate was signed in the portal."""

from django.db import models

from dunwell.models.debits import Mandate


class MandateConsent(models.Model):
    """How a mandate was signed in the portal: the text, by whom, when, and from where (hashed)."""

    mandate = models.OneToOneField(Mandate, models.PROTECT, related_name="consent")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=120)
    address_hash = models.CharField(max_length=64)
    signed_on = models.DateField()
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"consent to {self.mandate_id}"
