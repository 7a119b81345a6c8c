"""The Model Context Protocol, by the official SDK: which tools there are, and calls of them.

The SDK is asynchronous and the ledger is not: every call is carried out in the thread that asked.
"""

import json
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from dunwell import __version__
from dunwell.actions.gate import Forbidden
from dunwell.mcp_server.calls import Reply, carry_out, tools_for
from dunwell.mcp_server.catalogue import TOOLS
from dunwell.mcp_server.tools import NOTICE, Caller, Tool

INSTRUCTIONS = (
    "Credit and collections of one company. Amounts are whole minor units beside their currency, "
    "days are YYYY-MM-DD, shares are parts per million. Lists go on with `cursor`. Writes take an "
    "idempotency_key. What lies beyond the caller's authority becomes a request that a person "
    f"decides on. {NOTICE}"
)

UNAUTHORISED = "This token is unknown, expired, revoked or without rights."


def server_for(identify: Callable[[], Caller | None]) -> Server[Any]:
    """Return a server that asks who calls before each answer, for a token may end meanwhile."""

    def told_tools() -> list[types.Tool]:
        return [_shown(one) for one in tools_for(_identified(identify).actor)]

    def answer(params: types.CallToolRequestParams) -> types.CallToolResult:
        reply = carry_out(_identified(identify), params.name, dict(params.arguments or {}))
        return _result(reply)

    async def list_tools(
        _context: object, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=await sync_to_async(told_tools)())

    async def call_tool(
        _context: object, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        return await sync_to_async(answer)(params)

    return Server(
        "dunwell",
        version=__version__,
        title="Dunwell",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=_input_schema,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _identified(identify: Callable[[], Caller | None]) -> Caller:
    try:
        caller = identify()
    except Forbidden as refusal:
        raise MCPError(types.INVALID_REQUEST, str(refusal)) from refusal
    if caller is None:
        raise MCPError(types.INVALID_REQUEST, UNAUTHORISED)
    return caller


def _input_schema(name: str) -> dict[str, Any] | None:
    tool = TOOLS.get(name)
    return None if tool is None else tool.input_schema


def _shown(tool: Tool[Any]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=not tool.is_write,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _result(reply: Reply) -> types.CallToolResult:
    """Return a reply with its content twice: as values, and as text for clients that read that."""
    text = json.dumps(reply.content, ensure_ascii=False)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=reply.content,
        is_error=reply.is_error,
    )
