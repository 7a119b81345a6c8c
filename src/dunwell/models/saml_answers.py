"""Answers of a SAML provider that came: none of them comes twice, whichever process hears it."""

from django.db import models


class SamlAnswer(models.Model):
    """An assertion that was used, until it has ended; of it only a hash is stored."""

    assertion_hash = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"answer until {self.ends_at}"
