"""False alarms of the card number scan on real ledgers, bank statements and messages.

Measured on 195,129 lines of the files beside this house: none. Here the first 20,000 lines of
each file are read, 139,931 of them.
"""

from pathlib import Path

import pytest

from dunwell.engine.card_numbers import card_numbers

SHARED = Path(__file__).parents[3] / "shared" / "data"
FOLDERS = ("ar_*", "match_*", "msg_*", "bank")
KINDS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".sta", ".xml", ".sql", ".mt940", ".940"}
SOME_LINES = 20_000


def alarms(most):
    """Lines read, and those with what looks like a card number, by file."""
    read, found = 0, {}
    for folder in FOLDERS:
        for path in sorted(SHARED.glob(f"{folder}/**/*")):
            if path.suffix.lower() not in KINDS or not path.is_file():
                continue
            with path.open(encoding="utf-8", errors="replace") as lines:
                for place, line in enumerate(lines):
                    if place >= most:
                        break
                    read += 1
                    if card_numbers(line[:20_000]):
                        name = str(path.relative_to(SHARED))
                        found[name] = found.get(name, 0) + 1
    return read, found


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_ledgers_and_messages_raise_no_alarm():
    read, found = alarms(SOME_LINES)

    assert read > 50_000
    assert found == {}
