"""Which actions book, and which of them a step of the simulator leads to: read from the source."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
POSTING = {
    ("dunwell.actions.entries", name)
    for name in ("post_entries", "post_batch_entries", "post_payout", "post_amounts")
}
"""What writes entries: an action that leads here books."""
FOLDERS = ("src/dunwell/actions", "src/dunwell/jobs", "tests/simulator", "tests/actions")


def _module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[1:] if parts[0] == "src" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _named(node):
    """The names that a statement at the top of a file makes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return [one.id for one in targets if isinstance(one, ast.Name)]


@cache
def graph():
    """What every function, class and table refers to, by (module, name)."""
    edges = {}
    for path in sorted(one for folder in FOLDERS for one in (ROOT / folder).rglob("*.py")):
        if path.name.startswith("test_"):
            continue
        module, tree = _module(path), ast.parse(path.read_text("utf-8"))
        known = {name: (module, name) for node in tree.body for name in _named(node)}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                for one in node.names:
                    known[one.asname or one.name] = (node.module, one.name)
        for node in tree.body:
            used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            for name in _named(node):
                edges[module, name] = {known[one] for one in used if one in known}
    return edges


def reached(begin):
    """Everything that the given places lead to, themselves included."""
    found, ahead = set(), list(begin)
    while ahead:
        place = ahead.pop()
        if place not in found:
            found.add(place)
            ahead += graph().get(place, ())
    return found


def played():
    """Everything that steps of the simulator lead to."""
    return reached(place for place in graph() if place[0].startswith("tests.simulator."))


def booking(actions):
    """Which of the actions, as `module.function`, book."""
    return {name for name in actions if reached([place(name)]) & POSTING}


def place(action):
    """Where an action is, as the graph names it."""
    module, _, name = action.rpartition(".")
    return f"dunwell.actions.{module}", name
