"""What a program is told of an event, and the signature by which it knows that we told it.

Standard Webhooks, version 1 (headers webhook-id, webhook-timestamp, webhook-signature): the
signature is HMAC-SHA256 over "id.timestamp.body", base64, behind "v1,"; several stand in one
header, parted by a space, while a secret is changed.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with, no secret
TOLERANCE = timedelta(minutes=5)
"""How far the stated moment may lie from the receiver's clock; keeps old ones from being played
again."""

LETTER_ID = re.compile(r"evt_([0-9]{1,18})_([0-9]{1,18})", re.ASCII)


class SignatureError(ValueError):
    """What came was not signed by who should have, or at another time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookLetter:
    """One telling: the same bytes and id however often it is sent, signed anew each time."""

    id: str
    body: bytes

    def headers(self, secrets: Sequence[str], *, at: datetime) -> dict[str, str]:
        """Return the headers of a telling at a moment, signed with each of the secrets."""
        moment = str(int(at.timestamp()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "Dunwell",
            "webhook-id": self.id,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(
                signature(secret, self.id, moment, self.body) for secret in secrets
            ),
        }


def webhook_letter(
    *,
    company: str,
    company_id: int,
    seq: int,
    at: datetime,
    verb: str,
    subject: str,
    subject_id: int,
    customer_id: int | None,
    actor: str,
    data: Mapping[str, object],
) -> WebhookLetter:
    """Return the letter about one event; amounts in it are minor units beside their currency."""
    document = {
        "type": verb,
        "timestamp": at.isoformat(),
        "company": {"id": company_id, "name": company},
        "data": {
            "seq": seq,
            "subject": subject,
            "subject_id": subject_id,
            "customer_id": customer_id,
            "actor": actor,
            "details": data,
        },
    }
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return WebhookLetter(id=f"evt_{company_id}_{seq}", body=body.encode())


def read_letter_id(text: str) -> tuple[int, int]:
    """Return the company's key and the event's number of a letter's id; raise ValueError."""
    found = LETTER_ID.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no id of an event; write one such as evt_3_1841.")
    return int(found[1]), int(found[2])


def secret_text(key: bytes) -> str:
    """Return a signing key as it is handed out."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(secret: str, letter_id: str, moment: str, body: bytes) -> str:
    """Return "v1," and the signature of a body sent under an id at a moment (Unix seconds)."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    told = b".".join((letter_id.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def check_signature(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: datetime
) -> str:
    """Return the id of what came, signed with one of the secrets and not older than TOLERANCE.

    Header names in lower case. Raises SignatureError; compares in constant time.
    """
    told_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = headers.get("webhook-signature", "").split(" ")
    if not told_id or not moment.isascii() or not moment.isdigit() or len(moment) > len("9" * 12):
        raise SignatureError("webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise SignatureError("webhook-timestamp is too far from now")
    expected = [signature(secret, told_id, moment, body).encode() for secret in secrets]
    given = [one.encode("utf-8", "replace") for one in signed]
    # every pair is compared, so that time does not tell which one fitted
    fits = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(fits):
        raise SignatureError("webhook-signature does not fit")
    return told_id
