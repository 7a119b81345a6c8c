"""Event logs of other programs as frames of the engine: OCEL 2.0 by one type of object, XES.

XES is IEEE 1849; gzipped files are read too. A case is a trace, or an object of the type asked
for. Amounts are not known: every case is about 0.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import narwhals.stable.v2 as nw
import polars as pl
from lxml.etree import iterparse

from dunwell.engine.process.log import CASES, EVENTS
from dunwell.formats.findings import TableError
from dunwell.formats.ocel import OcelLog

NAME, TIME, RESOURCE, TRANSITION = (
    "concept:name", "time:timestamp", "org:resource", "lifecycle:transition",
)  # fmt: skip
GZIP = b"\x1f\x8b"
_TYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String}


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLog:
    """Events in columns EVENTS and cases in CASES; `names` are the cases' own by key."""

    events: nw.LazyFrame
    cases: nw.LazyFrame
    names: tuple[str, ...]


def flattened(log: OcelLog, object_type: str) -> CaseLog:
    """Return a log as the objects of one type went through it; raise TableError for no such."""
    names = tuple(sorted(one.id for one in log.objects if one.type == object_type))
    if not names:
        kinds = ", ".join(sorted({one.type for one in log.objects}))
        raise TableError(f"The log has no object of type {object_type}. Choose one of {kinds}.")
    keys = {name: place for place, name in enumerate(names)}
    ordered = sorted(log.events, key=lambda one: one.at)
    rows = [
        (keys[key], one.type, one.at, "")
        for one in ordered
        for key in dict.fromkeys(key for key, _ in one.objects)
        if key in keys
    ]
    return _case_log(rows, names)


def read_xes(data: bytes, *, name: str, with_transition: bool = False) -> CaseLog:
    """Return the traces of an XES file in the order of the file.

    With `with_transition` an activity carries its transition, as in "review+start". Raises
    TableError for a file that is no XES.
    """
    source: io.BufferedIOBase = io.BytesIO(data)
    if data.startswith(GZIP):
        source = gzip.GzipFile(fileobj=io.BytesIO(data))
    names: list[str] = []
    rows: list[tuple[int, str, datetime, str]] = []
    try:
        for case, told in _traces(source):
            for event in told:
                activity = event[NAME]
                if with_transition:
                    activity = f"{activity}+{event.get(TRANSITION, 'complete')}"
                at = datetime.fromisoformat(event[TIME])
                rows.append((len(names), activity, at, event.get(RESOURCE, "")))
            names.append(case)
    except (SyntaxError, KeyError, ValueError, OSError, EOFError, zlib.error) as error:
        raise TableError(
            f"{name}: is no XES log whose events have a name and a time ({error})."
        ) from error
    return _case_log(rows, tuple(names))


def _traces(source: io.BufferedIOBase) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield each trace: its name, and its events as the values of their keys."""
    depth: list[str] = []
    trace: dict[str, str] = {}
    events: list[dict[str, str]] = []
    event: dict[str, str] = {}
    for what, element in iterparse(
        source, events=("start", "end"), resolve_entities=False, no_network=True
    ):
        tag = element.tag.rpartition("}")[2]
        if what == "start":
            depth.append(tag)
            continue
        depth.pop()
        above = depth[-1] if depth else ""
        if tag == "event" and above == "trace":
            events.append(event)
            event = {}
            element.clear()
        elif tag == "trace":
            yield trace.get(NAME, ""), events
            trace, events = {}, []
            element.clear()
        elif above in ("event", "trace") and "key" in element.attrib:
            target = event if above == "event" else trace
            target[element.attrib["key"]] = element.attrib.get("value", "")


def _case_log(rows: list[tuple[int, str, datetime, str]], names: tuple[str, ...]) -> CaseLog:
    """Return rows of (case, activity, moment, resource) as frames, in the order given."""
    # the clock of the log's own zone is not kept; all its moments are told in UTC
    moments = [
        round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
        for _, _, at, _ in rows
    ]
    events = pl.DataFrame(
        {
            "event_id": range(len(rows)),
            "case_id": [row[0] for row in rows],
            "activity": [row[1] for row in rows],
            "place": [0] * len(rows),
            "moment": moments,
            "settled_minor": [0] * len(rows),
            "resource": [row[3] for row in rows],
        },
        schema={name: _TYPES[column.dtype] for name, column in EVENTS.items()},
    )
    cases = pl.DataFrame(
        {
            "case_id": range(len(names)),
            "customer_id": [0] * len(names),
            "segment": [""] * len(names),
            "currency": ["XXX"] * len(names),
            "amount_minor": [0] * len(names),
        },
        schema={name: _TYPES[column.dtype] for name, column in CASES.items()},
    )
    return CaseLog(
        events=nw.from_native(events.lazy()), cases=nw.from_native(cases.lazy()), names=names
    )
