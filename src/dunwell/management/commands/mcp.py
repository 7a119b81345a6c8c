"""`dunwell mcp`: tools for a model's program over standard input and output."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dunwell.actions.gate import Forbidden
from dunwell.mcp_server.calls import caller_of


class Command(BaseCommand):
    """Serve tools until standard input ends."""

    requires_system_checks = ()  # they read every page's address, and a client waits
    help = "Serve tools (Model Context Protocol) over standard input and output, as an API token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file that holds the token."""
        parser.add_argument(
            "--token-file",
            type=Path,
            help="file with an API token; else DUNWELL_MCP_TOKEN holds it",
        )

    def handle(self, **options: Any) -> None:
        """Check the token, then serve; what it may do is asked again with every call."""
        if not settings.MCP:
            raise CommandError("DUNWELL_MCP is 0: this installation has no tools.")
        token = _token(options["token_file"])
        try:
            caller = caller_of(token)
        except Forbidden as refusal:
            raise CommandError(str(refusal)) from refusal
        if caller is None:
            raise CommandError("This token is unknown, expired, revoked or without rights.")
        # the SDK takes two seconds to import; no other command should
        from dunwell.mcp_server.stdio import serve_stdio  # noqa: PLC0415

        serve_stdio(token)


def _token(path: Path | None) -> str:
    """Return the token of a file or of the environment; it is never an argument others can see."""
    if path is None:
        token = str(settings.MCP_TOKEN)
    else:
        try:
            token = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}.") from error
    if not token.strip():
        raise CommandError("Give an API token: --token-file FILE, or DUNWELL_MCP_TOKEN.")
    return token.strip()
