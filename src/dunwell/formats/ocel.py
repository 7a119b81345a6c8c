"""Object-centric event logs: OCEL 2.0 as JSON, written and read (www.ocel-standard.org).

An event names objects with a qualifier, an object may name others; attributes of objects have a
time from which they hold. What is written is sorted, so the same log gives the same bytes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dunwell.formats.findings import TableError

OcelValue = str | int | float | bool | datetime
LARGEST = 512 * 1024**2
"""Bytes of the largest file that is read."""

_TYPES: Mapping[type, str] = {
    bool: "boolean", int: "integer", float: "float", datetime: "time", str: "string",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class OcelEvent:
    """What happened, when (UTC), with which objects: pairs of key and qualifier."""

    id: str
    type: str
    at: datetime
    objects: Sequence[tuple[str, str]] = ()
    attributes: Mapping[str, OcelValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OcelObject:
    """A thing: what is known of it from when on (name, UTC, value), and what it belongs to."""

    id: str
    type: str
    attributes: Sequence[tuple[str, datetime, OcelValue]] = ()
    objects: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OcelLog:
    """A log: events and objects, each in the order of their keys."""

    events: Sequence[OcelEvent]
    objects: Sequence[OcelObject]


def write_ocel(log: OcelLog) -> bytes:
    """Return a log as OCEL 2.0 JSON; raises TableError where it names an object it lacks."""
    _check(log)
    events = sorted(log.events, key=lambda one: (one.at, one.id))
    objects = sorted(log.objects, key=lambda one: (one.type, one.id))
    document = {
        "eventTypes": _declared((one.type, one.attributes.items()) for one in events),
        "objectTypes": _declared(
            (one.type, ((name, value) for name, _, value in one.attributes)) for one in objects
        ),
        "events": [
            {
                "id": one.id,
                "type": one.type,
                "time": _time(one.at),
                "attributes": [
                    {"name": name, "value": _plain(value)}
                    for name, value in sorted(one.attributes.items())
                ],
                "relationships": _relations(one.objects),
            }
            for one in events
        ],
        "objects": [
            {
                "id": one.id,
                "type": one.type,
                "attributes": [
                    {"name": name, "time": _time(at), "value": _plain(value)}
                    for name, at, value in sorted(one.attributes, key=lambda told: told[:2])
                ],
                "relationships": _relations(one.objects),
            }
            for one in objects
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def read_ocel(data: bytes, *, name: str) -> OcelLog:
    """Return the log of an OCEL 2.0 JSON file.

    Raises TableError for what is no such file, for a type that is not declared, for keys that
    come twice and for objects that are named and not there.
    """
    if len(data) > LARGEST:
        raise TableError(f"{name}: is larger than {LARGEST // 1024**2} MB. Export a shorter time.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TableError(f"{name}: is no JSON. Export the log as OCEL 2.0 JSON.") from error
    if not isinstance(document, dict) or not {"events", "objects"} <= document.keys():
        raise TableError(f"{name}: holds no events and objects. Export the log as OCEL 2.0 JSON.")
    try:
        events, objects = (_Types(document[kind]) for kind in ("eventTypes", "objectTypes"))
        log = OcelLog(
            events=tuple(_event(one, events) for one in document["events"]),
            objects=tuple(_object(one, objects) for one in document["objects"]),
        )
        _check(log)
    except TableError as error:
        raise TableError(f"{name}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TableError(
            f"{name}: an event or object is not written as OCEL 2.0 asks ({error!s}). "
            "Export the log again."
        ) from error
    return log


class _Types:
    """The declared types, with the type of each attribute."""

    def __init__(self, declared: Iterable[Mapping[str, Any]]) -> None:
        self.attributes = {
            str(one["name"]): {
                str(told["name"]): str(told["type"]) for told in one.get("attributes", ())
            }
            for one in declared
        }

    def value(self, of: str, name: str, value: Any) -> OcelValue:
        """Return a value as its type says; XML-minded writers give text for every type."""
        kind = self.attributes[of].get(name)
        if kind is None:
            raise TableError(f"type {of} does not declare its attribute {name}.")
        if kind in ("time", "date"):
            return _moment(str(value))
        if kind == "integer":
            return int(value)
        if kind == "float":
            return float(value)
        if kind == "boolean":
            return value if isinstance(value, bool) else str(value).lower() in ("true", "1")
        return str(value)

    def known(self, name: str) -> str:
        """Return a type that is declared; raise TableError for another."""
        if name not in self.attributes:
            raise TableError(f"type {name} is not declared.")
        return name


def _event(one: Mapping[str, Any], types: _Types) -> OcelEvent:
    kind = types.known(str(one["type"]))
    return OcelEvent(
        id=str(one["id"]),
        type=kind,
        at=_moment(str(one["time"])),
        objects=_pairs(one),
        attributes={
            str(told["name"]): types.value(kind, str(told["name"]), told["value"])
            for told in one.get("attributes") or ()
        },
    )


def _object(one: Mapping[str, Any], types: _Types) -> OcelObject:
    kind = types.known(str(one["type"]))
    return OcelObject(
        id=str(one["id"]),
        type=kind,
        attributes=tuple(
            (
                str(told["name"]),
                _moment(str(told["time"])),
                types.value(kind, str(told["name"]), told["value"]),
            )
            for told in one.get("attributes") or ()
        ),
        objects=_pairs(one),
    )


def _pairs(one: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(told["objectId"]), str(told.get("qualifier", "")))
        for told in one.get("relationships") or ()
    )


def _check(log: OcelLog) -> None:
    known = {one.id for one in log.objects}
    if len(known) != len(log.objects):
        raise TableError("an object comes twice. Give each its own key.")
    if len({one.id for one in log.events}) != len(log.events):
        raise TableError("an event comes twice. Give each its own key.")
    named = [
        *((one.id, one.objects) for one in log.events),
        *((one.id, one.objects) for one in log.objects),
    ]
    for name, objects in named:
        for key, _ in objects:
            if key not in known:
                raise TableError(f"{name} names object {key}, which is not in the log.")


def _declared(
    told: Iterable[tuple[str, Iterable[tuple[str, OcelValue]]]],
) -> list[dict[str, Any]]:
    found: dict[str, dict[str, str]] = {}
    for kind, attributes in told:
        held = found.setdefault(kind, {})
        for name, value in attributes:
            held[name] = _TYPES[type(value)]
    return [
        {
            "name": kind,
            "attributes": [{"name": name, "type": held[name]} for name in sorted(held)],
        }
        for kind, held in sorted(found.items())
    ]


def _relations(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": key, "qualifier": qualifier} for key, qualifier in sorted(pairs)]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _plain(value: OcelValue) -> str | int | float | bool:
    return _time(value) if isinstance(value, datetime) else value
