"""The flow of an import that is large for its desk: SQLite's plain indexes are made anew in it."""

from unittest.mock import patch

from django.db import connection

from dunwell.actions import bulk
from tests.journeys import import_flow

KEPT = {"item_issued", "item_by_number", "open_item_due", "open_item_aging", "open_item_amount"}


def prepare():
    """A company that imported once before."""
    import_flow.prepare()


def run():
    """The same import, of which a few rows count as many."""
    _all_are_there()
    with patch.object(bulk, "MANY", 1):
        import_flow.run()
    _all_are_there()


def _all_are_there():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        missing = KEPT - {name for (name,) in cursor.fetchall()}
    assert not missing, missing
