"""`dunwell connect`: add, test and sync outside ledgers, and write back what was approved."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.connection_changes import decide_changes
from dunwell.actions.connections import (
    add_connection,
    change_connection,
    end_connection,
    pull_again,
)
from dunwell.actions.gate import Actor, Refused, staff, system
from dunwell.formats.connection_kinds import KINDS
from dunwell.jobs.connection_trials import try_settings
from dunwell.jobs.connections import (
    preview_connection,
    sync_connection,
    sync_due,
    try_connection,
    write_changes,
)
from dunwell.models import Company, Connection, User
from dunwell.queries.connections import (
    ConnectionChangeRow,
    ConnectionSyncRow,
    connection_change_rows,
    connection_difference_rows,
    connection_rows,
    connection_sync_rows,
)
from dunwell.queries.pages import every_row
from dunwell.queries.runs import companies_to_run

ACTS = (
    *("due", "list", "add", "test", "look", "sync", "again", "change", "pause", "resume"),
    *("changes", "approve", "dismiss", "end"),
)


class Command(BaseCommand):
    """Connections to outside ledgers."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Add, test and sync outside ledgers such as Odoo, and folders over SFTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is to be done, and of which connection."""
        parser.add_argument("act", nargs="?", default="due", choices=ACTS)
        parser.add_argument("name", nargs="?", default="", help="name of the connection")
        parser.add_argument("--company", metavar="NAME", help="one company; else all")
        parser.add_argument("--kind", default="", help=", ".join(sorted(KINDS)))
        parser.add_argument("--set", action="append", default=[], metavar="SETTING=VALUE")
        parser.add_argument("--secret-file", metavar="FILE", help="file that holds the secret")
        parser.add_argument("--every", type=int, metavar="MINUTES", help="60 unless said")
        parser.add_argument("--by", default="", metavar="USER", help="who approves or dismisses")
        parser.add_argument("--change", type=int, action="append", default=[], metavar="ID")

    def handle(self, **options: Any) -> None:
        """Do it and print what came of it."""
        companies = companies_to_run(options["company"])
        if not companies:
            raise CommandError(f"There is no company named {options['company']!r}.")
        act = options["act"]
        if act == "due":
            for company in companies:
                told = sync_due(company.pk)
                words = ", ".join(f"{word} {told[word]}" for word in sorted(told))
                self.stdout.write(f"{company.name}: {words or 'nothing is due'}")
            return
        if act == "list":
            for company in companies:
                self._list(company)
            return
        if len(companies) != 1:
            raise CommandError("Name the company with --company.")
        try:
            self._act(system(companies[0]), act, options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _act(self, actor: Actor, act: str, options: dict[str, Any]) -> None:
        if act == "add":
            self._add(actor, options)
            return
        connection = _connection(actor.company, options["name"])
        if act == "test":
            self._test(actor, connection)
        elif act == "look":
            for line in preview_connection(actor=actor, connection=connection):
                self.stdout.write(line)
        elif act in {"sync", "again"}:
            if act == "again":
                pull_again(actor=actor, connection=connection, at=clock.now())
            self._sync(actor.company, connection)
        elif act in {"change", "pause", "resume"}:
            self._change(actor, connection, act, options)
        elif act == "end":
            end_connection(actor=actor, connection=connection, at=clock.now())
            self.stdout.write(f"{connection.name} is ended.")
        else:
            who = actor if act == "changes" else _person(actor.company, options["by"])
            self._changes(who, connection, act, options["change"])

    def _add(self, actor: Actor, options: dict[str, Any]) -> None:
        """Sign in there first, as the page does: what nobody answers is not kept."""
        kind, settings = options["kind"], _settings(options["set"])
        if not kind:
            raise CommandError(f"Say with --kind what it is: {', '.join(sorted(KINDS))}.")
        secret = _secret(options["secret_file"])
        try_settings(actor=actor, kind=kind, settings=settings, secret=secret)
        connection = add_connection(
            actor=actor,
            kind=kind,
            name=options["name"],
            settings=settings,
            secret=secret,
            every_minutes=options["every"] or 60,
            at=clock.now(),
        )
        self._test(actor, connection)

    def _list(self, company: Company) -> None:
        for row in connection_rows(company):
            state = row.error or row.last_status or "not synced yet"
            self.stdout.write(
                f"{company.name}: {row.name} ({row.kind_label}) {'on' if row.is_on else 'off'}; "
                f"{state}; tie-out: {row.last_tie or '-'}; waiting: {row.waiting}"
            )

    def _test(self, actor: Actor, connection: Connection) -> None:
        tried = try_connection(actor=actor, connection=connection)
        if tried.fault:
            raise CommandError(f"{tried.name}: {tried.fault}: {tried.error}")
        who = tried.system
        self.stdout.write(
            f"{tried.name}: {who['product']} {who['version']}, {who['company']}; may write "
            f"{', '.join(who['writes']) or 'nothing'}"
        )

    def _change(
        self, actor: Actor, connection: Connection, act: str, options: dict[str, Any]
    ) -> None:
        """Pause a connection, let it go on, or change what is said; the rest stays."""
        changed = change_connection(
            actor=actor,
            connection=connection,
            name=connection.name,
            settings={**connection.settings, **_settings(options["set"])},
            secret=_secret(options["secret_file"]),
            every_minutes=options["every"] or connection.every_minutes,
            is_on=act == "resume" or (act == "change" and connection.is_on),
            version=connection.version,
            at=clock.now(),
        )
        if act == "change":
            self._test(actor, changed)
        else:
            self.stdout.write(f"{changed.name} {'goes on' if changed.is_on else 'is paused'}.")

    def _sync(self, company: Company, connection: Connection) -> None:
        done = sync_connection(connection.pk)
        if done is None:
            raise CommandError(f"{connection.name} is paused, or another worker syncs it.")
        row = connection_sync_rows(company, connection_id=connection.pk, limit=1).rows[0]
        if row.status != "done":
            raise CommandError(f"{connection.name}: {row.fault}: {row.error}")
        for line in _told(row):
            self.stdout.write(line)
        for one in every_row(
            lambda **page: connection_difference_rows(company, sync_id=row.id, **page)
        ):
            self.stdout.write(
                f"  {one.number} {one.customer}: {one.theirs_minor} there, {one.ours_minor} here "
                f"({one.currency}, minor units)"
            )

    def _changes(self, actor: Actor, connection: Connection, act: str, chosen: list[int]) -> None:
        if act != "changes":
            count = decide_changes(
                actor=actor, connection=connection, change_ids=chosen,
                is_approved=act == "approve", at=clock.now(),
            )  # fmt: skip
            self.stdout.write(f"{count} {'approved' if act == 'approve' else 'dismissed'}.")
            for word, number in write_changes(connection.pk).items():
                self.stdout.write(f"  {word} {number}")
            return
        page = connection_change_rows(actor.company, connection_id=connection.pk)
        for row in page.rows:
            self.stdout.write(_change(row))


def _change(row: ConnectionChangeRow) -> str:
    return (
        f"{row.id:>6}  {row.status:<9} {row.customer_number} {row.customer}: {row.kind} "
        f"{row.before or '-'} -> {row.value or '-'} {row.currency} {row.error}".rstrip()
    )


def _told(row: ConnectionSyncRow) -> list[str]:
    counts = ", ".join(
        f"{name} {number:,}" for name, number in sorted(row.counts.items()) if number
    )
    lines = [f"Sync {row.id}: {counts or 'nothing new'}; tie-out: {row.tie}"]
    lines += [
        f"  {one['currency']}: {one['theirs_minor']} there, {one['ours_minor']} here "
        f"(minor units), {one['differences']} documents differ"
        for one in row.totals
    ]
    return lines + [f"  {one['code']} {one['number']}: {one['text']}" for one in row.notes]


def _connection(company: Company, name: str) -> Connection:
    found = Connection.objects.filter(company=company, name=name, ended_at=None).first()
    if found is None:
        raise CommandError(f"{company.name} has no connection named {name!r}.")
    return found


def _person(company: Company, username: str) -> Actor:
    """Return who decides: what goes to another system is approved by a person, never by itself."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError("Say with --by who approves or dismisses, by the user name.")
    return staff(user, company, at=clock.now())


def _settings(pairs: list[str]) -> dict[str, str]:
    told = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise CommandError(f"--set {pair}: write it as setting=value.")
        told[name] = value
    return told


def _secret(file: str | None) -> str:
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(f"--secret-file {file} cannot be read: {error}") from error
