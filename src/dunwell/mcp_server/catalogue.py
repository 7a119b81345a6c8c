"""Every tool by its name."""

from typing import Any

from dunwell.mcp_server import customers, figures, orders, proposals, worklist, writes
from dunwell.mcp_server.tools import Tool

TOOLS: dict[str, Tool[Any]] = {
    one.name: one
    for module in (customers, worklist, figures, orders, writes, proposals)
    for one in module.TOOLS
}
