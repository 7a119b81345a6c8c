"""Programs that call the API: their tokens, and the requests they must not repeat."""

from django.db import models

from dunwell.models.companies import Company, User


class ApiToken(models.Model):
    """A program's key to one company with some of its owner's rights; only its hash is stored."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="api_tokens")
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    rights = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """A write request already answered: the same key gets the same answer again."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
