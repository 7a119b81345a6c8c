"""Files between us and the billing system: credit notes we ask for, and what it answers.

Out: CSV, XLSX or JSON, the same rows again give the same bytes. In: CSV, XLSX or JSON with the
number of the request, and either the number of the credit note or why there is none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.exports import write_csv, write_xlsx
from dunwell.formats.line_files import LineFileError, LineLayout, open_lines

MOST_LINES = 2_000
MOST_BYTES = 4 * 1024**2
COLUMNS = (
    "request",
    "case",
    "customer",
    "invoice",
    "currency",
    "amount",
    "reason",
    "bill_anew",
    "requested_on",
)
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""Kinds of file and their media types."""


class RequestFileError(LineFileError):
    """An answer file that cannot be read; the message says what, where and what to do."""


LAYOUT = LineLayout(
    fields={
        "request": "request|request number|credit request|gutschriftanforderung|anforderung",
        "credit_note": "credit note|credit note number|gutschrift|gutschriftnummer|document",
        "refusal": "refusal|refused|reason|refusal reason|ablehnung|grund",
    },
    needed={"request": "request"},
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=RequestFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestLine:
    """A credit note that is asked for; `amount_minor` > 0 in minor units."""

    number: str
    case: str
    customer: str
    item: str
    currency: str
    amount_minor: int
    reason: str
    is_rebilled: bool
    requested_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """What billing says to a request: a credit note, a refusal, or neither yet."""

    row: int
    request: str
    credit_note: str = ""
    refusal: str = ""


def write_requests(lines: Sequence[RequestLine], kind: str) -> bytes:
    """Return a file of requests; the kinds are those of KINDS, KeyError for another."""
    rows = [
        (
            one.number,
            one.case,
            one.customer,
            one.item,
            one.currency,
            from_minor(one.amount_minor, one.currency),
            one.reason,
            "yes" if one.is_rebilled else "no",
            one.requested_on,
        )
        for one in lines
    ]
    writers = {
        "csv": lambda: write_csv(COLUMNS, rows),
        "xlsx": lambda: write_xlsx(COLUMNS, rows, sheet="credit requests"),
        "json": lambda: _json([dict(zip(COLUMNS, row, strict=True)) for row in rows]),
    }
    return writers[kind]()


def read_answers(data: bytes, name: str) -> tuple[AnswerLine, ...]:
    """Return what an answer file says, in its order; a line with neither answer says nothing yet.

    Raises RequestFileError for a file that is none, for a request named twice, for a line with
    both a credit note and a refusal, and for one without a request.
    """
    lines = (
        _from_json(data, name) if data.lstrip()[:1] in (b"[", b"{") else _from_table(data, name)
    )
    seen: dict[str, int] = {}
    for one in lines:
        where = f"line {one.row}"
        if not one.request:
            raise RequestFileError(name, where, "the number of the request is missing.")
        if one.credit_note and one.refusal:
            raise RequestFileError(
                name, where, f"{one.request} has a credit note and a refusal; leave one empty."
            )
        if one.request in seen:
            raise RequestFileError(
                name, where, f"{one.request} stands in line {seen[one.request]} already."
            )
        seen[one.request] = one.row
    return tuple(lines)


def _from_table(data: bytes, name: str) -> list[AnswerLine]:
    table = open_lines(data, name, layout=LAYOUT)
    return [
        AnswerLine(
            row=table.row(at),
            request=table.cell("request", at).strip(),
            credit_note=table.cell("credit_note", at).strip(),
            refusal=table.cell("refusal", at).strip()[:300],
        )
        for at in range(table.height)
    ]


def _from_json(data: bytes, name: str) -> list[AnswerLine]:
    if len(data) > MOST_BYTES:
        raise RequestFileError(name, "whole file", f"it has more than {MOST_BYTES} bytes.")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RequestFileError(name, "whole file", f"it is no JSON: {error}") from error
    rows = told.get("answers") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_LINES:
        raise RequestFileError(name, "whole file", f"send a list of 1 to {MOST_LINES} answers.")
    found = []
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise RequestFileError(name, f"answer {place}", "it is no object with fields.")
        texts = {one: row.get(one) or "" for one in ("request", "credit_note", "refusal")}
        wrong = [one for one, value in texts.items() if not isinstance(value, str)]
        if wrong:
            raise RequestFileError(name, f"answer {place}", f"{wrong[0]} has to be a text.")
        found.append(
            AnswerLine(
                row=place,
                request=texts["request"].strip(),
                credit_note=texts["credit_note"].strip(),
                refusal=texts["refusal"].strip()[:300],
            )
        )
    return found


def _json(rows: Sequence[dict[str, object]]) -> bytes:
    return (json.dumps({"requests": rows}, indent=1, default=str) + "\n").encode()
