"""Our own legal entities, the people who work for them, and what each may do."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Company(models.Model):
    """A legal entity that sells on credit; the tenant of every other row.

    Only a demo company is anything but open: one that is being made anew, or was put away.
    """

    class Sending(models.TextChoices):
        TEST = "test", _("Test: messages go to the file outbox only")
        LIVE = "live", _("Live: messages go to the mail server")

    class Stage(models.TextChoices):
        OPEN = "open", _("Open")
        MAKING = "making", _("Being made")
        RETIRED = "retired", _("Put away")

    MOVES = {
        Stage.OPEN: {Stage.RETIRED},
        Stage.MAKING: {Stage.OPEN, Stage.RETIRED},
        Stage.RETIRED: set(),
    }
    """Every allowed change of stage; actions refuse the rest."""

    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=40, default="UTC")
    country = models.CharField(max_length=2, default="DE")
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=5, default="en")
    reply_to = models.EmailField(blank=True)
    pay_to = models.CharField(max_length=300, blank=True)
    sending = models.CharField(max_length=4, choices=Sending, default=Sending.TEST)
    feed_max_age_days = models.PositiveSmallIntegerField(default=5)
    large_item_minor = models.BigIntegerField(default=1_000_000)
    is_demo = models.BooleanField(default=False)
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(stage="open"), name="company_name"
            ),
            models.CheckConstraint(
                condition=Q(stage="open") | Q(is_demo=True), name="company_stage_of_demo"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in; what they may do hangs on their memberships."""

    language = models.CharField(max_length=5, blank=True)

    second_factor_vouched = False
    """Of one request: the provider that signed this session in says it asked for one."""

    def __str__(self) -> str:
        return self.username


class Role(models.TextChoices):
    """What somebody is trusted with in a company; see `actions.role_rights.ROLE_RIGHTS`."""

    ADMIN = "admin", _("Admin")
    CREDIT_MANAGER = "credit_manager", _("Credit manager")
    CREDIT_ANALYST = "credit_analyst", _("Credit analyst")
    FINANCE_DIRECTOR = "finance_director", _("Finance director")
    COLLECTOR = "collector", _("Collector")
    CLERK = "clerk", _("Cash-application clerk")
    RESOLVER = "resolver", _("Dispute resolver")
    SALES = "sales", pgettext_lazy("desk", "Sales")
    SUPPORT = "support", _("Customer support")
    READ_ONLY = "read_only", _("Read only")
    PARTNER = "partner", _("Agency partner")
    ADVISOR = "advisor", _("Advisor")
    AUDITOR = "auditor", _("Auditor")


class Membership(models.Model):
    """One role of one person in one company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.company_id}"


class SignInLink(models.Model):
    """A link that signs one person in once; only its hash is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.user_id}"
