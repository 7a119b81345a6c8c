"""The provider's token of a saved way to pay is sealed in checkouts too, where it lay open.

SQL alone, as in 0022. Back again it is opened; without the keyring neither way works.
"""

from collections.abc import Callable, Iterator

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

import dunwell.models.sealed
from dunwell import walls
from dunwell.formats.sealing import key_number, opened, sealed
from dunwell.migrations._triggers import refusing
from dunwell.models.sealed import keyring

PLACE = "dunwell_checkout.saved_token"
KEPT = {
    "checkout": (
        "customer_id, provider_id, number, key, currency, amount_minor, surcharge_minor",
        "what passed between us and a debtor stays as it was written",
        "dunwell_kept_as_written",
    )
}
"""As in 0016: SQLite makes a table anew when a column changes its type, without its triggers."""
CHUNK = 1_000


def seal(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal the tokens that lie in the clear."""
    _turn(schema_editor, lambda text: sealed(text, ring=keyring(), place=PLACE), is_sealed=False)


def unseal(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Open them again."""
    _turn(schema_editor, lambda text: opened(text, ring=keyring(), place=PLACE), is_sealed=True)


def _turn(
    schema_editor: BaseDatabaseSchemaEditor, turned: Callable[[str], str], *, is_sealed: bool
) -> None:
    # behind walls nobody's rows are seen unless everybody's are asked for
    with walls.everything(), schema_editor.connection.cursor() as cursor:
        for rows in _rows(cursor):
            cursor.executemany(
                "UPDATE dunwell_checkout SET saved_token = %s WHERE id = %s",
                [
                    (turned(text), key)
                    for key, text in rows
                    if (key_number(text) is not None) is is_sealed
                ],
            )


def _rows(cursor: CursorWrapper) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        cursor.execute(
            "SELECT id, saved_token FROM dunwell_checkout WHERE id > %s AND saved_token <> ''"
            " ORDER BY id LIMIT %s",
            [last, CHUNK],
        )
        rows = [(int(key), str(text)) for key, text in cursor.fetchall()]
        if not rows:
            return
        last = rows[-1][0]
        yield rows


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0026_demo_reset")]

    operations = [
        migrations.AlterField(
            model_name="checkout",
            name="saved_token",
            field=dunwell.models.sealed.SealedTextField(blank=True, max_length=255),
        ),
        migrations.RunPython(refusing(KEPT), refusing(KEPT)),
        migrations.RunPython(seal, unseal),
    ]
