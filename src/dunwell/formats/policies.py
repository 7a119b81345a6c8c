"""Policy documents: YAML text to plain data, and the line a mistake stands on.

The text is written by people and may be hostile: only plain values are built,
the size and the depth are limited, references (which let a short text grow
without bound) and repeated keys (of which one would be lost silently) are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

LARGEST_BYTES = 200_000
DEEPEST = 20
FAST = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The loader over libyaml where the machine has it, about ten times as fast."""

Data = dict[str, object]


class PolicyError(ValueError):
    """The text is not a policy document; the message names the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyText:
    """A policy document as data, and its nodes for finding lines."""

    text: str
    document: Data
    root: yaml.MappingNode


def read_policy(text: str) -> PolicyText:
    """Return the document in a YAML text.

    Raises PolicyError naming the line: too large, not YAML, a reference, a
    repeated key, nested too deeply, or no fields at the top.
    """
    size = len(text.encode(errors="surrogatepass"))
    if size > LARGEST_BYTES:
        raise PolicyError(f"The document has {size} bytes; at most {LARGEST_BYTES} are read.")
    try:
        return _read(text, FAST)
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, PolicyError):
            raise
    # what is wrong is told in the words of the one that is written in Python
    try:
        return _read(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _told(error) from error
    except yaml.YAMLError as error:
        raise PolicyError(f"The text holds a character that YAML forbids: {error}") from error


def _read(text: str, kind: type[yaml.SafeLoader | yaml.CSafeLoader]) -> PolicyText:
    _check_events(text, kind)
    loader = kind(text)
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise PolicyError(
                "line 1: expected fields such as 'strategy:' at the start of the line"
            )
        _check_keys(root)
        try:
            document = loader.construct_document(root)
        except yaml.YAMLError:
            raise
        except ValueError as error:
            # a day such as 2026-02-31 looks like a date and is none
            raise PolicyError(f"{_value_line(root)}{error}") from error
    finally:
        loader.dispose()
    return PolicyText(text=text, document=document, root=root)


def line_of(policy: PolicyText, message: str) -> int:
    """Return the line (from 1) that a message such as "step 2: day is missing" speaks of.

    Follows "step N" and "case N" into the document, outside strategies its parts ("cash, debit,
    ladder", "authority, grant 3, alone"), then the first field the message names there.
    """
    node: yaml.Node = _part(policy.root, message)
    for word, name in (("strategy", "strategy"), ("step", "steps"), ("case", "cases")):
        number = re.search(rf"\b{word} (\d+)\b", message)
        inner = _field(node, name) or (_field(policy.root, name) if number else None)
        if word == "strategy":
            node = node if message.startswith("document:") else inner or node
        elif number and isinstance(inner, yaml.SequenceNode):
            position = int(number[1]) - 1
            node = inner.value[position] if position < len(inner.value) else inner
    told = message.split(": ", 1)[-1]
    named = [
        (found.start(), _line(key))
        for key, _ in _pairs(node)
        if (found := re.search(rf"\b{re.escape(key.value)}\b", told))
    ]
    return min(named)[1] if named else _line(node)


def _part(root: yaml.MappingNode, message: str) -> yaml.Node:
    """Return the part of a policy a message is about, of a strategy its root."""
    node: yaml.Node = root
    place = message.split(":", 1)[0].split(", ")
    if place[0] == "strategy" or _field(root, place[0]) is None:
        return root
    for name in place:
        numbered = re.fullmatch(r"(\w+) (\d+)(?: \(.*\))?", name)
        inner = _field(node, f"{numbered[1]}s") if numbered else None
        inner = inner or _field(node, numbered[1] if numbered else name)
        if numbered and isinstance(inner, yaml.SequenceNode):
            position = int(numbered[2]) - 1
            inner = inner.value[position] if position < len(inner.value) else inner
        node = inner or node
    return node


def _told(error: yaml.MarkedYAMLError) -> PolicyError:
    mark = error.problem_mark or error.context_mark
    return PolicyError(
        f"line {mark.line + 1 if mark else 1}: {error.problem or 'this is not YAML'}"
    )


def _check_events(text: str, kind: type[yaml.SafeLoader | yaml.CSafeLoader]) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=kind):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise PolicyError(f"line {line}: references (& and *) are not read; repeat the value")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise PolicyError(f"line {line}: nested more than {DEEPEST} levels deep")


def _check_keys(node: yaml.Node) -> None:
    """Refuse the first field that stands twice, anywhere below the node."""
    seen: set[str] = set()
    for key, value in _pairs(node):
        if key.value in seen:
            raise PolicyError(f"line {_line(key)}: {key.value} stands twice; keep one of them")
        seen.add(key.value)
        _check_keys(value)
    if isinstance(node, yaml.SequenceNode):
        for row in node.value:
            _check_keys(row)


def _value_line(node: yaml.Node) -> str:
    """Return "line N: " of the first value that cannot be built, or nothing."""
    for scalar in _scalars(node):
        try:
            yaml.SafeLoader("").construct_object(scalar)
        except (yaml.YAMLError, ValueError):
            return f"line {_line(scalar)}: "
    return ""


def _scalars(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for row in node.value:
            yield from _scalars(row)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def _field(node: yaml.Node, name: str) -> yaml.Node | None:
    return next((value for key, value in _pairs(node) if key.value == name), None)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
