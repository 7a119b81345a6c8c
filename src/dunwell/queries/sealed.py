"""What lies sealed under which key, and whether all of it opens."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection

from dunwell import walls
from dunwell.formats.sealing import SealError, key_number, mark, opened
from dunwell.models.sealed import SIGN_IN, KeyringError, SealedColumn, keyring, sealed_columns

CHUNK = 2_000
SIGN_IN_NAMES = ("secret", "seed")
"""Secrets of a second factor inside its JSON; `migrated_codes` is a list of them."""


@dataclass(slots=True)
class SealedState:
    """How many values lie under each key, how many open, and the first words about each fault."""

    by_key: Counter[int] = field(default_factory=Counter)
    opened: int = 0
    faults: Counter[str] = field(default_factory=Counter)


@walls.everything()
def values_by_key() -> Counter[int]:
    """Return how many sealed values need which key; nothing is opened. 0: not sealed at all."""
    found: Counter[int] = Counter()
    for _, value, _ in _every():
        found[key_number(value) or 0] += 1
    return found


@walls.everything()
def sealed_state() -> SealedState:
    """Open every sealed value with the keyring that lies there and return what became of it.

    A fault is a value that does not open, or whose mark is another's. Without a keyring every
    value is one.
    """
    state = SealedState()
    for one, value, told in _every():
        state.by_key[key_number(value) or 0] += 1
        try:
            # not before the first value: where nothing is sealed there need be no keyring
            ring = keyring()
            text = opened(value, ring=ring, place=one.place)
        except (KeyringError, SealError) as error:
            state.faults[str(error)] += 1
            continue
        if one.marked and mark(text, ring=ring, place=one.place, form=one.form) != told:
            state.faults[f"A mark of {one.place} is not that of its value."] += 1
        else:
            state.opened += 1
    return state


def secrets_of(data: Mapping[str, Any]) -> list[str]:
    """Return the sealed texts inside a second factor's JSON."""
    told = [str(data[name]) for name in SIGN_IN_NAMES if name in data]
    return told + [str(code) for code in data.get("migrated_codes") or ()]


def _every() -> Iterator[tuple[SealedColumn, str, str]]:
    """Yield every sealed value with its column and its mark."""
    for one in sealed_columns():
        last, told = 0, one.marked or "''"
        while True:
            with connection.cursor() as cursor:
                # names are our own
                cursor.execute(
                    f"SELECT id, {one.column}, {told} FROM {one.table}"  # noqa: S608
                    f" WHERE id > %s AND {one.column} <> '' ORDER BY id LIMIT {CHUNK}",
                    [last],
                )
                rows = cursor.fetchall()
            if not rows:
                break
            last = rows[-1][0]
            yield from ((one, value, its_mark) for _, value, its_mark in rows)
    table, column = SIGN_IN.split(".")
    place = SealedColumn(table=table, column=column)
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for data in Authenticator.objects.filter(type__in=kinds).values_list("data", flat=True):
        for text in secrets_of(data):
            yield place, text, ""
