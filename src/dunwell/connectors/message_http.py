"""A gateway for short messages or WhatsApp over HTTPS: one POST per message, one answer.

Redirects are not followed, so a secret never reaches another host.
"""

import http.client
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from dunwell.formats.hand_overs import CarrierError, HandedOver
from dunwell.formats.message_gateways import Gateway, ShortText, read_answer, write_request

TIMEOUT_SECONDS = 20.0
LARGEST_ANSWER = 256 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayLine:
    """An address that takes texts for one gateway."""

    gateway: Gateway
    address: str
    timeout_seconds: float = TIMEOUT_SECONDS

    def send(self, text: ShortText) -> HandedOver:
        """Hand one text over; raise CarrierError when it was not taken, or nobody knows.

        What is not known is tried again under the same key.
        """
        connection, path = self._connection()
        request = write_request(self.gateway, text)
        headers = {"User-Agent": "Dunwell", **request.headers}
        try:
            connection.request("POST", path, request.body, headers)
            answer = connection.getresponse()
            body = answer.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            raise CarrierError(
                f"{self.gateway.name} could not be reached: {_reason(error)}",
                permanent=False,
                of_carrier=True,
            ) from error
        except ValueError as error:
            raise CarrierError(
                f"{self.gateway.name}: address or secret holds a sign that cannot be sent",
                permanent=False,
                of_carrier=True,
            ) from error
        finally:
            connection.close()
        if len(body) > LARGEST_ANSWER:
            body = b""
        return read_answer(self.gateway, text, status=answer.status, body=body)

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        try:
            parts = urlsplit(self.address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        if parts.scheme == "https" and host:
            context = ssl.create_default_context()
            secured = http.client.HTTPSConnection(
                host, port, timeout=self.timeout_seconds, context=context
            )
            return secured, path
        if parts.scheme == "http" and host in LOOPBACK:
            return http.client.HTTPConnection(host, port, timeout=self.timeout_seconds), path
        raise CarrierError(
            f"{self.gateway.name}: {self.address!r} must begin with https://; messages to "
            "customers go out encrypted only",
            permanent=False,
            of_carrier=True,
        )


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return str(error) or type(error).__name__
