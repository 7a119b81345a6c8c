"""The verbs of events, read from where the actions name them: also through a function that tells.

`record_event(actor, "note.recorded", …)` names one itself; `tell(actor, "ended", plan)` names
`plan.ended`, for `tell` writes `plan.{verb}`. What the code chooses is read by `chosen_verbs`.
"""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from chosen_verbs import Choices, declared
from scan import HOLE, SRC, VERB, called, calls, functions, sentence, stated, trees

CLEAR = re.compile(r"[a-z_]+\.[a-z_]+")
"""A verb in which nothing is left to be filled in."""
NAMELESS = frozenset({"at", "customer_id", "verb", "subject", "subject_id"})
"""What every event has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """A function that writes the event its caller names: `{}` in `verb` is what the caller gives.

    It is the parameter `name`, at that `place`.
    """

    verb: str
    name: str
    place: int
    keys: frozenset[str]


@dataclass(slots=True)
class Row:
    """A verb: when it is written, the names of its data, and the actions that write it."""

    why: str
    keys: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


Place = tuple[str, str]
"""A file's stem and a function's name."""


def event_rows() -> list[tuple[str, str, list[str], list[str]]]:
    """Return verb, when it is written, names of its data, and the actions that write it."""
    tellers = _tellers()
    used = {names.get(called(call)) for (_, _, one), names in _functions() for call in calls(one)}
    modules = {path.stem: _module(path) for path, _ in trees("actions")}
    rows: dict[str, Row] = {}
    for (stem, tree, function), names in _functions():
        place = (stem, function.name)
        # one that no action calls is called by a page: nobody else names its verb
        own = tellers.get(place) if place in used else None
        why = sentence(ast.get_docstring(function) or ast.get_docstring(tree))
        local = _named_in(tree)
        choices = Choices(module=modules[stem], function=function, local=local)
        for call in calls(function):
            for verb, keys in _named(call, names, tellers, own, choices):
                row = rows.setdefault(verb, Row(why=why))
                row.keys |= keys
                row.places.add(f"{stem}.{function.name}")
    return [
        (verb, row.why, sorted(row.keys - NAMELESS), sorted(row.places))
        for verb, row in sorted(rows.items())
    ]


@cache
def _named_in(tree: ast.Module) -> Mapping[str, ast.FunctionDef]:
    return {one.name: one for one in functions(tree)}


def _functions() -> Iterator[tuple[tuple[str, ast.Module, ast.FunctionDef], Mapping[str, Place]]]:
    """Yield every function of the actions, and what the names it calls stand for."""
    for path, tree in trees("actions"):
        names = {one.name: (path.stem, one.name) for one in functions(tree)}
        for node in (one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)):
            stem = str(node.module).rsplit(".", 1)[-1]
            names |= {one.asname or one.name: (stem, one.name) for one in node.names}
        for function in functions(tree):
            yield (path.stem, tree, function), names


def _tellers() -> Mapping[Place, Teller]:
    """Return the functions that pass a verb on, also to one another."""
    found: dict[Place, Teller] = {}
    while True:
        known = len(found)
        for (stem, _, function), names in _functions():
            given = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
            for call in calls(function):
                for node, template, keys in _verbs(call, names, found):
                    inner = _filled_by(node)
                    if inner not in given:
                        continue
                    made = template.replace("{}", _shape(node))
                    teller = Teller(verb=made, name=inner, place=given.index(inner), keys=keys)
                    found.setdefault((stem, function.name), teller)
        if len(found) == known:
            return found


def _module(path: Path) -> str:
    return ".".join(("dunwell", *path.relative_to(SRC).with_suffix("").parts))


def _named(
    call: ast.Call,
    names: Mapping[str, Place],
    tellers: Mapping[Place, Teller],
    own: Teller | None,
    choices: Choices,
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the verbs that a call names, each with the names of its data."""
    for node, template, keys in _verbs(call, names, tellers):
        if own is not None and _filled_by(node) == own.name:
            continue  # whoever calls names it
        teller = tellers.get(names.get(called(call), ("", "")))
        for text in choices.texts(node) or [""]:
            verb = template.replace("{}", text)
            if text and CLEAR.fullmatch(verb):
                yield verb, keys
            elif _is_unsaid(text) and (
                called(call) in {"record_event", "Fact"}
                or VERB.fullmatch(verb)
                or "." in template
                or (teller is not None and teller.name == "verb")
            ):
                noun = verb.partition(".")[0] + "."
                told = declared(choices.place, verb)
                yield from ((one, keys) for one in told if one.startswith(noun) or noun == ".")


def _is_unsaid(text: str) -> bool:
    return not text or "{" in text or HOLE in text


def _verbs(
    call: ast.Call, names: Mapping[str, Place], tellers: Mapping[Place, Teller]
) -> Iterator[tuple[ast.expr, str, frozenset[str]]]:
    """Yield what a call gives as a verb, and the verb it makes of it, `{}` for what is given."""
    given = {one.arg: one.value for one in call.keywords if one.arg}
    keys = frozenset(given)
    teller = tellers.get(names.get(called(call), ("", "")))
    if teller is not None:
        node = given.get(teller.name)
        if node is None and teller.place < len(call.args):
            node = call.args[teller.place]
        if node is not None:
            yield node, teller.verb, (keys | teller.keys) - {teller.name}
    elif called(call) == "Fact":
        node = given.get("verb", call.args[0] if call.args else None)
        data = given.get("data")
        told = data.keys if isinstance(data, ast.Dict) else []
        if node is not None:
            yield node, "{}", frozenset(stated(one) for one in told if one is not None)
    elif "record" in called(call):
        # who acts comes first
        for node in call.args[1:2] or call.args[:1]:
            yield node, "{}", keys


def _filled_by(node: ast.expr) -> str:
    """Return the one name that a verb is filled in by, empty where it is not."""
    parts = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    is_plain = isinstance(node, ast.Name | ast.JoinedStr)
    return parts[0].id if is_plain and len(parts) == 1 else ""


def _shape(node: ast.expr) -> str:
    """Return a verb with `{}` where it is filled in."""
    if isinstance(node, ast.Name):
        return "{}"
    return stated(node).replace(f"{{{_filled_by(node)}}}", "{}")
