"""`dunwell` and `python -m dunwell`: the library on files, and the server's commands."""

import os
import select
import sys
from contextlib import nullcontext
from pathlib import Path

from dunwell import cli, walls

MAKES_TABLES = {"migrate", "upgrade", "restore", "import_export"}
"""Commands that bring the tables themselves: where one is missing, the error is theirs to tell."""


def main() -> int:
    """Run what the command line says and return the exit code; 1 where nobody reads the answer."""
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        if not _is_unread():
            raise
        # what is left would be told of once more when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _is_unread() -> bool:
    """Whether it is standard output that nobody reads any more, as after `| head`."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return bool(output.poll(0))


def _run(arguments: list[str]) -> int:
    """Run a file command without Django, or hand the rest to the server's commands."""
    if not arguments or arguments[0] in {*cli.COMMANDS, "-h", "--help", "--version"}:
        return cli.main(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
    # before the settings are read: the key that keeps sessions alive is written there
    Path(os.environ.get("DUNWELL_DATA_DIR", "data")).mkdir(parents=True, exist_ok=True)
    # only here, so that the file commands work where Django is not installed
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line, get_commands  # noqa: PLC0415
    from django.db import DatabaseError  # noqa: PLC0415

    # what serves others walks no further than each request; a command is its owner's
    serves = arguments[0] in {"serve", "mcp"}
    try:
        with nullcontext() if serves else walls.everything():
            execute_from_command_line(["dunwell", *arguments])
    except ImproperlyConfigured as error:
        # a setting of the owner's, whose words say what to write
        sys.stderr.write(f"dunwell: {error}\n")
        return 1
    except DatabaseError as error:
        is_ours = get_commands().get(arguments[0]) == "dunwell"
        # loaded only once a command has failed
        from dunwell.jobs.upgrades import OUT_OF_DATE, is_out_of_date  # noqa: PLC0415

        if not is_ours or arguments[0] in MAKES_TABLES or not is_out_of_date(error):
            raise
        sys.stderr.write(f"dunwell: {OUT_OF_DATE}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
