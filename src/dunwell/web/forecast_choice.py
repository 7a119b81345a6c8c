"""What the pages of the forecast are asked for: kind, scope, currency, the day they speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.dateparse import parse_date

from dunwell.models import CashPeriod

TOGETHER = "all"
"""In place of a currency: all of them in the company's own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of period, a scope, and a currency or TOGETHER."""

    kind: str
    scope: str
    currency: str

    @property
    def query(self) -> str:
        """The choice as it stands in an address."""
        return f"kind={self.kind}&scope={self.scope}&currency={self.currency}"


def choice_of(
    request: HttpRequest, currencies: Sequence[str], home: str, *, scope: str = "known"
) -> Choice:
    """Return what is asked for; what makes no sense is what stands there first."""
    kind, asked = request.GET.get("kind", ""), request.GET.get("scope", "")
    code = request.GET.get("currency", "")
    first = home if home in currencies or not currencies else currencies[0]
    return Choice(
        kind=kind if kind in CashPeriod.Kind.values else CashPeriod.Kind.WEEK.value,
        scope=asked if asked in CashPeriod.Scope.values else scope,
        currency=code if code in currencies or code == TOGETHER else first,
    )


def day_asked(request: HttpRequest, today: date) -> date:
    """Return the day an outlook is asked of, never later than today."""
    try:
        asked = parse_date(request.GET.get("as_of", ""))
    except ValueError:
        asked = None
    return min(asked or today, today)
