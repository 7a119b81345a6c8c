"""Webhooks as the desk sends them: checked by their signature, then read.

Standard Webhooks, version 1: HMAC-SHA256 over "id.timestamp.body".
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOLERANCE_SECONDS = 300
"""How far the stated moment may lie from this machine's clock."""

_LONGEST_MOMENT = 12


class SignatureError(ValueError):
    """What came was not signed by the desk, or at another time: answer 401 and forget it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookEvent:
    """One event. The same `id` may come twice: keep those you have seen."""

    id: str
    type: str
    timestamp: str
    company: Mapping[str, Any]
    data: Mapping[str, Any]


def read_webhook(
    headers: Mapping[str, str],
    body: bytes,
    secrets: str | Sequence[str],
    *,
    now: float | None = None,
) -> WebhookEvent:
    """Return the event of a request that was signed with one of the secrets (`whsec_...`).

    Give the old and the new secret while you change it. `now` is Unix seconds, the clock's
    when left out. Raises SignatureError; compares in constant time.
    """
    named = {name.lower(): value for name, value in headers.items()}
    told_id, moment = named.get("webhook-id", ""), named.get("webhook-timestamp", "")
    given = [one.encode("utf-8", "replace") for one in named.get("webhook-signature", "").split()]
    is_number = moment.isascii() and moment.isdigit() and len(moment) <= _LONGEST_MOMENT
    if not told_id or not given or not is_number:
        raise SignatureError("webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs((time.time() if now is None else now) - int(moment)) > TOLERANCE_SECONDS:
        raise SignatureError("webhook-timestamp is more than five minutes from now")
    keys = [secrets] if isinstance(secrets, str) else secrets
    expected = [_signature(key, told_id, moment, body) for key in keys]
    # every pair is compared, so that time does not tell which one fitted
    fits = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(fits):
        raise SignatureError("webhook-signature does not fit")
    told = json.loads(body)
    return WebhookEvent(
        id=told_id,
        type=told["type"],
        timestamp=told["timestamp"],
        company=told["company"],
        data=told["data"],
    )


def _signature(secret: str, told_id: str, moment: str, body: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    told = b".".join((told_id.encode(), moment.encode(), body))
    return b"v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest())
