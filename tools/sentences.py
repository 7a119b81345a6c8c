"""Collect the sentences by which the desk refuses, as templates for the message catalogs.

They are written where the rule stands, as plain f-strings in English, and kept so in records. A
page tells them in its reader's language (`templatetags.sentences`), which needs each sentence
once with names in place of its values: `raise Refused(f"{seat.email} asked twice.")` is collected
as `{email} asked twice.`.

Whose sentences: refusals, and what readers of files and policy documents, calculations and
connectors say that a page shows (`tools/told.py`). What only programs and operators at a command
line read is left in English.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path

from dunwell.templatetags.sentences import PLACEHOLDER, PLACES
from tools.notes import added, noted, of_frame
from tools.told import ANSWERS, ERRORS, NOTES, PROBLEMS, VALUE_ERRORS

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "dunwell"

PLACE_NAMES = frozenset({"self", "name", "file", "place", "where", "actor", "request", "company"})
"""What functions take that says where something is wrong, not what."""

DEEPEST = 4
"""Names and functions that lead from a refusal to its words, at most."""

LEAST_LETTERS = 6
"""A template with fewer letters of its own would fit too many sentences."""

NOTED = frozenset(name for name, _keyword in NOTES) | PROBLEMS

CLASS = re.compile(r"^class (\w+)\(([^)]*)\)", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file's code, read when somebody asks: its functions, values, calls, and imported names."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the file parsed."""
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Return the functions of the top level by name."""
        return {one.name: one for one in self.tree.body if isinstance(one, Function)}

    @cached_property
    def values(self) -> dict[str, ast.expr]:
        """Return what is assigned at the top level."""
        return {
            target.id: one.value
            for one in self.tree.body
            if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None
            if isinstance(target := _target(one), ast.Name)
        }

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Return name -> (module, name there) of what is imported at the top level."""
        return {
            one.asname or one.name: (node.module, one.name)
            for node in self.tree.body
            if isinstance(node, ast.ImportFrom) and node.module
            for one in node.names
        }

    @cached_property
    def calls(self) -> "list[tuple[Function | None, ast.Call]]":
        """Return every call with the function it stands in."""
        return list(_calls(self.tree, None))

    def has(self, names: Iterable[str]) -> bool:
        """Return whether any of the words stands in the file, without parsing it."""
        return not self._words.isdisjoint(names)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", self.text))


@cache
def modules() -> dict[str, Module]:
    """Return every module of the product by its dotted name."""
    return {one.name: one for one in map(_read, sorted(SOURCE.rglob("*.py")))}


def _read(path: Path) -> Module:
    name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    return Module(name=name, text=path.read_text(encoding="utf-8"))


@cache
def refusals() -> frozenset[str]:
    """Return the names of the classes whose words are told to people."""
    return frozenset(one.rsplit(".", 1)[-1] for one in told_classes())


@cache
def told_classes() -> frozenset[str]:
    """Return the classes whose words are told to people, by their dotted names."""
    found = {f"dunwell.{one}" for one in ERRORS}
    classes = [
        (module, match[1], re.findall(r"[\w.]+", match[2]))
        for module in modules().values()
        for match in CLASS.finditer(module.text)
    ]
    before = 0
    while len(found) != before:
        before = len(found)
        known = {one.rsplit(".", 1)[-1] for one in found}
        found |= {
            f"{module.name}.{name}"
            for module, name, bases in classes
            for base in bases
            if base.rsplit(".", 1)[-1] in known
            and origin(module, ast.parse(base, mode="eval").body) in found
        }
    return frozenset(found)


def origin(module: Module, node: ast.expr) -> str:
    """Return the dotted name of what a name, or a name of a module, stands for in a module."""
    rest: list[str] = []
    while isinstance(node, ast.Attribute):
        rest.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    place, theirs = module.imported.get(node.id, (module.name, node.id))
    while (further := modules().get(place)) and theirs in further.imported:
        place, theirs = further.imported[theirs]
    return ".".join((place, theirs, *rest))


def _telling() -> list[Module]:
    return [one for one in modules().values() if one.has(refusals())]


@cache
def makers() -> frozenset[tuple[str, str]]:
    """Return (module, function) of what makes a told error of words it is handed."""
    return frozenset(
        (module.name, function.name)
        for module in _telling()
        for function, call in module.calls
        if function is not None and origin(module, call.func) in told_classes()
        if {ast.unparse(one) for one in _words(call)} & _taken(function)
    )


def _taken(function: Function) -> set[str]:
    given = function.args
    return {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)} - PLACE_NAMES


def _is_maker(module: Module, func: ast.expr) -> bool:
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    of_name = {place for place, one in makers() if one == name != "__init__"}
    if not of_name:
        return False
    places = {module.name, *(place for place, _theirs in module.imported.values())}
    return bool(of_name & (places | {".".join(one) for one in module.imported.values()}))


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """Return (file, template) of every sentence that is told, each once in a file."""
    spoken_by = refusals() | {name for _place, name in makers()}
    found = {
        (module.name.replace(".", "/"), text)
        for module in modules().values()
        if module.has(spoken_by) or module.name.removeprefix("dunwell.") in VALUE_ERRORS
        for text in _of_module(module)
        if _is_telling(text)
    }
    found |= {
        # a form that a function fills in later has no name for its value
        (module.name.replace(".", "/"), text.replace("{}", "{amount}"))
        for module in modules().values()
        if module.has(NOTED)
        for function, call in module.calls
        for words in noted(call)
        for text in _Reader(module, function).texts(words, DEEPEST)
        if _is_telling(text)
    }
    found |= {
        (f"dunwell/{place.replace('.', '/')}", text)
        for place, name in ANSWERS
        for text in _Reader(modules()[f"dunwell.{place}"], None).texts(_call(name), DEEPEST)
        if _is_telling(text)
    }
    found |= {("dunwell/templatetags/sentences", place) for place in PLACES}
    return tuple(sorted((f"src/{name}.py", text) for name, text in found))


@cache
def unread() -> tuple[str, ...]:
    """Return where an error that is told is made with words that could not be read, by file."""
    return tuple(
        f"{module.name}: {ast.unparse(call)}"
        for module in _telling()
        for function, call in module.calls
        if origin(module, call.func) in told_classes() and call.args
        if not any(_Reader(module, function).texts(one, DEEPEST) for one in _words(call))
    )


def _of_module(module: Module) -> Iterator[str]:
    """Read what told errors are made with, and what their classes make of it."""
    tells_values = module.name.removeprefix("dunwell.") in VALUE_ERRORS
    for function, call in module.calls:
        name = origin(module, call.func)
        is_value = tells_values and name.endswith(".ValueError")
        if name in told_classes() or is_value or _is_maker(module, call.func):
            for one in _words(call):
                yield from _Reader(module, function).texts(one, DEEPEST)
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and f"{module.name}.{node.name}" in told_classes():
            for function, call in _calls(node, None):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
                    for one in call.args:
                        yield from _Reader(module, function).texts(one, DEEPEST)


def _call(name: str) -> ast.expr:
    return ast.parse(f"{name}()", mode="eval").body


def _words(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(one.value for one in call.keywords)]


def _calls(node: ast.AST, inside: Function | None) -> Iterator[tuple[Function | None, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield inside, child
        yield from _calls(child, child if isinstance(child, Function) else inside)


def _target(node: ast.Assign | ast.AnnAssign) -> ast.expr:
    return node.target if isinstance(node, ast.AnnAssign) else node.targets[0]


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

    def texts(self, node: ast.expr, deep: int) -> list[str]:  # noqa: C901, PLR0911, PLR0912 a kind a line
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
                return added(left, right, lambda one: self.texts(one, deep))
            case ast.List() | ast.Tuple():
                return self._one_by_one(node, deep)
            case ast.Dict(values=several):
                return [text for one in several for text in self.texts(one, deep)]
            case ast.Subscript(value=ast.Name() as table) if deep:
                return self.texts(table, deep - 1)
            case ast.Name(id=name) if deep:
                return self._named(name, deep - 1)
            case ast.Call(func=ast.Name(id=name)) if deep:
                return self._returned(name, deep - 1)
            case ast.Call(func=ast.Attribute(attr="join"), args=[several]) if deep:
                return self._one_by_one(several, deep - 1)
            case ast.Call():
                return of_frame(node, lambda one: self.texts(one, deep))
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
