"""That something leaves the database as it was, without reading all of it each time."""

import re
from contextlib import contextmanager

from django.db import connection

from tests.api.conftest import digest

_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b", re.I)
_READS_ALONE = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|EXPLAIN)\b", re.I)


class _Watch:
    """Looks at every row just before the first statement that could change one."""

    before: str | None = None

    def __call__(self, execute, sql, params, many, context):
        if self.before is None and may_write(str(sql)):
            self.before = digest()
        return execute(sql, params, many, context)


def may_write(sql):
    """Whether a statement could change a row; the sessions are nobody's books."""
    if "django_session" in sql:
        return False
    return _READS_ALONE.match(sql) is None and _WRITES.search(sql) is not None


@contextmanager
def nothing_written(what=""):
    """Fail when a row of any table but sessions differs after the block."""
    watch = _Watch()
    with connection.execute_wrapper(watch):
        yield
    assert watch.before is None or watch.before == digest(), what
