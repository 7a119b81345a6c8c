"""What of the API ends, and when: headers of answers and marks in the document come from it.

`Deprecation` is RFC 9745, `Sunset` RFC 8594, `Link` with rel="deprecation" leads to what to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.http import http_date

LEAST = timedelta(days=365)
"""Between the day something is called deprecated and the day it ends, at the least."""

METHODS = ("get", "post", "put", "patch", "delete")
SCHEMAS = "#/components/schemas/"
Operation = tuple[str, str]
"""A method in capitals and a path of the document."""


class EndingError(ValueError):
    """A row that cannot be: a thing the API does not have, or days that do not fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """One thing that ends: an operation, its parameter, a field of a schema, or a version whole.

    `operation` is its name in the document (operationId), alone or with `parameter`; `schema` goes
    with `field`. `ends_on` is told once it is decided; `read_at` is the address of what to do.
    """

    deprecated_on: date
    read_at: str
    ends_on: date | None = None
    operation: str = ""
    parameter: str = ""
    schema: str = ""
    field: str = ""
    version: str = ""

    def __post_init__(self) -> None:
        """Raise EndingError for a row that names no one thing, or ends too early."""
        kinds = [bool(one) for one in (self.operation, self.schema, self.version)]
        if kinds.count(True) != 1 or bool(self.schema) != bool(self.field):
            raise EndingError("Name an operation, a schema with its field, or a version.")
        if self.parameter and not self.operation:
            raise EndingError("A parameter is one of an operation; name it.")
        if self.ends_on is not None and self.ends_on - self.deprecated_on < LEAST:
            raise EndingError(f"{self.what} must stay for {LEAST.days} days at the least.")

    @property
    def what(self) -> str:
        """Return what ends, in words."""
        if self.version:
            return f"version {self.version}"
        if self.schema:
            return f"field {self.schema}.{self.field}"
        return f"parameter {self.operation}.{self.parameter}" if self.parameter else self.operation

    @property
    def sentence(self) -> str:
        """Return the sentence that stands in the document."""
        until = "" if self.ends_on is None else f", ends on {self.ends_on}"
        return f"Deprecated since {self.deprecated_on}{until}: {self.read_at}"


ENDINGS: tuple[Ending, ...] = ()
"""Nothing ends so far. A row stays until its day; what it names may be taken out after that."""


def mark(document: dict[str, Any], endings: Sequence[Ending]) -> None:
    """Mark in an OpenAPI document what ends; raise EndingError for what it does not hold."""
    for ending in endings:
        found = list(_places(document, ending))
        if not found:
            raise EndingError(f"The API has no {ending.what}.")
        for place in found:
            place["deprecated"] = True
            told = place.get("description", "")
            place["description"] = f"{told}\n\n{ending.sentence}".strip()


def headers(
    document: Mapping[str, Any], endings: Sequence[Ending]
) -> dict[Operation, dict[str, str]]:
    """Return the headers of every operation that something ends for, by method and path.

    Where several things end, the earliest days are told, and every address.
    """
    by_operation: dict[Operation, list[Ending]] = {}
    for ending in endings:
        for method, path in _touched(document, ending):
            by_operation.setdefault((method, path), []).append(ending)
    return {one: _headers(found) for one, found in by_operation.items()}


def _headers(endings: Sequence[Ending]) -> dict[str, str]:
    since = min(one.deprecated_on for one in endings)
    told = {"Deprecation": f"@{_seconds(since)}"}
    ends = [one.ends_on for one in endings if one.ends_on is not None]
    if ends:
        told["Sunset"] = http_date(_seconds(min(ends)))
    addresses = dict.fromkeys(one.read_at for one in endings)
    told["Link"] = ", ".join(f'<{address}>; rel="deprecation"' for address in addresses)
    return told


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[Operation, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield (method.upper(), path), methods[method]


def _places(document: Mapping[str, Any], ending: Ending) -> Iterator[dict[str, Any]]:
    """Yield the parts of a document that say what ends."""
    if ending.schema:
        schema = document["components"]["schemas"].get(ending.schema, {})
        if ending.field in schema.get("properties", {}):
            yield schema["properties"][ending.field]
        return
    for one, operation in _operations(document):
        if not ending.parameter:
            if ending.operation == operation["operationId"] or _is_of(ending.version, one):
                yield operation
        elif ending.operation == operation["operationId"]:
            # copies: operations share what they say of a parameter alike
            named = operation["parameters"] = [
                dict(one) for one in operation.get("parameters", ())
            ]
            yield from (told for told in named if told["name"] == ending.parameter)


def _touched(document: Mapping[str, Any], ending: Ending) -> Iterator[Operation]:
    """Yield the operations whose answers tell that something ends."""
    for one, operation in _operations(document):
        if ending.schema:
            if ending.schema in _named(document, operation):
                yield one
        elif ending.operation == operation["operationId"] or _is_of(ending.version, one):
            yield one


def _is_of(version: str, operation: Operation) -> bool:
    return bool(version) and operation[1].startswith(f"/api/v{version}/")


def _named(document: Mapping[str, Any], operation: Mapping[str, Any]) -> set[str]:
    """Return the names of the schemas an operation takes or tells, and of those inside them."""
    waiting: list[Any] = [operation]
    found = set[str]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix(SCHEMAS)
            if name and name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"].get(name, {}))
            waiting += [one for one in part.values() if isinstance(one, dict | list)]
        else:
            waiting += [one for one in part if isinstance(one, dict | list)]
    return found
