"""What all tables hold, as hashes that can be compared between runs: `digest()` and `state()`."""

import hashlib
import re
from functools import partial
from pathlib import Path

from tests.migrated import NAME

NOT_COMPARED = {
    "customermerge.told",
    "event.hash",
    "event.previous_hash",
    "event.subject_id",
    "event.data",
    "chainhead.hash",
    "erasure.digest",
    "erasure.salt",
    "portalperson.session_nonce",
}
"""Columns that hold keys of other rows in a form the digest cannot translate, or random signs."""

DRAWN = {"keyring", "secret_key"}
"""Files that hold nothing but chance."""

SOURCES = {
    "payout": "providerpayout",
    "provision": "provisionrun",
    "reversal": "provisionrun",
    "financing": "financingmove",
}
"""What an entry line is of, where the model is called otherwise."""

MAILED = {"answer": "handoff", "hand_off": "handoff"}
"""What a mail to a colleague is about, where the model is not called as its kind."""

NAMED = {
    "hand-off": "handoff",
    "escalation": "escalation",
    "mention": "mention",
    "talk": "assistantconversation",
}
NAMED_KEY = re.compile(rf"\b({'|'.join(NAMED)})-([0-9]+)")
"""Keys of records within the names by which something counts once."""


WITHOUT_ORDER = {"entryline"}
"""Tables whose rows nobody points to and whose order says nothing: they are compared as a whole."""


def digest():
    """One hash per table; keys count as their rank, so that gaps in sequences do not matter."""
    from django.apps import apps
    from django.db import connection

    models = sorted(apps.get_app_config("dunwell").get_models(), key=lambda m: m._meta.model_name)
    with connection.cursor() as cursor:
        filled = set(_filled(cursor))
    ranks = {model: _ranks(model) if model._meta.db_table in filled else {} for model in models}
    by_name = {model._meta.model_name: ranks[model] for model in models}
    return {
        model._meta.model_name: _table(model, ranks, by_name) if ranks[model] else "0 rows"
        for model in models
    }


def _ranks(model):
    keys = model.objects.order_by("pk").values_list("pk", flat=True)
    return {key: number for number, key in enumerate(keys)}


def _table(model, ranks, by_name):
    name = model._meta.model_name
    fields = [f for f in model._meta.concrete_fields if f"{name}.{f.name}" not in NOT_COMPARED]
    lines = []
    for row in model.objects.order_by("pk").values(*[f.attname for f in fields]):
        values = []
        for field in fields:
            value = row[field.attname]
            if field.remote_field and value is not None:
                value = ranks.get(field.related_model, {}).get(value, value)
            elif field.primary_key:
                value = None if name in WITHOUT_ORDER else ranks[model][value]
            elif isinstance(value, memoryview):
                value = _plain(value)
            elif f"{name}.{field.name}" == "entryline.source_id":
                value = by_name[SOURCES.get(row["source"], row["source"])][value]
            elif f"{name}.{field.name}" == "customermove.row_id":
                value = by_name[row["place"].partition(".")[0]][value]
            elif field.name == "subject_id":
                value = by_name.get(_subject(row), {}).get(value, value)
            elif field.name in {"key", "message_id"} and isinstance(value, str):
                value = NAMED_KEY.sub(partial(_ranked, by_name), value)
            values.append(value)
        lines.append(repr(values))
    text = "\n".join(sorted(lines) if name in WITHOUT_ORDER else lines)
    return f"{len(lines)} rows {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _subject(row):
    """The model a row's `subject_id` is of."""
    kind = row.get("kind", "")
    return row.get("subject", MAILED.get(kind, kind)).replace("_", "")


def _ranked(by_name, found):
    """A name with the rank of the record whose key it holds."""
    ranks = by_name[NAMED[found[1]]]
    return f"{found[1]}-{ranks.get(int(found[2]), found[2])}"


def state(folder):
    """One hash of every row and of every file beside the database, keys as they stand.

    Of the program's own keys, which are drawn by chance, only that they are there.
    """
    from django.db import connection

    hashed = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in _filled(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            lines = sorted(repr([*map(_plain, row)]) for row in cursor.fetchall())
            hashed.update("\n".join([table, *lines, ""]).encode())
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and not path.name.startswith(NAME):
            hashed.update(f"{path.relative_to(folder)} {path.stat().st_size} ".encode())
            hashed.update(b"" if path.name in DRAWN else path.read_bytes())
    return hashed.hexdigest()


def _plain(value):
    """The value; PostgreSQL gives bytes as a view of them."""
    return bytes(value) if isinstance(value, memoryview) else value


def _filled(cursor):
    """The tables that hold a row, found with one statement."""
    from django.db import connection

    tables = connection.introspection.table_names(cursor)
    quoted = map(connection.ops.quote_name, tables)
    cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {one})" for one in quoted))
    return [name for name, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]
