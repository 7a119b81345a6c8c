"""What names a saved way to pay is taken out of the open part of what a provider told, and sealed.

The column may be written anew when keys rotate, so that it stands in no trigger; the open part
stays as written. SQL alone, as in 0022. Back again both parts are one; without the keyring
neither way works.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

import dunwell.models.sealed
from dunwell import walls
from dunwell.formats.sealing import opened, sealed
from dunwell.migrations._triggers import refusing
from dunwell.models.sealed import keyring

PLACE = "dunwell_providerevent.sealed_payload"
SECRET = ("about", "method")
KEPT = {
    "providerevent": (
        "provider_id, event_id, kind, subject_id, payload, sha256, happened_at, told_at",
        "what passed between us and a debtor stays as it was written",
        "dunwell_kept_as_written",
    )
}
"""As in 0016: SQLite makes a table anew when it gets a column, without its triggers."""
CHUNK = 1_000
Turned = tuple[dict[str, Any], str]


def seal(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Part what is told of ways to pay and seal what names them."""
    _turn(schema_editor, _parted)


def unseal(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put both parts together again."""
    _turn(schema_editor, _joined)


def _parted(payload: dict[str, Any], kept: str) -> Turned:
    secret = {name: payload.pop(name) for name in SECRET if name in payload}
    if kept or not secret:
        return payload, kept
    return payload, sealed(json.dumps(secret, ensure_ascii=False), ring=keyring(), place=PLACE)


def _joined(payload: dict[str, Any], kept: str) -> Turned:
    secret = json.loads(opened(kept, ring=keyring(), place=PLACE)) if kept else {}
    return {**payload, **secret}, ""


def _turn(
    schema_editor: BaseDatabaseSchemaEditor, turned: Callable[[dict[str, Any], str], Turned]
) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    table = " ON dunwell_providerevent" if is_postgresql else ""
    value = "CAST(%s AS jsonb)" if is_postgresql else "%s"
    # behind walls nobody's rows are seen unless everybody's are asked for
    with walls.everything(), schema_editor.connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS dunwell_providerevent_no_update{table}")
        for rows in _rows(cursor):
            cursor.executemany(
                f"UPDATE dunwell_providerevent SET payload = {value}, sealed_payload = %s"  # noqa: S608
                " WHERE id = %s",
                [
                    (json.dumps(payload), kept, key)
                    for key, old, was in rows
                    for payload, kept in [turned(json.loads(old), was)]
                ],
            )


def _rows(cursor: CursorWrapper) -> Iterator[list[tuple[int, str, str]]]:
    last = 0
    while True:
        cursor.execute(
            "SELECT id, CAST(payload AS text), sealed_payload FROM dunwell_providerevent"
            " WHERE id > %s AND kind IN ('method_saved', 'method_gone') ORDER BY id LIMIT %s",
            [last, CHUNK],
        )
        rows = [(int(key), str(text), str(kept)) for key, text, kept in cursor.fetchall()]
        if not rows:
            return
        last = rows[-1][0]
        yield rows


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0027_sealed_tokens")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, refusing(KEPT)),
        migrations.AddField(
            model_name="providerevent",
            name="sealed_payload",
            field=dunwell.models.sealed.SealedJSONField(blank=True, default=dict),
        ),
        migrations.RunPython(seal, unseal),
        migrations.RunPython(refusing(KEPT), migrations.RunPython.noop),
    ]
