"""Keep what version 1 of the API promises: `python -m tools.api_digest` after an addition.

The digest is the OpenAPI document without its prose. `breaking` tells what a program written
against the kept one would stumble over in the served one; what counts: docs/how-to/api.md.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tools.client import ROOT, served_document

DIGEST = ROOT / "tools" / "api_v1.json"
COMMAND = "python -m tools.api_digest"
PROSE = {"title", "description", "default", "example", "examples", "summary", "tags", "security"}
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
EXACT = ("pattern", "format")

Document = Mapping[str, Any]


def digest(document: Document) -> dict[str, Any]:
    """Return operations by "METHOD /path" and schemas by their name, without prose."""
    operations = {
        f"{method.upper()} {path}": _operation(told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    }
    schemas = {name: _bare(schema) for name, schema in document["components"]["schemas"].items()}
    return {"operations": operations, "schemas": schemas}


def written(kept: Document) -> str:
    """Return the digest as JSON, one line per operation and schema: diffs are short."""
    parts = []
    for part in ("operations", "schemas"):
        lines = [
            f"{json.dumps(name)}:{json.dumps(told, sort_keys=True, separators=(',', ':'))}"
            for name, told in sorted(kept[part].items())
        ]
        parts.append(f'"{part}":{{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def kept_digest() -> dict[str, Any]:
    """Return the digest that is kept in git."""
    return dict(json.loads(DIGEST.read_text(encoding="utf-8")))


def breaking(was: Document, now: Document) -> list[str]:
    """Return what a program written against the first digest cannot bear, one sentence each."""
    found: list[str] = []
    compared = _Comparison(was["schemas"], now["schemas"])
    for name, old in was["operations"].items():
        new = now["operations"].get(name)
        if new is None:
            found.append(f"{name}: removed")
            continue
        if old["name"] != new["name"]:
            found.append(f"{name}: {old['name']} is named {new['name']} in the client")
        found += compared.asked(name, old, new)
        found += compared.answered(name, old["answers"], new["answers"])
    return found


def _operation(told: Document) -> dict[str, Any]:
    body = told.get("requestBody", {})
    return {
        "name": told["operationId"],
        "asks": {
            f"{one['in']} {one['name']}": {
                "required": bool(one.get("required")), "schema": _bare(one["schema"]),
            }
            for one in told.get("parameters", [])
        },
        "body": _contents(body),
        "body_required": bool(body.get("required")),
        "answers": {
            str(status): _contents(answer)
            for status, answer in told["responses"].items()
            if str(status)[0] == "2"
        },
    }  # fmt: skip


def _contents(told: Document) -> dict[str, Any]:
    return {kind: _bare(one.get("schema", {})) for kind, one in told.get("content", {}).items()}


def _bare(schema: Any) -> Any:
    """Return a schema without prose; a field that is called like prose stays."""
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    bare = {name: _bare(one) for name, one in schema.items() if name not in PROSE}
    if "properties" in schema:
        bare["properties"] = {name: _bare(one) for name, one in schema["properties"].items()}
    return bare


class _Comparison:
    """Two sets of schemas side by side; each pair is compared once for each direction."""

    def __init__(self, was: Document, now: Document) -> None:
        self._was, self._now = was, now
        self._told: dict[tuple[int, int, bool], list[str]] = {}

    def asked(self, name: str, old: Document, new: Document) -> Iterator[str]:
        """Yield what no longer fits of what a caller sends."""
        for key, one in new["asks"].items():
            before = old["asks"].get(key)
            if one["required"] and not (before and before["required"]):
                yield f"{name} {key}: is required now"
        for key, one in old["asks"].items():
            if key not in new["asks"]:
                yield f"{name} {key}: removed"
                continue
            yield from self._at(
                f"{name} {key}", one["schema"], new["asks"][key]["schema"], is_sent=True
            )
        if new["body_required"] and not old["body_required"]:
            yield f"{name} body: is required now"
        for kind, schema in old["body"].items():
            if kind not in new["body"]:
                yield f"{name} body {kind}: is not taken any more"
                continue
            yield from self._at(f"{name} body", schema, new["body"][kind], is_sent=True)

    def answered(self, name: str, old: Document, new: Document) -> Iterator[str]:
        """Yield what no longer fits of what a caller gets."""
        for status, contents in old.items():
            if status not in new:
                yield f"{name} {status}: is not answered any more"
                continue
            for kind, schema in contents.items():
                if kind not in new[status]:
                    yield f"{name} {status} {kind}: is not answered any more"
                    continue
                yield from self._at(f"{name} {status}", schema, new[status][kind], is_sent=False)

    def _at(self, place: str, was: Document, now: Document, *, is_sent: bool) -> Iterator[str]:
        return (f"{place}{told}" for told in self._choices(was, now, is_sent=is_sent))

    def _choices(self, was: Document, now: Document, *, is_sent: bool) -> list[str]:
        """Return where a value that was sent is refused now, or one that comes was never told of.

        Each sentence begins with its place below these schemas.
        """
        pair = (id(was), id(now), is_sent)
        if pair in self._told:
            return self._told[pair]
        # a schema that holds itself is compared once
        self._told[pair] = found = []
        old, new = _alternatives(was, self._was), _alternatives(now, self._now)
        for one in old if is_sent else new:
            others = [other for other in (new if is_sent else old) if _kind_fits(one, other)]
            if not others:
                gone = "is not taken any more" if is_sent else "may come now"
                found.append(f": {_kind(one)} {gone}")
                continue
            pairs = [(one, other) if is_sent else (other, one) for other in others]
            told = [self._alike(*both, is_sent=is_sent) for both in pairs]
            fewest: list[str] = min(told, key=len)
            found += fewest
        return found

    def _alike(self, was: Document, now: Document, *, is_sent: bool) -> list[str]:
        """Return what differs between two schemas of one kind."""
        found = list(_values(was, now) if is_sent else _answers(was, now))
        for mark, part in (("[]", "items"), ("{}", "additionalProperties")):
            held = was.get(part), now.get(part)
            if isinstance(held[0], dict) and isinstance(held[1], dict):
                inner = self._choices(held[0], held[1], is_sent=is_sent)
                found += [f"{mark}{told}" for told in inner]
        places = zip(was.get("prefixItems", ()), now.get("prefixItems", ()), strict=False)
        for number, pair in enumerate(places):
            found += [f"[{number}]{told}" for told in self._choices(*pair, is_sent=is_sent)]
        old, new = was.get("properties", {}), now.get("properties", {})
        needed = set(was.get("required", ())), set(now.get("required", ()))
        for name, schema in old.items():
            if name not in new:
                found.append(f".{name}: removed")
                continue
            inner = self._choices(schema, new[name], is_sent=is_sent)
            found += [f".{name}{told}" for told in inner]
        if is_sent:
            return found + [f".{one}: is required now" for one in sorted(needed[1] - needed[0])]
        free = sorted((needed[0] - needed[1]) & new.keys())
        return found + [f".{one}: may be left out now" for one in free]


def _alternatives(schema: Document, schemas: Document) -> list[Document]:
    """Return the plain schemas a value may follow, references resolved one level."""
    if "$ref" in schema:
        return _alternatives(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return [plain for one in choices for plain in _alternatives(one, schemas)]
    return [schema]


def _kind(schema: Document) -> str:
    if "type" in schema:
        return str(schema["type"])
    values = _listed(schema)
    return "string" if values and all(isinstance(one, str) for one in values) else "anything"


def _kind_fits(one: Document, other: Document) -> bool:
    """Tell whether a value of the first kind may stand where the second is told."""
    kinds = _kind(one), _kind(other)
    return kinds[0] == kinds[1] or kinds[1] == "anything" or kinds == ("integer", "number")


def _listed(schema: Document) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(was: Document, now: Document) -> Iterator[str]:
    """Yield what is narrower of what may be sent."""
    old, new = _listed(was), _listed(now)
    if new is not None:
        gone = [str(one) for one in old or ["other values"] if one not in new]
        if gone:
            yield f": {', '.join(gone)} not taken any more"
    for name in UPPER:
        if name in now and (name not in was or now[name] < was[name]):
            yield f": {name} is {now[name]} now"
    for name in LOWER:
        if name in now and (name not in was or now[name] > was[name]):
            yield f": {name} is {now[name]} now"
    for name in EXACT:
        if name in now and now[name] != was.get(name):
            yield f": {name} is {now[name]} now"


def _answers(was: Document, now: Document) -> Iterator[str]:
    """Yield what is told otherwise in an answer; a list of values may get further ones."""
    if _listed(was) is not None and _listed(now) is None:
        yield f": any {_kind(now)} may come now"
    if was.get("format") and was["format"] != now.get("format"):
        yield f": format {was['format']} is {now.get('format')} now"


def main() -> None:
    """Write the digest; what breaks programs is told and not written, unless by `--breaking`."""
    served = digest(served_document())
    found = breaking(kept_digest(), served) if DIGEST.exists() else []
    if found and "--breaking" not in sys.argv:
        raise SystemExit("\n".join([*found, "These break programs; see docs/how-to/api.md."]))
    DIGEST.write_text(written(served), encoding="utf-8")
    sys.stdout.write(f"{len(served['operations'])} operations, {len(found)} breaking changes\n")


if __name__ == "__main__":
    main()
