"""Asking about a day gone by: what was true as of a day, as known on a day."""

from datetime import date

from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest


def past_days(request: ApiRequest, as_of: date | None, known_on: date | None) -> tuple[date, date]:
    """Return the day asked about and the day of knowledge, both today when left out.

    Raises Refused for a day that is still to come.
    """
    for day in (as_of, known_on):
        if day is not None and day > request.as_of:
            raise Refused(f"{day} is still to come; today is {request.as_of}.")
    return as_of or request.as_of, known_on or request.as_of
