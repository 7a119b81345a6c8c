"""Tools over standard input and output, for a client that starts us itself."""

from asgiref.sync import async_to_sync
from django.db import close_old_connections
from mcp.server.stdio import stdio_server

from dunwell.mcp_server.calls import caller_of
from dunwell.mcp_server.protocol import server_for
from dunwell.mcp_server.tools import Caller


def serve_stdio(token: str) -> None:
    """Serve whoever the token stands for until standard input ends; nothing else is printed."""

    def identify() -> Caller | None:
        # no request begins or ends here: a connection that was cut is noticed before each call
        close_old_connections()
        return caller_of(token)

    async def serve() -> None:
        server = server_for(identify)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    async_to_sync(serve)()
