"""Write the Python client's operations from the OpenAPI document: `python -m tools.client`.

The document is the one the desk serves, so what the client can call is what there is. Why not a
generator from elsewhere: docs/why/020-api.md.
"""

import json
import keyword
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "client" / "src" / "dunwell_client" / "generated"
COMMAND = "python -m tools.client"
NOTE = f"Written by `{COMMAND}`; do not edit."
PREFIX = "/api/v1"
PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "null": "None", "string": "str"}
OF_A_PAGE = {"rows", "next"}
TAKEN = {"Any", "Literal", "NotRequired", "Page", "TypedDict"}
"""Names that the written modules import."""

Document = Mapping[str, Any]


def client_files(document: Document) -> dict[str, str]:
    """Return the text of every written module by its file name."""
    schemas = document["components"]["schemas"]
    if clash := TAKEN & schemas.keys():
        raise SystemExit(f"A schema is named {', '.join(clash)}; name it otherwise.")
    areas: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            areas.setdefault(told["tags"][0], []).append(_operation(method, path, told, schemas))
    files = {f"{module(tag)}.py": _area(tag, parts) for tag, parts in sorted(areas.items())}
    files["areas.py"] = _areas(sorted(areas))
    files["models.py"] = _models(schemas)
    files["__init__.py"] = f'"""Operations and their types by area. {NOTE}"""\n'
    return files


def stale(document: Document) -> list[str]:
    """Return the written modules that differ from what the document asks for."""
    wanted = client_files(document)
    found = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.py")}
    return sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


def module(tag: str) -> str:
    """Return the name of the module, and attribute, of an area."""
    return re.sub(r"\W+", "_", tag.lower())


def class_name(tag: str) -> str:
    """Return the name of an area's class."""
    return "".join(part.title() for part in re.split(r"\W+", tag)) + "Area"


def kind_of(schema: Document, schemas: Document) -> str:
    """Return the Python type of a value that a schema describes."""
    if "$ref" in schema:
        return _named(schema["$ref"].rpartition("/")[2], schemas)
    if "const" in schema or "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema.get('enum') or [schema['const']]))}]"
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " | ".join(dict.fromkeys(kind_of(one, schemas) for one in choices))
    return _plain(schema, schemas)


def _plain(schema: Document, schemas: Document) -> str:
    """Return the Python type of what is no model and no choice."""
    told = schema.get("type")
    if told == "array":
        kinds = [schema["items"]] if schema.get("items") else schema.get("prefixItems", [{}])
        held = dict.fromkeys(kind_of(one, schemas) for one in kinds)
        return f"list[{' | '.join(held)}]"
    if told == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {kind_of(values, schemas) if isinstance(values, dict) else 'Any'}]"
    return PLAIN.get(str(told), "Any")


def _named(name: str, schemas: Document) -> str:
    """Return a model's name; a page is `Page[...]` of its rows, so that one helper reads all."""
    fields = schemas[name].get("properties", {})
    if name.startswith("Page_") and fields.keys() == OF_A_PAGE:
        return f"Page[{kind_of(fields['rows']['items'], schemas)}]"
    return name if "properties" in schemas[name] else kind_of(schemas[name], schemas)


def _operation(method: str, path: str, told: Document, schemas: Document) -> str:
    """Return the method of the class that calls one operation."""
    given = told.get("parameters", [])
    in_path = [one for one in given if one["in"] == "path"]
    queried = [one for one in given if one["in"] == "query"]
    takes_key = any(one["name"] == "Idempotency-Key" for one in given)
    before = [f"{_safe(one['name'])}: {kind_of(one['schema'], schemas)}" for one in in_path]
    after = [_asked(one, schemas) for one in sorted(queried, key=lambda one: not one["required"])]
    passed = [f'"{method.upper()}"', _address(path)]
    if queried:
        named = ", ".join(f'"{one["name"]}": {_safe(one["name"])}' for one in queried)
        passed.append(f"query={{{named}}}")
    content = told.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        field = next(iter(content["multipart/form-data"]["schema"]["properties"]))
        before.append("files: Files")
        passed.append(f'files={{"{field}": files}}')
    elif content:
        before.append(f"body: {kind_of(content['application/json']['schema'], schemas)}")
        passed.append("body=body")
    if takes_key:
        after.append("idempotency_key: str | None = None")
        passed.append("takes_key=True, key=idempotency_key")
    answer = _answer(told, schemas)
    taken = ", ".join(["self", *before, *(["*", *after] if after else [])])
    text = told["description"].strip().replace("\\", "\\\\").replace('"""', "'''")
    lines = [
        f"    def {told['operationId']}({taken}) -> {answer}:",
        f'        """{_indented(text)}',
        "",
        f"        {method.upper()} {path}",
        '        """',
        f"        told: {answer} = self._connection.call({', '.join(passed)})",
        "        return told",
    ]
    return "\n".join(lines)


def _asked(one: Document, schemas: Document) -> str:
    """Return a parameter of the query; one that may be left out is sent only where it is given."""
    kind = kind_of(one["schema"], schemas)
    if one["required"]:
        return f"{_safe(one['name'])}: {kind}"
    return f"{_safe(one['name'])}: {kind if kind.endswith('None') else f'{kind} | None'} = None"


def _address(path: str) -> str:
    """Return the expression of a path, with its parts quoted."""
    bare = path.removeprefix(PREFIX)
    if "{" not in bare:
        return f'"{bare}"'
    filled = re.sub(r"\{(\w+)\}", lambda found: f"{{path_part({_safe(found[1])})}}", bare)
    return f'f"{filled}"'


def _answer(told: Document, schemas: Document) -> str:
    """Return the type of the good answer; a file is bytes."""
    good = next(answer for status, answer in told["responses"].items() if status[0] == "2")
    content = good.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return "bytes" if schema is None else kind_of(schema, schemas)


def _indented(text: str) -> str:
    return "\n".join(
        f"        {line.strip()}" if number and line.strip() else line.strip()
        for number, line in enumerate(text.splitlines())
    )


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _area(tag: str, parts: list[str]) -> str:
    text = "\n\n".join(parts)
    used = sorted(set(re.findall(r"\b[A-Z]\w+\b", _signatures(parts))))
    models = [name for name in used if name not in {*TAKEN, "Files", "None"}]
    transport = "Connection, Files" if "Files" in used else "Connection"
    typing = [name for name in ("Any", "Literal") if name in used]
    lines = [
        f'"""Operations about {tag}. {NOTE}"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import " + ", ".join(["TYPE_CHECKING", *typing]),
        "",
        "from dunwell_client.transport import path_part" if "path_part(" in text else "",
        "",
        "if TYPE_CHECKING:",
        *[f"    from dunwell_client.generated.models import {name}" for name in models],
        "    from dunwell_client.paging import Page" if "Page" in used else "",
        f"    from dunwell_client.transport import {transport}",
        "",
        "",
        f"class {class_name(tag)}:",
        f'    """Operations about {tag}."""',
        "",
        "    def __init__(self, connection: Connection) -> None:",
        '        """Call over this connection."""',
        "        self._connection = connection",
        "",
        text,
    ]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)) + "\n"


def _signatures(parts: list[str]) -> str:
    """Return the first lines of the methods, in which every type stands that they name."""
    return "\n".join(re.sub(r"'[^']*'", "", part.split("\n", 1)[0]) for part in parts)


def _areas(tags: list[str]) -> str:
    lines = [
        f'"""Every area of the desk. {NOTE}"""',
        "",
        "from __future__ import annotations",
        "",
        "from functools import cached_property",
        "from typing import TYPE_CHECKING",
        "",
        "if TYPE_CHECKING:",
        *[
            f"    from dunwell_client.generated.{module(tag)} import {class_name(tag)}"
            for tag in tags
        ],
        "    from dunwell_client.transport import Connection",
        "",
        "",
        "class Areas:",
        '    """The operations of the desk by area; an area is loaded when it is first used."""',
        "",
        "    _connection: Connection",
    ]
    for tag in tags:
        name = class_name(tag)
        lines += [
            "",
            "    @cached_property",
            f"    def {module(tag)}(self) -> {name}:",
            f'        """Operations about {tag}."""',
            f"        from dunwell_client.generated.{module(tag)} import {name}",
            "",
            f"        return {name}(self._connection)",
        ]
    return "\n".join(lines) + "\n"


def _models(schemas: Document) -> str:
    head = [
        f'"""What is sent and what comes back. {NOTE}"""',
        "from __future__ import annotations",
        "from typing import Any, Literal, NotRequired, TypedDict",
        "from dunwell_client.paging import Page",
    ]
    parts = ["\n\n".join(head)]
    parts += [part for name in sorted(schemas) for part in _model(name, schemas)]
    return "\n\n\n".join(parts) + "\n"


def _model(name: str, schemas: Document) -> Iterator[str]:
    """Yield the class of one model; a page is generic, and what is no object is written out."""
    if _named(name, schemas) != name:
        return
    told = schemas[name]
    kinds = {
        field: kind_of(kind, schemas)
        if field in told.get("required", ())
        else f"NotRequired[{kind_of(kind, schemas)}]"
        for field, kind in told["properties"].items()
    }
    if any(keyword.iskeyword(field) or not field.isidentifier() for field in kinds):
        fields = ", ".join(f'"{field}": "{kind}"' for field, kind in kinds.items())
        yield f'{name} = TypedDict("{name}", {{{fields}}})'
        return
    first = told.get("description", name).strip().split("\n")[0].replace("\\", "\\\\")
    body = [f'    """{first}"""', "", *[f"    {field}: {kind}" for field, kind in kinds.items()]]
    yield "\n".join([f"class {name}(TypedDict):", *body])


def served_document() -> Document:
    """Return the OpenAPI document as the desk serves it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
    import django  # noqa: PLC0415 - settings are read when Django is set up

    django.setup()
    from dunwell.api import api  # noqa: PLC0415 - needs Django set up

    return read(api.get_openapi_schema())


def read(document: Document) -> Document:
    """Return a document as a client reads it: statuses are texts."""
    return dict(json.loads(json.dumps(document)))


def main() -> None:
    """Write what differs and remove what is no operation any more."""
    document = served_document()
    wanted = client_files(document)
    TARGET.mkdir(parents=True, exist_ok=True)
    changed = stale(document)
    for name in changed:
        if name in wanted:
            (TARGET / name).write_text(wanted[name], encoding="utf-8")
        else:
            (TARGET / name).unlink()
    sys.stdout.write(f"{len(wanted)} modules, {len(changed)} changed\n")


if __name__ == "__main__":
    main()
