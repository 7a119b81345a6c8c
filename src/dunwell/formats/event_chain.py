"""The chain of events as a file, and its proof without a database: standard library alone.

This file works by itself, too, where nothing of Dunwell is installed: `python3 event_chain.py
FILE [NOTED ...]` on any machine; exit code 0: the file is whole, 1: it is not.

The file is JSON lines in UTF-8: which company's chain it is, an event a line, and the end that
the desk had noted. A line has one way to be written, so a changed byte is found anywhere.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FORMAT = "dunwell events 1"
START = "0" * 64
"""The hash before the first event."""
HASHED = ("seq", "at", "actor", "verb", "subject", "subject_id", "customer_id", "data")
"""What of an event goes into its hash, in this order, after the key of the company."""


@dataclass(frozen=True, slots=True)
class CheckedEvents:
    """How many events follow from each other, the hash of the last, and what breaks the chain."""

    events: int
    head: str
    finding: str = ""
    """A sentence with the line; nothing where the file is whole."""


def line_of(value: Mapping[str, object]) -> bytes:
    """Return a line of the file in the one way it is written."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def first_line(company_id: int) -> bytes:
    """Return the line that says whose chain follows."""
    return line_of({"company": company_id, "format": FORMAT})


def last_line(events: int, head: str) -> bytes:
    """Return the line that says where the desk noted the chain to end."""
    return line_of({"events": events, "head": head})


def hash_of(company_id: object, event: Mapping[str, object], previous: str) -> str:
    """Return the hash that an event's line should bear after the one before it."""
    row = [company_id, *(event[name] for name in HASHED)]
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + text).encode()).hexdigest()


def check_events(lines: Iterable[bytes], noted: Sequence[str] = ()) -> CheckedEvents:
    """Return whether each event follows from the one before, up to the end.

    `noted` are hashes that were written down elsewhere: each must be in the chain. Without one,
    a file that was made up as a whole cannot be told from a genuine one.
    """
    walk = _Walk()
    for number, line in enumerate(lines, 1):
        if wrong := walk.wrong(_read(line)):
            return CheckedEvents(walk.events, walk.head, f"Line {number} {wrong}.")
    finding = "" if walk.is_over else "The end of the file is missing."
    for one in noted:
        if not finding and one not in walk.seen:
            finding = f"The noted hash {one} is not in this chain: written anew, or another's."
    return CheckedEvents(walk.events, walk.head, finding)


def _read(line: bytes) -> dict[str, object] | None:
    """The value of a line; None where it is none, or not written as we write it."""
    try:
        value = json.loads(line)
        return value if isinstance(value, dict) and line_of(value) == line else None
    except (ValueError, RecursionError):
        return None


class _Walk:
    """How far a file was followed, line after line."""

    def __init__(self) -> None:
        self.company: object = None
        self.events, self.head = 0, START
        self.seen: set[str] = set()
        self.has_begun = self.is_over = False

    def wrong(self, row: Mapping[str, object] | None) -> str:
        """Take the next line; return what is wrong with it, or nothing."""
        if row is None:
            return "is not a line of a file of events"
        if self.is_over:
            return "comes after the end"
        if not self.has_begun:
            return self._begin(row)
        if row.keys() == {"events", "head"}:
            self.is_over = True
            is_end = row == {"events": self.events, "head": self.head}
            return "" if is_end else "tells another end: events are missing before it"
        return self._event(row)

    def _begin(self, row: Mapping[str, object]) -> str:
        if row.keys() != {"company", "format"} or row["format"] != FORMAT:
            return f"does not begin a file of {FORMAT}"
        self.company, self.has_begun = row["company"], True
        return ""

    def _event(self, row: Mapping[str, object]) -> str:
        if row.keys() != {*HASHED, "hash", "previous_hash"}:
            return "is no event"
        seq = row["seq"]
        if seq != self.events + 1:
            return f"is event {seq} where {self.events + 1} is due"
        if row["previous_hash"] != self.head:
            return f"holds event {seq}, which does not follow the one before"
        if hash_of(self.company, row, self.head) != row["hash"]:
            return f"holds event {seq}, which was changed"
        self.events, self.head = self.events + 1, str(row["hash"])
        self.seen.add(self.head)
        return ""


def main(arguments: Sequence[str]) -> int:
    """Check one file and say so; 0 where it is whole, 1 where it is not."""
    with Path(arguments[0]).open("rb") as lines:
        checked = check_events(lines, arguments[1:])
    whole = f"Whole: {checked.events} events, the last is {checked.head}."
    sys.stdout.write((checked.finding or whole) + "\n")
    return 1 if checked.finding else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
