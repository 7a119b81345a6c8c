"""Key pairs for which a SAML provider encrypts: the newest is published, older ones still open."""

from django.db import models

from dunwell.models.sealed import SealedTextField


class SamlKey(models.Model):
    """A key pair; the private half lies sealed, the public one stands in our metadata."""

    private_key = SealedTextField()
    certificate = models.TextField()
    """Base64 of it, as metadata have it."""
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    """From then on a newer one was published."""

    def __str__(self) -> str:
        return f"key of {self.made_at}"
