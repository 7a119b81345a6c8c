"""A wordings document as text: one of its texts replaced, everything else kept as it is."""

from datetime import date
from typing import Any

import yaml

from dunwell.formats.policies import read_policy


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, as people do."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _key(dumper: yaml.SafeDumper, value: "Key") -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value))


class Key(str):
    """A name before a colon: written without quotation marks."""

    __slots__ = ()


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Key, _key)


def empty_wordings(language: str, *, valid_from: date) -> str:
    """Return a document that changes nothing: every text as shipped."""
    return _written({"language": language, "valid_from": valid_from, "wordings": {}})


def with_text(
    text: str, *, template: str, tone: str, subject: str, body: str, valid_from: date
) -> str:
    """Return a document with another text for a template, in a tone where one is named.

    It applies from a day on; comments are not kept. Raises PolicyError for a text that is none.
    """
    document: dict[str, Any] = read_policy(text).document
    wordings = document.setdefault("wordings", {}) or {}
    document["wordings"] = wordings
    place = wordings.setdefault(template, {})
    if tone:
        place = place.setdefault("tones", {}).setdefault(tone, {})
    place["subject"], place["body"] = subject, _lines(body)
    document["valid_from"] = valid_from
    return _written(document)


def _lines(body: str) -> str:
    """Return a body whose lines end plainly: a blank at an end keeps YAML from writing a block."""
    plain = body.replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join(line.rstrip() for line in plain.rstrip().split("\n")) + "\n"


def _written(document: dict[str, Any]) -> str:
    return yaml.dump(
        _keyed(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )


def _keyed(value: Any) -> Any:
    if isinstance(value, dict):
        return {Key(name): _keyed(inner) for name, inner in value.items()}
    return [_keyed(inner) for inner in value] if isinstance(value, list) else value
