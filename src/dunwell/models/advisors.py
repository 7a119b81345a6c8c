"""People from outside who may look for a while: advisors and auditors, and all they saw."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, Role, User


class AdvisorAccess(models.Model):
    """Read-only access of one person to some areas of a company, from a moment to a moment.

    It counts only between `starts_at` and `ends_at`, asked on every request, and only once the
    link was used (`accepted_at`). `areas` are names of `queries.advisors.AREAS`.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="advisor_accesses")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="advisor_accesses")
    role = models.CharField(max_length=20, choices=Role)
    name = models.CharField(max_length=80)
    email = models.EmailField()
    firm = models.CharField(max_length=120, blank=True)
    areas = models.JSONField()
    reason = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    invited_by = models.CharField(max_length=150)
    token_hash = models.CharField(max_length=64, unique=True)
    link_until_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, blank=True)
    reminded_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="advisor_access_span"
            ),
            models.CheckConstraint(
                condition=Q(role__in=("advisor", "auditor")), name="advisor_access_role"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(user__isnull=False),
                name="advisor_access_accepted",
            ),
            models.UniqueConstraint(
                fields=["company", "email"],
                condition=Q(revoked_at=None, accepted_at=None),
                name="advisor_access_one_invited",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "company", "ends_at"], name="advisor_access_now"),
            models.Index(fields=["company", "ends_at"], name="advisor_access_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.name} until {self.ends_at}"


class AdvisorExtension(models.Model):
    """A longer stay that one person asked for and another decides on."""

    access = models.ForeignKey(AdvisorAccess, models.PROTECT, related_name="extensions")
    company = models.ForeignKey(Company, models.PROTECT, related_name="advisor_extensions")
    until_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=150)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["access"],
                condition=Q(is_granted=None),
                name="advisor_extension_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("asked_by")),
                name="advisor_extension_other",
            ),
        ]

    def __str__(self) -> str:
        return f"until {self.until_at} for {self.access_id}"


class AdvisorTrace(models.Model):
    """One page an advisor opened or one file it took, or was refused. Added, never changed.

    `sha256` is that of the file as it was handed over, signed.
    """

    class Kind(models.TextChoices):
        VIEW = "view", _("Page seen")
        EXPORT = "export", _("File taken")
        REFUSED = "refused", _("Refused")

    access = models.ForeignKey(AdvisorAccess, models.PROTECT, related_name="traces")
    company = models.ForeignKey(Company, models.PROTECT, related_name="advisor_traces")
    kind = models.CharField(max_length=7, choices=Kind)
    method = models.CharField(max_length=7)
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["access", "-id"], name="advisor_trace_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"
