"""Tools over standard input and output, for a client that starts us itself."""

import asyncio
from contextvars import Context
from typing import TYPE_CHECKING, Self

from asgiref.sync import async_to_sync
from django.db import close_old_connections
from mcp import types
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage

from dunwell.mcp_server.calls import caller_of
from dunwell.mcp_server.protocol import server_for
from dunwell.mcp_server.tools import Caller

if TYPE_CHECKING:  # the SDK keeps their names to itself
    from mcp.shared._stream_protocols import ReadStream, WriteStream

CANCELLED = "notifications/cancelled"
Incoming = SessionMessage | Exception
"""A message, or why what came is none."""


def serve_stdio(token: str) -> None:
    """Serve whoever the token stands for until standard input ends; nothing else is printed.

    What was asked before it ended is answered: a program may write its requests and close.
    Raises BrokenPipeError where nobody reads the answers any more.
    """

    def identify() -> Caller | None:
        # no request begins or ends here: a connection that was cut is noticed before each call
        close_old_connections()
        return caller_of(token)

    async def serve() -> None:
        server = server_for(identify)
        async with stdio_server() as (incoming, outgoing):
            unanswered = _Unanswered()
            await server.run(
                _Incoming(incoming, unanswered),
                _Outgoing(outgoing, unanswered),
                server.create_initialization_options(),
            )

    try:
        async_to_sync(serve)()
    except BaseExceptionGroup as errors:
        if errors.split(BrokenPipeError)[1]:
            raise
        # in the groups of whoever ran beside, it would be told as a fault of ours
        raise BrokenPipeError from errors


class _Unanswered:
    """The requests that wait for their answer."""

    def __init__(self) -> None:
        self._ids: set[types.RequestId | None] = set()
        self._none = asyncio.Event()
        self._none.set()

    def read(self, item: SessionMessage | Exception) -> None:
        """Take up a request; one that is called off is not answered."""
        message = None if isinstance(item, Exception) else item.message
        if isinstance(message, types.JSONRPCRequest):
            self._ids.add(message.id)
            self._none.clear()
        elif isinstance(message, types.JSONRPCNotification) and message.method == CANCELLED:
            self._forget((message.params or {}).get("requestId"))

    def written(self, item: SessionMessage) -> None:
        """Strike out the request that a message answers."""
        if isinstance(item.message, types.JSONRPCResponse | types.JSONRPCError):
            self._forget(item.message.id)

    def _forget(self, one: types.RequestId | None) -> None:
        self._ids.discard(one)
        if not self._ids:
            self._none.set()

    async def wait(self) -> None:
        """Return when every request has its answer."""
        await self._none.wait()


class _Incoming:
    """What the client says; its end is told when what it asked is answered.

    The SDK takes the end for a lost connection, and gives up what it is at.
    """

    def __init__(self, wire: "ReadStream[Incoming]", unanswered: _Unanswered) -> None:
        self._wire, self._unanswered = wire, unanswered

    @property
    def last_context(self) -> Context | None:
        """Return what the reader of the last message had in its context."""
        return getattr(self._wire, "last_context", None)

    async def receive(self) -> Incoming:
        """Return the next message."""
        return await self._wire.receive()

    async def aclose(self) -> None:
        """Close the stream beneath."""
        await self._wire.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Incoming:
        try:
            item = await anext(self._wire)
        except StopAsyncIteration:
            await self._unanswered.wait()
            raise
        self._unanswered.read(item)
        return item

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_left_by: object) -> None:
        await self.aclose()


class _Outgoing:
    """What is said to the client."""

    def __init__(self, wire: "WriteStream[SessionMessage]", unanswered: _Unanswered) -> None:
        self._wire, self._unanswered = wire, unanswered

    async def send(self, item: SessionMessage, /) -> None:
        """Say it, and strike out what it answers."""
        await self._wire.send(item)
        self._unanswered.written(item)

    async def aclose(self) -> None:
        """Close the stream beneath."""
        await self._wire.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_left_by: object) -> None:
        await self.aclose()
