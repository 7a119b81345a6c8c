"""One request of the streamable HTTP transport, answered by the SDK in one go.

Each POST is whole in itself (no session, a JSON answer), so the server that serves the pages
serves the tools: a loop lives as long as one request, in the thread of that request.
"""

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from dunwell.mcp_server.protocol import server_for
from dunwell.mcp_server.tools import Caller

HEARD = ("accept", "content-type")
"""Headers that the SDK is told, with those of the protocol (`mcp-...`); not who calls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchanged:
    """The SDK's answer to one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def exchange(
    caller: Caller, *, path: str, headers: Mapping[str, str], body: bytes, most_bytes: int
) -> Exchanged:
    """Return what the SDK answers to a POST by a caller who has been identified."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
            for name, value in headers.items()
            if name.lower() in HEARD or name.lower().startswith("mcp-")
        ],
    }
    return async_to_sync(_exchange)(caller, scope, body, most_bytes)


async def _exchange(
    caller: Caller, scope: dict[str, Any], body: bytes, most_bytes: int
) -> Exchanged:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        if waiting:
            return waiting.pop()
        # the client stays until it is answered: its going away is the web server's business
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    manager = StreamableHTTPSessionManager(
        app=server_for(lambda: caller),
        json_response=True,
        stateless=True,
        max_request_body_size=most_bytes,
        # Django checks the host, `http` the origin
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    start = sent[0]
    return Exchanged(
        status=start["status"],
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]
        ),
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )
