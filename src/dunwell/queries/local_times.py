"""What time it is where customers are, by the zones they may be in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dunwell.engine.contact_rules.zones import plausible_zones
from dunwell.models import Company, Customer


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalTime:
    """The time where a customer is, as HH:MM: the same twice, or the span of its zones."""

    earliest: str
    latest: str

    @property
    def text(self) -> str:
        """Return the time, or the first and the last there may be."""
        same = self.earliest == self.latest
        return self.earliest if same else f"{self.earliest}\N{EN DASH}{self.latest}"


def local_times(
    company: Company, customers: Collection[int], *, at: datetime
) -> Mapping[int, LocalTime]:
    """Return the time where each customer is, as the contact rules take it: one query.

    A business without a country is taken to be in the company's.
    """
    found = Customer.objects.filter(company=company, pk__in=customers)
    told: dict[int, LocalTime] = {}
    for key, country, region, zones, party in found.values_list(
        "pk", "country", "region", "zones", "party"
    ):
        names = plausible_zones(
            country or company.country,
            region,
            zones,
            home_zone=company.zone,
            is_business=party != Customer.Party.PERSON,
        )
        clocks = sorted(at.astimezone(ZoneInfo(name)).replace(tzinfo=None) for name in names)
        told[key] = LocalTime(earliest=f"{clocks[0]:%H:%M}", latest=f"{clocks[-1]:%H:%M}")
    return told
