"""Answers of outside ledgers over HTTP: their JSON, and which fault a status stands for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from dunwell.formats.connection_rows import OutsideError, OutsideFault

LARGEST_ANSWER = 32 * 1024 * 1024
LONGEST_WORDS = 200
OK, UNKNOWN, FORBIDDEN, GONE, TOO_MANY, SERVER_FAULT = 200, 401, 403, 404, 429, 500
BUSY = frozenset({502, 503, 504})


class Answer(Protocol):
    """What came back from one request; header names in lower case."""

    @property
    def status(self) -> int:
        """Return the status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers."""

    @property
    def body(self) -> bytes:
        """Return the body."""


class Door(Protocol):
    """How a connector reaches its host: one request, one answer. Raises OutsideError."""

    def ask(
        self, method: str, address: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Send one request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a pull is: the phase, the last id in it, and what each phase looked back to.

    `since` is the moment each phase begins at, `marks` the one the next sync begins at.
    """

    phase: int = 0
    after: str = ""
    since: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the place as a cursor."""
        return json.dumps(
            {
                "phase": self.phase,
                "after": self.after,
                "since": dict(self.since),
                "marks": dict(self.marks),
            },
            sort_keys=True,
        )


def read_place(cursor: str) -> Place:
    """Return the place of a cursor; raise OutsideError for one of another connector."""
    if not cursor:
        return Place()
    try:
        told = json.loads(cursor)
        return Place(
            phase=int(told["phase"]),
            after=str(told["after"]),
            since=dict(told["since"]),
            marks=dict(told["marks"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise OutsideError(
            OutsideFault.SCHEMA, "The place kept from the last sync is damaged; pull everything."
        ) from error


def read_json(answer: Answer, *, who: str) -> Any:
    """Return the JSON of an answer, numbers with a point as Decimal; raise OutsideError."""
    try:
        return json.loads(answer.body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise OutsideError(
            OutsideFault.VERSION,
            f"{who} answered (status {answer.status}) with no JSON; check address and version.",
        ) from error


def check_status(answer: Answer, *, who: str) -> None:
    """Raise OutsideError for a status that says the request was not done."""
    wait = answer.headers.get("retry-after", "")
    if answer.status == TOO_MANY:
        raise OutsideError(
            OutsideFault.RATE_LIMIT,
            f"{who} asks to wait: too many requests.",
            wait_seconds=float(wait) if wait.isdigit() else 0,
        )
    if answer.status in BUSY:
        raise OutsideError(
            OutsideFault.UNREACHABLE, f"{who} is not ready (status {answer.status})."
        )
    if answer.status in {UNKNOWN, FORBIDDEN}:
        raise OutsideError(
            OutsideFault.CREDENTIALS,
            f"{who} does not let us in (status {answer.status}): check user, key and rights.",
        )


def words(text: object) -> str:
    """Return what another program said, short enough to show."""
    return " ".join(str(text).split())[:LONGEST_WORDS]


def schema_fault(who: str, error: Exception) -> OutsideError:
    """Return the error for an answer that lacks what is documented."""
    return OutsideError(
        OutsideFault.SCHEMA,
        f"{who} answered otherwise than documented ({type(error).__name__}: {words(error)}); "
        "its version may have changed. Nothing of this page was taken in.",
    )
