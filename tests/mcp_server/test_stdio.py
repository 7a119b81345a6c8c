"""Tools over standard input and output: the SDK's client starts the command and talks to it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from tests.api.conftest import add_token
from tests.mcp_server.desk import in_own_loop
from tests.migrated import NAME

ROOT = Path(__file__).parents[2]


def desk_at(tmp_path):
    """How the command is started in a folder of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    return StdioServerParameters(
        command=sys.executable,
        args=["-W", "ignore", "-m", "tests.mcp_server.stdio_desk"],
        cwd=str(ROOT),
        env={
            **own, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DUNWELL_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "dunwell.settings", "DUNWELL_REQUIRE_MFA": "0",
        },
    )  # fmt: skip


def test_a_client_that_starts_us_works_until_its_token_is_revoked(tmp_path):
    async def session():
        async with Client(desk_at(tmp_path)) as client:
            listed = [tool.name for tool in (await client.list_tools()).tools]
            found = await client.call_tool("find_customers", {"only_owing": True})
            row = found.structured_content["data"]["rows"][0]
            note = {"customer_id": row["id"], "kind": "note", "text": "Called by a model."}
            made = await client.call_tool("record_note", {**note, "idempotency_key": "note-0001"})
            with closing(sqlite3.connect(tmp_path / NAME)) as books, books:
                books.execute("UPDATE dunwell_apitoken SET revoked_at = created_at")
            with pytest.raises(MCPError, match="revoked"):
                await client.call_tool("find_customers", {})
            return listed, row, made

    listed, row, made = in_own_loop(session)

    assert "record_note" in listed and "propose_limit" not in listed
    assert row["name"] == "Acme Ltd" and made.structured_content["data"]["record"] == "note"
    with closing(sqlite3.connect(tmp_path / NAME)) as books:
        texts = [text for (text,) in books.execute("SELECT text FROM dunwell_note")]
        noted = books.execute(
            "SELECT data FROM dunwell_event WHERE verb = 'mcp.called'"
        ).fetchall()
    assert texts == ["Called by a model."]
    assert [json.loads(data)["outcome"] for (data,) in noted] == ["done", "done"]


def test_the_command_says_what_is_wrong_with_a_token(company, collector, tmp_path, settings):
    token = tmp_path / "token"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("mcp", token_file=token)
    token.write_text(" \n")
    with pytest.raises(CommandError, match="Give an API token"):
        call_command("mcp", token_file=token)
    token.write_text("dw_unknown")
    with pytest.raises(CommandError, match="unknown, expired, revoked"):
        call_command("mcp", token_file=token)
    settings.MCP = False
    token.write_text(add_token(collector, company).token)
    with pytest.raises(CommandError, match="DUNWELL_MCP is 0"):
        call_command("mcp", token_file=token)


def test_what_was_asked_before_the_input_ended_is_answered(tmp_path):
    """A program may write its requests and close, as a pipe of the shell does."""
    asked = [
        {"id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "pipe", "version": "1"},
        }},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "find_customers", "arguments": {}}},
        {"id": "three", "method": "tools/list", "params": {}},
        {"id": 4, "method": "resources/list", "params": {}},
        {"id": 5, "method": "tools/list", "params": {}},
        {"method": "notifications/cancelled", "params": {"requestId": 5}},
    ]  # fmt: skip
    said = [json.dumps({"jsonrpc": "2.0", **one}) for one in asked] + ["no request at all"]
    desk = desk_at(tmp_path)
    done = subprocess.run(
        [desk.command, *desk.args], cwd=desk.cwd, env=desk.env, input="\n".join(said) + "\n",
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told = {one["id"]: one for one in map(json.loads, done.stdout.splitlines())}

    rows = told[2]["result"]["structuredContent"]["data"]["rows"]
    assert [row["name"] for row in rows] == ["Acme Ltd"]
    assert "record_note" in [tool["name"] for tool in told["three"]["result"]["tools"]]
    assert told[4]["error"]["message"] == "Method not found"
    assert told.keys() - {5} == {1, 2, "three", 4}


def test_the_command_ends_in_silence_where_nobody_reads_its_answers(tmp_path):
    begin = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "p", "version": "1"},
    }
    asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin}
    desk = desk_at(tmp_path)
    out, unread = os.pipe()
    os.close(out)
    done = subprocess.run(
        [desk.command, *desk.args], cwd=desk.cwd, env=desk.env, input=f"{json.dumps(asked)}\n",
        stdout=unread, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
    )  # fmt: skip
    os.close(unread)
    assert (done.returncode, done.stderr) == (1, "")
