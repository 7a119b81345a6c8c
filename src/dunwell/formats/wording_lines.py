"""The line of a wordings document that a refusal speaks of: template, field and line of text."""

import re

import yaml

from dunwell.formats.policies import PolicyText, line_of

_PLACE = re.compile(r"(?:wordings \w+, )?(\w+) \(\w+\)(?:, (\w+))?(?:, line (\d+))?")
_INNER = re.compile(r"wordings \w+, (\w+)(?:, (\w+))?(?: (\d+))?")


def line_of_wording(policy: PolicyText, message: str) -> int:
    """Return the line (from 1) that a message such as "reminder (en), body, line 5: …" is about.

    Of a tone or variant it is where that begins; what names no template is found as in any policy.
    """
    if found := _INNER.match(message):
        name, inner, number = found.groups()
        node = _field(_field(policy.root, "wordings"), name)
        if node is not None:
            below = _field(_field(node, "tones"), inner or "")
            if below is None and inner == "variant" and number:
                below = _entry(_field(node, "variants"), int(number))
            return _line(below or _field(node, inner or "") or node)
    if found := _PLACE.match(message):
        name, part, number = found.groups()
        node = _field(_field(policy.root, "wordings"), name) or _field(policy.root, "shared")
        field = _field(node, part or "") or _field(_field(policy.root, "shared"), part or "")
        if field is not None and number and _is_block(field):
            return _line(field) + int(number)
        if (field or node) is not None:
            return _line(field or node)
    return line_of(policy, message)


def _entry(node: yaml.Node | None, number: int) -> yaml.Node | None:
    listed = node.value if isinstance(node, yaml.SequenceNode) else []
    return listed[number - 1] if number <= len(listed) else None


def _field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _is_block(node: yaml.Node) -> bool:
    """Return whether a text begins on the line after its mark, as those after `|` do."""
    return isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}


def _line(node: yaml.Node | None) -> int:
    return int(node.start_mark.line) + 1 if node is not None else 1
