"""One connection to a desk: signs in, sends, tries again where that is safe, reads the answer."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.filepost import encode_multipart_formdata
from urllib3.util import Retry, Timeout

from dunwell_client.errors import Unreachable, error_of

PATH = "/api/v1"
AGENT = "dunwell-client/1"
AGAIN = (429, 502, 503, 504)
"""Answers after which the same request is sent again; a desk that says 429 did nothing."""

Files = Sequence[tuple[str, bytes]]
"""Names and contents of files."""


class Connection:
    """Sends requests to one desk under one token; may be shared by threads."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        timeout_seconds: float,
        tries: int,
        patience_seconds: int,
    ) -> None:
        """Keep the address; raise ValueError where the token would travel unprotected."""
        parts = urlsplit(address)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ValueError(f"{address!r} is no address; write https://desk.example.")
        if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError(f"{address} is not https: the token would travel unprotected.")
        self.root = address.rstrip("/").removesuffix(PATH) + PATH
        self._token = token
        self._tries, self._patience = tries, patience_seconds
        self._pool = urllib3.PoolManager(
            timeout=Timeout(total=None, connect=timeout_seconds, read=timeout_seconds)
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        files: Mapping[str, Files] | None = None,
        takes_key: bool = False,
        key: str | None = None,
    ) -> Any:
        """Return the answer: JSON as plain values, anything else as bytes.

        A write that takes a key gets one that is new where none is given, and the same one in
        every try. Raises DunwellError.
        """
        headers = {"Authorization": f"Bearer {self._token}", "User-Agent": AGENT}
        sent: bytes | None = None
        if files is not None:
            fields = [(name, one) for name, group in files.items() for one in group]
            sent, headers["Content-Type"] = encode_multipart_formdata(fields)
        elif body is not None:
            sent, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if takes_key:
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        asked = _query(query or {})
        where = f"{method} {path}"
        is_safe = method == "GET" or takes_key
        try:
            answer = self._pool.request(
                method,
                f"{self.root}{path}{asked}",
                body=sent,
                headers=headers,
                redirect=False,
                retries=self._retry(is_safe=is_safe),
            )
        except HTTPError as error:
            raise Unreachable(f"{error}.", where=where) from error
        if answer.status >= 300:  # noqa: PLR2004
            raise error_of(answer.status, answer.headers, answer.data, where=where)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        return json.loads(answer.data) if kind == "application/json" else answer.data

    def _retry(self, *, is_safe: bool) -> Retry:
        """Return how often to try: a write without a key only where it surely did nothing."""
        again = self._tries - 1
        return Retry(
            total=again,
            connect=again,
            read=again if is_safe else 0,
            redirect=False,
            other=0,
            status=again,
            allowed_methods=None,
            status_forcelist=AGAIN if is_safe else AGAIN[:1],
            backoff_factor=0.5,
            backoff_jitter=0.5,
            backoff_max=self._patience,
            retry_after_max=self._patience,
            raise_on_status=False,
        )


def path_part(value: object) -> str:
    """Return a value as it stands in an address."""
    return quote(str(value), safe="")


def _query(values: Mapping[str, Any]) -> str:
    told = {
        name: [_text(one) for one in (value if isinstance(value, list | tuple) else [value])]
        for name, value in values.items()
        if value is not None
    }
    return f"?{urlencode(told, doseq=True)}" if told else ""


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
