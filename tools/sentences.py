"""Collect the sentences by which the desk refuses, as templates for the message catalogs.

They are written where the rule stands, as plain f-strings in English, and kept so in records. A
page tells them in its reader's language (`templatetags.sentences`), which needs each sentence
once with names in place of its values: `raise Refused(f"{seat.email} asked twice.")` is collected
as `{email} asked twice.`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

from dunwell.templatetags.sentences import PLACEHOLDER

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "dunwell"
BASE = "Refused"
"""What it and the classes made of it say is told to people."""

DEEPEST = 4
"""Names and functions that lead from a refusal to its words, at most."""

LEAST_LETTERS = 6
"""A template with fewer letters of its own would fit too many sentences."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file's code: its functions, its assignments of the top level, and where names are from."""

    name: str
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)


@cache
def modules() -> dict[str, Module]:
    """Return every module of the product by its dotted name."""
    return {one.name: one for one in map(_read, sorted(SOURCE.rglob("*.py")))}


def _read(path: Path) -> Module:
    name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    module = Module(name=name, tree=ast.parse(path.read_text(encoding="utf-8")))
    for node in module.tree.body:
        if isinstance(node, Function):
            module.functions[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            module.values[node.targets[0].id] = node.value
        elif isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                module.imported[one.asname or one.name] = (node.module, one.name)
    return module


@cache
def refusals() -> frozenset[str]:
    """Return the names of the classes whose words are told to people."""
    found, before = {BASE}, 0
    classes = [
        node
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    ]
    while len(found) != before:
        before = len(found)
        found |= {one.name for one in classes if any(_last(b) in found for b in one.bases)}
    return frozenset(found)


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """Return (file, template) of every sentence of a refusal, each once in a file."""
    found = {
        (module.name.replace(".", "/"), text)
        for module in modules().values()
        for text in _of_module(module)
        if _is_telling(text)
    }
    return tuple(sorted((f"src/{name}.py", text) for name, text in found))


def _of_module(module: Module) -> Iterator[str]:
    for function, call in _calls(module.tree, None):
        if _last(call.func) in refusals() and call.args:
            yield from _Reader(module, function).texts(call.args[0], DEEPEST)


def _calls(node: ast.AST, inside: Function | None) -> Iterator[tuple[Function | None, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield inside, child
        yield from _calls(child, child if isinstance(child, Function) else inside)


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rsplit(".", 1)[-1]


def _is_telling(text: str) -> bool:
    own = PLACEHOLDER.sub("", text)
    return " " in text.strip() and sum(map(str.isalpha, own)) >= LEAST_LETTERS


@dataclass(frozen=True)
class _Reader:
    """Reads the texts that an expression of a function may come to."""

    module: Module
    function: Function | None

    def texts(self, node: ast.expr, deep: int) -> list[str]:  # noqa: PLR0911 one kind a line
        """Return every template; none where the words are not written in the code."""
        match node:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.IfExp(body=one, orelse=other):
                return [*self.texts(one, deep), *self.texts(other, deep)]
            case ast.BoolOp(values=several):
                return [text for one in several for text in self.texts(one, deep)]
            case ast.NamedExpr(value=value):
                return self.texts(value, deep)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pairs = product(self.texts(left, deep), self.texts(right, deep))
                return [one + other for one, other in pairs]
            case ast.Name(id=name) if deep:
                return self._named(name, deep - 1)
            case ast.Call(func=ast.Name(id=name)) if deep:
                return self._returned(name, deep - 1)
            case ast.Call(func=ast.Attribute(attr="join"), args=[several]) if deep:
                return self._one_by_one(several, deep - 1)
        return []

    def _joined(self, parts: list[ast.expr]) -> list[str]:
        names: dict[str, str] = {}
        choices = [self._choices(part, names) for part in parts]
        return ["".join(one) for one in product(*choices)]

    def _choices(self, part: ast.expr, names: dict[str, str]) -> list[str]:
        match part:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.FormattedValue(value=ast.IfExp(body=body, orelse=orelse)) if all(
                isinstance(one, ast.Constant) for one in (body, orelse)
            ):
                return [*self.texts(body, 0), *self.texts(orelse, 0)]
            case ast.FormattedValue(value=value):
                return ["{" + _name(value, names) + "}"]
        return [""]

    def _named(self, name: str, deep: int) -> list[str]:
        found = [
            text
            for node in (ast.walk(self.function) if self.function else ())
            if isinstance(node, ast.Assign | ast.NamedExpr) and name in _targets(node)
            for text in self.texts(node.value, deep)
        ]
        if found:
            return found
        if name in self.module.values:
            return _Reader(self.module, None).texts(self.module.values[name], deep)
        theirs, there = self._imported(name)
        return there._named(theirs, deep) if there and deep else []  # noqa: SLF001

    def _returned(self, name: str, deep: int) -> list[str]:
        if name in self.module.functions:
            function = self.module.functions[name]
            reader = _Reader(self.module, function)
            return [
                text
                for node in ast.walk(function)
                if isinstance(node, ast.Return) and node.value is not None
                for text in reader.texts(node.value, deep)
            ]
        theirs, there = self._imported(name)
        return there._returned(theirs, deep) if there and deep else []  # noqa: SLF001

    def _imported(self, name: str) -> "tuple[str, _Reader | None]":
        """Return what a name is called where it comes from, and a reader of that module."""
        place, theirs = self.module.imported.get(name, ("", ""))
        other = modules().get(place)
        return theirs, _Reader(other, None) if other else None

    def _one_by_one(self, several: ast.expr, deep: int) -> list[str]:
        match several:
            case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
                return self.texts(one, deep)
            case ast.List(elts=all_of_them) | ast.Tuple(elts=all_of_them):
                return [text for one in all_of_them for text in self.texts(one, deep)]
        return []


def _targets(node: ast.Assign | ast.NamedExpr) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _name(value: ast.expr, names: dict[str, str]) -> str:
    """Return a name for a value of a sentence: the last of its code, numbered if taken."""
    code = ast.unparse(value)
    if code not in names:
        node, taken = value, set(names.values())
        while isinstance(node, ast.Call | ast.Subscript):
            node = _inside(node)
        words = re.findall(r"\b[a-z]\w*", ast.unparse(node).lower())
        name = words[-1] if words else "value"
        names[code] = next(
            one for one in (name, *(f"{name}{n}" for n in range(2, 99))) if one not in taken
        )
    return names[code]


def _inside(node: ast.Call | ast.Subscript) -> ast.expr:
    """Return what a call or a choice is about: its plain argument, else what it is called on."""
    if isinstance(node, ast.Subscript):
        return node.value
    told = [one for one in node.args if isinstance(one, ast.Name | ast.Attribute)]
    if told and not (isinstance(node.func, ast.Attribute) and node.func.attr in dir(str)):
        return told[0]
    return node.func.value if isinstance(node.func, ast.Attribute) else node.func
