"""Sealing values anew under the current key, a batch at a time, while the desk runs.

A row that somebody writes meanwhile is sealed by them: the old value is part of the condition.
One that somebody holds is left to the next pass: who waits for nobody cannot stand in a deadlock.
"""

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from dunwell import walls
from dunwell.formats.sealing import key_number, opened, sealed
from dunwell.models.sealed import SIGN_IN, SealedColumn, keyring
from dunwell.queries.sealed import SIGN_IN_NAMES, secrets_of

BATCH = 500


@walls.everything()
@transaction.atomic
def reseal_column(*, of: SealedColumn, after: int, batch: int = BATCH) -> int:
    """Seal the next values of a column anew; return the last row looked at, 0 at the end.

    Values of the current key stay. Raises SealError for one that cannot be opened: nothing of
    the batch is written then.
    """
    ring = keyring()
    held = "" if connection.vendor == "sqlite" else " FOR NO KEY UPDATE SKIP LOCKED"
    with connection.cursor() as cursor:
        # names are our own
        cursor.execute(
            f"SELECT id, {of.column} FROM {of.table} WHERE id > %s"  # noqa: S608
            f" AND {of.column} <> '' ORDER BY id LIMIT %s{held}",
            [after, batch],
        )
        rows = cursor.fetchall()
        for key, value in rows:
            if key_number(value) != ring.current:
                text = opened(value, ring=ring, place=of.place)
                cursor.execute(
                    f"UPDATE {of.table} SET {of.column} = %s"  # noqa: S608
                    f" WHERE id = %s AND {of.column} = %s",
                    [sealed(text, ring=ring, place=of.place), key, value],
                )
    return int(rows[-1][0]) if rows else 0


@walls.everything()
@transaction.atomic
def reseal_sign_ins() -> int:
    """Seal the secrets of second factors anew; return how many people's there were."""
    ring = keyring()
    found = Authenticator.objects.select_for_update().filter(
        type__in=(Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    )
    turned = 0
    for one in found.order_by("pk"):
        if any(key_number(text) != ring.current for text in secrets_of(one.data)):
            one.data = _anew(one.data)
            one.save(update_fields=["data"])
            turned += 1
    return turned


def _anew(data: Mapping[str, Any]) -> dict[str, Any]:
    ring = keyring()

    def turned(value: str) -> str:
        return sealed(opened(value, ring=ring, place=SIGN_IN), ring=ring, place=SIGN_IN)

    new = {name: turned(value) if name in SIGN_IN_NAMES else value for name, value in data.items()}
    if codes := data.get("migrated_codes"):
        new["migrated_codes"] = [turned(code) for code in codes]
    return new
