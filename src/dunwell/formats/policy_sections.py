"""Writing one section of a policy document anew, and leaving every other line as it was."""

import json
from collections.abc import Mapping, Sequence

import yaml

from dunwell.formats.policies import PolicyError, read_policy

INDENT = "  "


def with_section(
    text: str, *, part: str, section: str, rows: Sequence[Mapping[str, object]], note: str = ""
) -> str:
    """Return a policy's text with a list under `part` replaced, or added where there is none.

    Comments and every other line stay. `note` becomes a comment above the section. Raises
    PolicyError for a text that is no policy or has no such part.
    """
    body = _part(text, part)
    lines = text.splitlines()
    written = [f"{INDENT}# {note}"] if note else []
    written += [f"{INDENT}{section}:", *(f"{INDENT}{INDENT}- {_flow(row)}" for row in rows)]
    if not rows:
        written[-1] = f"{INDENT}{section}: []"
    pairs = list(body.value)
    place = next((n for n, (key, _node) in enumerate(pairs) if key.value == section), None)
    if place is None:
        last = _last_line(lines, pairs[-1][1].end_mark.line)
        return "\n".join([*lines[:last], "", *written, *lines[last:]]) + "\n"
    first = _comments_above(lines, pairs[place][0].start_mark.line)
    after = place + 1
    if after < len(pairs):
        last = _comments_above(lines, pairs[after][0].start_mark.line)
    else:
        last = _last_line(lines, pairs[place][1].end_mark.line)
    gap = [""] if last < len(lines) else []
    return "\n".join([*lines[:first], *written, *gap, *lines[last:]]) + "\n"


def with_field(text: str, *, part: str, name: str, value: str) -> str:
    """Return a policy's text with a plain field of a part replaced; raise PolicyError without."""
    lines = text.splitlines()
    for key, node in _part(text, part).value:
        if key.value == name and isinstance(node, yaml.ScalarNode):
            line = key.start_mark.line
            lines[line] = f"{lines[line][: key.start_mark.column]}{name}: {value}"
            return "\n".join(lines) + "\n"
    raise PolicyError(f"line 1: {part} states no {name}")


def _part(text: str, part: str) -> yaml.MappingNode:
    for key, node in read_policy(text).root.value:
        if key.value == part and isinstance(node, yaml.MappingNode) and not node.flow_style:
            return node
    raise PolicyError(f"line 1: expected a part '{part}:'")


def _comments_above(lines: Sequence[str], line: int) -> int:
    """Return the first of the comment lines right above a line, or the line itself."""
    while line > 0 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _last_line(lines: Sequence[str], line: int) -> int:
    """Return where a section ends: after its last line that says something."""
    while line > 0 and (line > len(lines) or not lines[line - 1].strip()):
        line -= 1
    while line > 0 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    while line > 0 and not lines[line - 1].strip():
        line -= 1
    return line


def _flow(row: Mapping[str, object]) -> str:
    """Return a row on one line; quoted as JSON, which is YAML as well."""
    return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in row.items()) + "}"
