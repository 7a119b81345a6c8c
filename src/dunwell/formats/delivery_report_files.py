"""Reports of gateways for short messages and WhatsApp: what they send, as rows.

Twilio sends a form, Meta a document with `statuses`, a plain gateway JSON with `reports`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dunwell.engine.message_states import REPORTS

MOST_REPORTS = 1_000
TWILIO = {
    "delivered": "delivered",
    "read": "opened",
    "failed": "bounced",
    "undelivered": "bounced",
}
META = {"delivered": "delivered", "read": "opened", "failed": "bounced"}
SOFT_TWILIO = frozenset({"30001", "30002", "30003", "30008"})
"""Queue full, account suspended, handset off, unknown: the number may be right (Twilio's list)."""


class DeliveryReportError(ValueError):
    """A report that cannot be read; the text says what is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierReport:
    """One thing a carrier says of a message; `external_id` is the same when it is told again."""

    kind: str
    external_id: str
    provider_id: str = ""
    message_id: str = ""
    reason: str = ""
    is_hard: bool = True
    happened_at: datetime | None = None


def read_twilio_report(form: Mapping[str, str]) -> tuple[CarrierReport, ...]:
    """Return the report of a status callback; none for a status on the way (queued, sent)."""
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not sid or not status:
        raise DeliveryReportError("A status callback has MessageSid and MessageStatus.")
    kind = TWILIO.get(status)
    if kind is None:
        return ()
    code = form.get("ErrorCode", "")
    return (
        CarrierReport(
            kind=kind,
            external_id=f"{sid}:{status}",
            provider_id=sid,
            reason=f"error {code}" if code else "",
            is_hard=code not in SOFT_TWILIO,
        ),
    )


def read_meta_report(data: bytes) -> tuple[CarrierReport, ...]:
    """Return the reports of a webhook of the Cloud API of WhatsApp; messages in it are none."""
    found: list[CarrierReport] = []
    for entry in _rows(_document(data).get("entry")):
        for change in _rows(entry.get("changes")):
            value = change.get("value")
            statuses = value.get("statuses") if isinstance(value, dict) else None
            found += [report for one in _rows(statuses) if (report := _meta(one)) is not None]
    return _bounded(found)


def read_plain_report(data: bytes) -> tuple[CarrierReport, ...]:
    """Return the reports of a plain gateway.

    {"reports": [{"kind", "external_id", "message_id" or "id", "reason", "is_hard", "at"}]}
    Raises DeliveryReportError for one that is no such row.
    """
    rows = _document(data).get("reports")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DeliveryReportError("Send an object with a list named reports.")
    return _bounded([_plain(number, row) for number, row in enumerate(rows, 1)])


def _document(data: bytes) -> dict[str, object]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DeliveryReportError("The report is no JSON that can be read.") from error
    if not isinstance(told, dict):
        raise DeliveryReportError("The report is no JSON object.")
    return told


def _rows(value: object) -> list[dict[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _meta(row: Mapping[str, object]) -> CarrierReport | None:
    kind, key = META.get(_text(row, "status")), _text(row, "id")
    if kind is None or not key:
        return None
    errors = _rows(row.get("errors"))
    told = errors[0] if errors else {}
    code = told.get("code")
    reason = " ".join(filter(None, [_text(told, "title"), f"({code})" if code else ""]))
    return CarrierReport(
        kind=kind,
        external_id=f"{key}:{_text(row, 'status')}",
        provider_id=key,
        message_id=_text(row, "biz_opaque_callback_data"),
        reason=reason,
        # 131026: the number has no WhatsApp; everything else may pass
        is_hard=code == 131026,  # noqa: PLR2004  Meta's error code
        happened_at=_moment(_text(row, "timestamp")),
    )


def _plain(number: int, row: Mapping[str, object]) -> CarrierReport:
    kind, key = _text(row, "kind"), _text(row, "external_id")
    if kind not in REPORTS:
        raise DeliveryReportError(f"Report {number}: kind is one of {', '.join(REPORTS)}.")
    ours, theirs = _text(row, "message_id"), _text(row, "id")
    if not key or not (ours or theirs):
        raise DeliveryReportError(
            f"Report {number} needs external_id, and message_id (ours) or id (yours)."
        )
    told = row.get("at", "")
    try:
        happened = datetime.fromisoformat(told) if isinstance(told, str) and told else None
    except ValueError as error:
        raise DeliveryReportError(
            f"Report {number}: at is a moment such as 2026-03-05T11:00:00+00:00."
        ) from error
    if happened is not None and happened.tzinfo is None:
        happened = happened.replace(tzinfo=UTC)
    return CarrierReport(
        kind=kind,
        external_id=key,
        provider_id=theirs,
        message_id=ours,
        reason=_text(row, "reason"),
        is_hard=row.get("is_hard", True) is not False,
        happened_at=happened,
    )


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return value[:500] if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    """Return the moment of a Unix time as text, None for none that can be."""
    is_time = text.isascii() and text.isdigit() and len(text) <= 10  # noqa: PLR2004  until 2286
    return datetime.fromtimestamp(int(text), UTC) if is_time else None


def _bounded(found: list[CarrierReport]) -> tuple[CarrierReport, ...]:
    if len(found) > MOST_REPORTS:
        raise DeliveryReportError(f"Send at most {MOST_REPORTS} reports at once.")
    return tuple(found)
