"""`dunwell walls up|down|show`: let PostgreSQL keep the rows of companies apart, or no longer."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

POLICY = "dunwell_wall"
UP = ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY")
DOWN = ("NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY")


class Command(BaseCommand):
    """Turns row-level security on or off for every table with a policy, all or none."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Keep the rows of companies apart in PostgreSQL (row-level security)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("what", choices=("up", "down", "show"))

    def handle(self, **options: Any) -> None:
        """Put the walls up or down and say how many stand."""
        if connection.vendor != "postgresql":
            raise CommandError("Walls need PostgreSQL; SQLite has no row-level security.")
        if options["what"] == "up" and not settings.WALLS:
            raise CommandError(
                "Set DUNWELL_WALLS=1 for every process of the desk first;"
                " without it they would see no rows."
            )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = %s", [POLICY])
            tables = sorted(table for (table,) in cursor.fetchall())
            for step in {"up": UP, "down": DOWN, "show": ()}[options["what"]]:
                for table in tables:
                    cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} {step}")
            cursor.execute(
                "SELECT COUNT(*) FROM pg_policies p JOIN pg_class c"
                " ON c.oid = format('%%I.%%I', p.schemaname, p.tablename)::regclass"
                " WHERE p.policyname = %s AND c.relforcerowsecurity",
                [POLICY],
            )
            standing = int(cursor.fetchone()[0])
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            passes = bool(cursor.fetchone()[0])
        self.stdout.write(f"Walls stand before {standing} of {len(tables)} tables.")
        if standing and passes:
            self.stdout.write("This role passes through walls: let the desk use another one.")
