"""The books of every kind, made once in a process and put again wherever tests begin with them.

Making them takes some thousand bookings. What they leave is remembered as text, so that no test
sees what another did to them; they are of AT, and so must be the tests.
"""

import copy

import time_machine
from django.conf import settings
from django.db import connection

from dunwell.models import Company
from tests.api.books import keep_books
from tests.conftest import AT

_made: dict[str, object] = {}
"""What was made first: the answer, rows by table, files by path."""


def kept_books():
    """Add a company with one record of every kind at AT; return its key and those of the records.

    In a database with companies already, and on PostgreSQL, they are made anew.
    """
    with time_machine.travel(AT, tick=False):
        if connection.vendor != "sqlite" or Company.objects.exists():
            return _make()
        if not _made:
            before, files = _rows(), _files()
            answer = _make()
            _made.update(
                answer=copy.deepcopy(answer),
                rows=_added(before, _rows()),
                files={path: data for path, data in _files().items() if path not in files},
            )
            return answer
        _put()
        return copy.deepcopy(_made["answer"])


def _make():
    company = Company.objects.create(
        name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
    )
    return company.pk, keep_books(company)


def _rows():
    """The rows of every table as SQL, exact to the last bit whatever their columns hold."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT name FROM pragma_table_info("{table}")')
            columns = [f'"{name}"' for (name,) in cursor.fetchall()]
            quoted = " || ',' || ".join(f"quote({column})" for column in columns)
            cursor.execute(f'SELECT {quoted} FROM "{table}"')
            found[table, ",".join(columns)] = {row for (row,) in cursor.fetchall()}
    return found


def _added(before, after):
    for table, rows in before.items():
        assert rows <= after[table], f"{table[0]}: books change what was there; make them anew"
    return {table: after[table] - rows for table, rows in before.items() if after[table] != rows}


def _files():
    """The files in the data folder: path -> content."""
    return {path: path.read_bytes() for path in settings.DATA_DIR.rglob("*") if path.is_file()}


def _put():
    with connection.cursor() as cursor:
        for (table, columns), rows in _made["rows"].items():
            for row in rows:
                cursor.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({row})')
    for path, data in _made["files"].items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
