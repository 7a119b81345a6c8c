"""A bureau that is asked over HTTPS: one POST of JSON per question, one JSON object back.

Redirects are not followed, so a token never reaches another host. What is asked carries a
reference, also as Idempotency-Key, so that a repeated question is not charged twice.
"""

import http.client
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from dunwell.formats.bureau_answers import (
    BureauAnswer,
    BureauAnswerError,
    BureauBusyError,
    BureauDeniedError,
    BureauError,
    BureauRequest,
    BureauUnreachableError,
    read_bureau_answer,
)

TIMEOUT_SECONDS = 20.0
LARGEST_ANSWER = 1024 * 1024
PAUSES_SECONDS = (1.0, 4.0)
"""Waits before the second and the third try of a busy bureau."""
LONGEST_PAUSE_SECONDS = 30.0
"""A bureau that wants more patience is asked again by a later run."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OK, NOT_FOUND, TOO_MANY, SERVER_FAULT = 200, 404, 429, 500


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpBureau:
    """An address that takes a BureauRequest and answers with the fields of a BureauAnswer.

    `token` is sent as a bearer token; `pause` waits so many seconds between tries.
    """

    bureau: str
    address: str
    token: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS
    pause: Callable[[float], None] = time.sleep

    def ask(self, request: BureauRequest) -> BureauAnswer | None:
        """Return what the bureau says, None when it does not know the customer (404).

        Busy (429) and faulty (5xx) answers are tried again after a pause. Raises
        BureauUnreachableError, BureauBusyError, BureauDeniedError or BureauAnswerError.
        """
        for wait in (*PAUSES_SECONDS, None):
            status, body, told_wait = self._post(request)
            if status == OK:
                return read_bureau_answer(self._document(body), bureau=self.bureau)
            if status == NOT_FOUND:
                return None
            if status != TOO_MANY and status < SERVER_FAULT:
                raise BureauDeniedError(
                    f"{self.bureau} refused the question with status {status}; check address, "
                    "token and contract."
                )
            if wait is None or told_wait > LONGEST_PAUSE_SECONDS:
                break
            self.pause(max(wait, told_wait))
        raise BureauBusyError(f"{self.bureau} is busy or has a fault (status {status}).")

    def _post(self, request: BureauRequest) -> tuple[int, bytes, float]:
        """Send the question once; return status, body and the seconds it asks to wait."""
        connection, path = self._connection()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "Dunwell",
            "Idempotency-Key": request.reference,
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request("POST", path, json.dumps(request.document()), headers)
            answer = connection.getresponse()
            body = answer.read(LARGEST_ANSWER + 1)
            if (
                answer.length and len(body) <= LARGEST_ANSWER
            ):  # cut off: a read with a limit is silent
                raise http.client.IncompleteRead(body, answer.length)
            told_wait = _seconds(answer.headers.get("Retry-After", ""))
        except (OSError, http.client.HTTPException) as error:
            raise BureauUnreachableError(
                f"{self.bureau} could not be reached: {_reason(error)}."
            ) from error
        except ValueError as error:
            raise BureauError(
                f"{self.bureau}: the address or the token holds a sign that cannot be sent."
            ) from error
        finally:
            connection.close()
        if len(body) > LARGEST_ANSWER:
            raise BureauAnswerError(
                f"{self.bureau} answered more than {LARGEST_ANSWER:,} bytes; none of it was used."
            )
        return answer.status, body, told_wait

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        try:
            parts = urlsplit(self.address)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise BureauError(f"{self.bureau}: {self.address!r} is no address.") from error
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        if parts.scheme == "https" and host:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                host, port, timeout=self.timeout_seconds, context=context
            ), path
        if parts.scheme == "http" and host in LOOPBACK:
            return http.client.HTTPConnection(host, port, timeout=self.timeout_seconds), path
        raise BureauError(
            f"{self.bureau}: {self.address!r} must begin with https://; what is asked about a "
            "customer goes out encrypted only."
        )

    def _document(self, body: bytes) -> object:
        try:
            return json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise BureauAnswerError(f"{self.bureau} answered no JSON that can be read.") from error


def _seconds(text: str) -> float:
    """Return the seconds of a Retry-After header, 0 where it gives none (or a date)."""
    return float(text) if text.isdigit() else 0.0


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return str(error) or type(error).__name__
