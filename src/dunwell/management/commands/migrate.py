"""Django's migrate, with a short way for a database that has no tables yet.

Running every migration one by one draws all models anew at each step, which takes minutes with
some hundred tables. Into an empty database the tables are made from the models at once, then what
migrations do besides (triggers), and all of them are noted as applied. `--step-by-step` goes the
long way; a test compares both.
"""

from typing import Any

from django.apps import apps
from django.core.checks import Tags
from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

LONG_WAY = ("step_by_step", "app_label", "plan", "check_unapplied", "fake", "prune", "run_syncdb")
"""With one of these Django's own way is taken."""


class Command(migrate.Command):
    """Bring the tables up to date."""

    # what pages and programs are made of is checked where they are served
    requires_system_checks = (Tags.database, Tags.models)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add our own way to Django's arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--step-by-step",
            action="store_true",
            help="run every migration, also into an empty database",
        )

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Make all tables at once where there are none; else do what Django does."""
        connection = connections[options["database"]]
        is_short = not any(options[name] for name in LONG_WAY)
        connection.prepare_database()
        if is_short and not connection.introspection.table_names():
            _make_tables(connection)
        elif not (is_short and _is_up_to_date(connection)):
            result: str | None = super().handle(*args, **options)
            return result
        # Django would first draw all models as they were at every step
        emit_post_migrate_signal(options["verbosity"], options["interactive"], connection.alias)
        if options["verbosity"] >= 1:
            self.stdout.write("The tables are up to date.")
        return None


def _is_up_to_date(connection: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _make_tables(connection: BaseDatabaseWrapper) -> None:
    """Make the tables of every model, run what else migrations do, and note them as applied."""
    loader = MigrationLoader(connection)
    plan = [
        loader.graph.nodes[key]
        for target in loader.graph.leaf_nodes()
        for key in loader.graph.forwards_plan(target)
    ]
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    state = ProjectState()
    # what steps look up is there as it is today: there are no rows of before
    state.__dict__["apps"] = apps
    for migration in dict.fromkeys(plan):
        steps = [one for one in migration.operations if isinstance(one, RunPython | RunSQL)]
        with connection.schema_editor(atomic=migration.atomic) as editor:
            for step in steps:
                step.database_forwards(migration.app_label, editor, state, state)
        recorder.record_applied(migration.app_label, migration.name)
