"""Account numbers, tax ids, phone numbers and secrets that lay in the clear are sealed.

SQL alone, so that the fields of a later version do not matter. Back again everything is opened;
without the keyring neither way works, and nothing is written then.
"""

import json
from collections.abc import Callable, Iterator

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

from dunwell.formats.sealing import key_number, mark, opened, sealed
from dunwell.models.sealed import keyring

COLUMNS = (
    ("dunwell_applicationreference", "phone", "", ""),
    ("dunwell_contact", "phone", "phone_mark", "phone"),
    ("dunwell_creditapplication", "answers", "", ""),
    ("dunwell_customer", "vat_id", "vat_id_mark", "tax_id"),
    ("dunwell_detailchange", "after", "", ""),
    ("dunwell_detailchange", "before", "", ""),
    ("dunwell_mandate", "iban", "", ""),
    ("dunwell_payee", "account", "account_mark", "account"),
    ("dunwell_savedmethod", "payer_token", "", ""),
    ("dunwell_savedmethod", "token", "token_mark", "exact"),
)
DOCUMENTS = {"dunwell_creditapplication.answers", "dunwell_detailchange.after"} | {
    "dunwell_detailchange.before"
}
"""Sealed JSON: an empty document is empty text."""
SIGN_IN, NAMES = "mfa_authenticator.data", ("secret", "seed")
CHUNK = 1_000


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there, and write the marks."""
    with schema_editor.connection.cursor() as cursor:
        for table, column, marked, form in COLUMNS:
            place = f"{table}.{column}"
            if place in DOCUMENTS:
                _clear(cursor, table, column, "{}", "")
            for rows in _rows(cursor, table, column):
                ring = keyring()
                plain = [(key, text) for key, text in rows if key_number(text) is None]
                cursor.executemany(
                    _update(table, column, marked),
                    [
                        (
                            sealed(text, ring=ring, place=place),
                            *([mark(text, ring=ring, place=place, form=form)] if marked else []),
                            key,
                        )
                        for key, text in plain
                    ],
                )
        _sign_in(cursor, lambda text: sealed(text, ring=keyring(), place=SIGN_IN), is_sealed=False)


def unseal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Open everything again."""
    with schema_editor.connection.cursor() as cursor:
        for table, column, _, _ in COLUMNS:
            place = f"{table}.{column}"
            for rows in _rows(cursor, table, column):
                ring = keyring()
                cursor.executemany(
                    _update(table, column, ""),
                    [
                        (opened(text, ring=ring, place=place), key)
                        for key, text in rows
                        if key_number(text) is not None
                    ],
                )
            if place in DOCUMENTS:
                _clear(cursor, table, column, "", "{}")
        _sign_in(cursor, lambda text: opened(text, ring=keyring(), place=SIGN_IN), is_sealed=True)


def _rows(cursor: CursorWrapper, table: str, column: str) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        # names are our own
        cursor.execute(
            f"SELECT id, {column} FROM {table} WHERE id > %s AND {column} <> ''"  # noqa: S608
            f" ORDER BY id LIMIT {CHUNK}",
            [last],
        )
        rows = [(int(key), str(text)) for key, text in cursor.fetchall()]
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _update(table: str, column: str, marked: str) -> str:
    besides = f", {marked} = %s" if marked else ""
    return f"UPDATE {table} SET {column} = %s{besides} WHERE id = %s"  # noqa: S608


def _clear(cursor: CursorWrapper, table: str, column: str, before: str, after: str) -> None:
    cursor.execute(
        f"UPDATE {table} SET {column} = %s WHERE {column} = %s",  # noqa: S608
        [after, before],
    )


def _sign_in(cursor: CursorWrapper, turn: Callable[[str], str], *, is_sealed: bool) -> None:
    """Turn the secrets of second factors, which lie in the JSON of another app's table."""
    cursor.execute(
        "SELECT id, CAST(data AS text) FROM mfa_authenticator"
        " WHERE type IN ('totp', 'recovery_codes') ORDER BY id"
    )
    for key, text in cursor.fetchall():
        data = json.loads(text)
        new = {
            name: turn(value)
            if name in NAMES and (key_number(value) is not None) is is_sealed
            else value
            for name, value in data.items()
        }
        if "migrated_codes" in new:
            new["migrated_codes"] = [
                turn(one) if (key_number(one) is not None) is is_sealed else one
                for one in new["migrated_codes"]
            ]
        is_postgresql = cursor.db.vendor == "postgresql"
        value = "CAST(%s AS jsonb)" if is_postgresql else "%s"
        cursor.execute(
            f"UPDATE mfa_authenticator SET data = {value} WHERE id = %s",  # noqa: S608
            [json.dumps(new), key],
        )


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0021_trust"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(seal, unseal)]
