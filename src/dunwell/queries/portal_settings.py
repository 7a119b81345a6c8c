"""What a company's portal shows: its saved choices, or the defaults."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dunwell.models import Company, PortalSeat, PortalSetting
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalChoices:
    """The choices in force; `version` is 0 where nothing was saved yet."""

    version: int
    shows_limit: str
    shows_orders: bool
    shows_interest: bool
    takes_statements: bool
    welcome: str
    changed_by: str
    changed_at: datetime | None

    def shows_limit_to(self, role: str) -> bool:
        """Return whether a seat of a role sees the credit limit; an empty role is a view link."""
        if self.shows_limit == PortalSetting.ShowsLimit.EVERYONE:
            return bool(role)
        payers = {PortalSeat.Role.PAYER, PortalSeat.Role.MANAGER}
        return self.shows_limit == PortalSetting.ShowsLimit.PAYERS and role in payers


def portal_choices(company: Company) -> PortalChoices:
    """Return what the company's portal shows; one query."""
    found = next(iter(_saved(company.pk)), None)
    held = found or PortalSetting(company=company)
    return PortalChoices(
        version=found.version if found else 0,
        shows_limit=held.shows_limit,
        shows_orders=held.shows_orders,
        shows_interest=held.shows_interest,
        takes_statements=held.takes_statements,
        welcome=held.welcome,
        changed_by=held.changed_by,
        changed_at=held.changed_at,
    )


@prepared
def _saved(company_id: int) -> QuerySet[PortalSetting]:
    return PortalSetting.objects.filter(company=company_id).order_by("pk")[:1]
