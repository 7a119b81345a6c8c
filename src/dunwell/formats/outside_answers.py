"""Answers of outside ledgers over HTTP: their JSON, and which fault a status stands for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from dunwell.formats.connection_rows import OutsideError, OutsideFault, Pulled

T = TypeVar("T")
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

    def then(self, page: Pulled, *, phases: int, after: str = "") -> Pulled:
        """Return a page with the cursor of the next one.

        It begins behind `after` where the phase has more, else at the next phase; behind the last
        of so many phases is what comes later.
        """
        if after:
            return replace(page, cursor=replace(self, after=after).text())
        if self.phase + 1 < phases:
            return replace(page, cursor=replace(self, phase=self.phase + 1, after="").text())
        return replace(page, cursor=Place(since=self.marks).text(), is_last=True)


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


def only_company(named: Sequence[tuple[str, T]], wanted: str, *, who: str) -> T:
    """Return the company of that name, or without one the only one there is.

    `who` has them, as in "Odoo; it". Raises OutsideError where none or several are left.
    """
    chosen = [company for name, company in named if wanted in {"", name}]
    if len(chosen) != 1:
        names = ", ".join(name for name, _ in named)
        raise OutsideError(OutsideFault.REFUSED, f"Name the company in {who} has {names}.")
    return chosen[0]


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
