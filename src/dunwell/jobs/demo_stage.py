"""Where the scenes of the demo play: the company, its day, and who acts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dunwell.actions.gate import Actor, staff
from dunwell.models import Company, User

RECENT_DAYS = 60


@dataclass(kw_only=True, slots=True)
class Stage:
    """The company, its day, and who acts."""

    company: Company
    as_of: date
    at: datetime

    @property
    def recent_on(self) -> date:
        """Return the day from which on a record is of today's scenes, not of the year behind."""
        return self.as_of - timedelta(days=RECENT_DAYS)

    @property
    def when(self) -> dict[str, Any]:
        """Return the day and the moment as actions take them."""
        return {"as_of": self.as_of, "at": self.at}

    def actor(self, username: str) -> Actor:
        """Return a person of the demo as an actor."""
        return staff(User.objects.get(username=username), self.company)
