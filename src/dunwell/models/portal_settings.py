"""What a company's portal shows, and to whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class PortalSetting(models.Model):
    """One company's choices for its portal; without a row the defaults hold.

    `version` counts the changes, so that a page saved over somebody else's is refused.
    """

    class ShowsLimit(models.TextChoices):
        NOBODY = "nobody", _("Nobody")
        PAYERS = "payers", _("Who may pay or manage")
        EVERYONE = "everyone", _("Everyone with a seat")

    company = models.OneToOneField(Company, models.CASCADE, related_name="portal_setting")
    shows_limit = models.CharField(max_length=8, choices=ShowsLimit, default=ShowsLimit.PAYERS)
    shows_orders = models.BooleanField(default=True)
    shows_interest = models.BooleanField(default=True)
    takes_statements = models.BooleanField(default=True)
    welcome = models.CharField(max_length=600, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"portal of {self.company_id}"
