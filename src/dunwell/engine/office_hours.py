"""Hours in which a desk works: how far a moment lies ahead when only those hours count."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dunwell.engine.calendars import is_business_day, next_business_day

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficeHours:
    """From `opens` to `closes` (whole hours of the wall clock in `zone`) on business days.

    Office hours never lie across a change of the clocks, which happens at night: within a day
    wall time and elapsed time are the same.
    """

    country: str
    zone: str = "UTC"
    opens: int = 9
    closes: int = 17

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment on the office's wall."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def opening(self, on: date) -> datetime:
        """Return the moment the office opens on a day, in UTC, whether it does that day or not."""
        return self._moment(on, self.opens)

    def midnight(self, on: date) -> datetime:
        """Return the first moment of a day on the office's wall, in UTC."""
        return self._moment(on, 0)

    def after(self, moment: datetime, *, hours: int) -> datetime:
        """Return the moment, in UTC, when so many office hours have passed since a moment.

        A moment outside office hours counts as the next opening; what ends with a day ends when
        it closes, not when the next one opens.
        """
        left = timedelta(hours=hours)
        on, now = self._next_open(moment)
        while left > (room := self._moment(on, self.closes) - now):
            left -= room
            on = next_business_day(on + ONE_DAY, country=self.country)
            now = self.opening(on)
        return now + left

    def minutes_between(self, first: datetime, last: datetime) -> int:
        """Return whole office minutes from one moment to a later one, 0 where it is not later."""
        passed, on = timedelta(), self.day_of(first)
        end = self.day_of(last)
        while on <= end:
            if is_business_day(on, country=self.country):
                begin = max(first, self.opening(on))
                stop = min(last, self._moment(on, self.closes))
                passed += max(stop - begin, timedelta())
            on += ONE_DAY
        return int(passed.total_seconds()) // 60

    def _next_open(self, moment: datetime) -> tuple[date, datetime]:
        on = self.day_of(moment)
        if is_business_day(on, country=self.country) and moment < self._moment(on, self.closes):
            return on, max(moment.astimezone(UTC), self.opening(on))
        on = next_business_day(on + ONE_DAY, country=self.country)
        return on, self.opening(on)

    def _moment(self, on: date, hour: int) -> datetime:
        wall = datetime.combine(on, time(), tzinfo=ZoneInfo(self.zone)) + timedelta(hours=hour)
        return wall.astimezone(UTC)
