"""What can go wrong: each error says what happened, where, and what to do."""

import json
from collections.abc import Mapping
from typing import Any


class DunwellError(Exception):
    """A call that was not carried out.

    `what` is the desk's sentence, `where` the call (and the fields), `to_do` what helps,
    `status` the HTTP status (0 where nothing answered).
    """

    to_do = "Read what the desk says."

    def __init__(self, what: str, *, where: str, status: int = 0, to_do: str = "") -> None:
        self.what, self.where, self.status = what, where, status
        self.to_do = to_do or type(self).to_do
        super().__init__(f"{where}: {what} {self.to_do}")


class BadRequest(DunwellError):
    """400: the request cannot be read, or its cursor belongs to another list."""

    to_do = "Begin the list anew without a cursor, or correct the request."


class NotSignedIn(DunwellError):
    """401: no token, or one that is unknown, expired or revoked."""

    to_do = "Make a new token under Settings, API tokens."


class Forbidden(DunwellError):
    """403: the token lacks a right; the sentence names it."""

    to_do = "Give the token the right, or use one that has it."


class NotFound(DunwellError):
    """404: there is no such record in the token's company."""

    to_do = "Check the key, and that the token is one of the record's company."


class Conflict(DunwellError):
    """409: the key was used for another request, or somebody changed the record meanwhile."""

    to_do = "Take a new idempotency key for a new change, or read the record anew."


class TooLarge(DunwellError):
    """413: more than the desk takes, or gives out in one file."""

    to_do = "Send or ask for less at once."


class Refused(DunwellError):
    """422: a rule of the business says no; the sentence is written for a person."""

    to_do = "Correct the request; the same idempotency key may be used again."


class Invalid(Refused):
    """422: fields do not fit. `fields` says what is wrong by the place in the request."""

    def __init__(self, problems: list[Mapping[str, Any]], *, where: str, status: int) -> None:
        self.fields = {
            ".".join(str(part) for part in one.get("loc", ())): str(one.get("msg", ""))
            for one in problems
        }
        told = "; ".join(f"{place}: {wrong}" for place, wrong in self.fields.items())
        super().__init__(f"{told}.", where=where, status=status)


class TooManyRequests(DunwellError):
    """429, and the tries were used up; `retry_after_seconds` says when the next is taken."""

    def __init__(self, what: str, *, where: str, status: int, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        to_do = f"Send the same again in {retry_after_seconds} seconds."
        super().__init__(what, where=where, status=status, to_do=to_do)


class ServerFailed(DunwellError):
    """5xx: the desk failed. A write under an idempotency key can be sent again under it."""

    to_do = "Send the same again under the same idempotency key; tell the operator if it lasts."


class Unreachable(DunwellError):
    """Nothing answered. Whether a write arrived is not known: send it under the same key."""

    to_do = "Check the address; send the same again under the same idempotency key."


_BY_STATUS: dict[int, type[DunwellError]] = {
    400: BadRequest,
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Refused,
}


def error_of(status: int, headers: Mapping[str, str], body: bytes, *, where: str) -> DunwellError:
    """Return the error that an answer of 400 or more stands for."""
    detail = _detail(body)
    if status == 422 and isinstance(detail, list):  # noqa: PLR2004
        return Invalid(detail, where=where, status=status)
    what = detail if isinstance(detail, str) else json.dumps(detail)
    if status == 429:  # noqa: PLR2004
        wait = headers.get("Retry-After", "")
        seconds = int(wait) if wait.isdigit() else 1
        return TooManyRequests(what, where=where, status=status, retry_after_seconds=seconds)
    kind = _BY_STATUS.get(status, ServerFailed if status >= 500 else DunwellError)  # noqa: PLR2004
    return kind(what, where=where, status=status)


def _detail(body: bytes) -> Any:
    """Return what the desk says, or the beginning of what a proxy before it says."""
    try:
        told = json.loads(body)
    except ValueError:
        return body[:500].decode("utf-8", "replace") or "There is no text with this answer."
    return told.get("detail", told) if isinstance(told, dict) else told
