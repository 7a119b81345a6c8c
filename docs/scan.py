"""What only the source itself says, read from its syntax trees: the other half of reference.py."""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from dunwell.formats.refusals import AMOUNT_REASONS, DATE_REASONS

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "dunwell"
READERS = {"_certificates": "", "_text": "", "_flag": "0", "_networks": "", "_number": ""}
"""The functions by which settings.py reads a variable, and their default when none is given."""
VERB = re.compile(r"[a-z_]+\.[a-z_{}]+")
HOLE = "…"


def trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the files of folders of the product, parsed, in order."""
    for folder in folders:
        for path in sorted((SRC / folder).rglob("*.py")):
            yield path, _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    # the same tree each time, so that what was found in it is found once
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(tree: ast.Module) -> tuple[ast.FunctionDef, ...]:
    """Return the functions of a file."""
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def calls(node: ast.AST) -> tuple[ast.Call, ...]:
    """Return every call inside a node, in the order of the text."""
    found = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return tuple(sorted(found, key=lambda call: (call.lineno, call.col_offset)))


@cache
def called(call: ast.Call) -> str:
    """Return the last word of what is called."""
    return ast.unparse(call.func).rsplit(".", 1)[-1]


def sentence(text: str | None) -> str:
    """Return a docstring's first paragraph in one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def setting_rows() -> list[tuple[str, str]]:
    """Return name and default of every setting that settings.py reads."""
    tree = ast.parse((SRC / "settings.py").read_text(encoding="utf-8"))
    rows: dict[str, str] = {}
    for call in calls(tree):
        name = call.args[0] if call.args else None
        if called(call) in READERS and isinstance(name, ast.Constant):
            given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
            default = ast.literal_eval(given[0]) if given else READERS[called(call)]
            rows[str(name.value)] = str(int(default) if isinstance(default, bool) else default)
    return sorted(rows.items())


def asked_rights() -> dict[str, list[str]]:
    """Return by right the actions that ask for it."""
    found: dict[str, list[str]] = {}
    for path, tree in trees("actions"):
        for function in functions(tree):
            for call in calls(function):
                if called(call) == "require" and isinstance(call.args[0], ast.Constant):
                    place = f"{path.stem}.{function.name}"
                    found.setdefault(str(call.args[0].value), []).append(place)
    return {right: sorted(set(places)) for right, places in found.items()}


def read_findings() -> list[tuple[str, str, str]]:
    """Return code, what happens to the row, and reason of what reading files may find."""
    rows = {(name, "refused", text) for name, text in {**DATE_REASONS, **AMOUNT_REASONS}.items()}
    for path, tree in trees("formats", "actions/merging"):
        # bank files and the plain layout of matching are no ledgers: their findings stay there
        if "bank" in path.parts or path.stem == "match_rows":
            continue
        local = {function.name: function for function in functions(tree)}
        for call, bound in _bound_calls(tree):
            given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            name = stated(given.get("code"), bound).replace(" ", "_")
            if not name or "{" in name or called(call) == "Decision":
                continue
            action = stated(given.get("action")) or _action(called(call), local)
            reason = re.sub(r"\{[^}]*\}", HOLE, stated(given.get("reason"), bound))
            rows.add((name, action, reason))
    return sorted(row for row in rows if row[1])


def listed_proofs() -> list[tuple[str, str]]:
    """Return id and sentence of the proofs that are no SQL check but listed by code."""
    tree = ast.parse((SRC / "queries" / "verify.py").read_text(encoding="utf-8"))
    return [
        (stated(call.args[0]), stated(call.args[1]))
        for call in calls(tree)
        if called(call) == "_listed"
    ]


def _bound_calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Mapping[str, str]]]:
    """Yield every call; one inside `for a, b in ((…), (…))` once for each row of the loop."""
    looped: dict[ast.Call, list[Mapping[str, str]]] = {}
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For)):
        try:
            rows = ast.literal_eval(loop.iter)
        except ValueError:
            continue
        names = [node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)]
        bound: list[Mapping[str, str]] = [
            dict(zip(names, row, strict=True)) for row in rows if isinstance(row, tuple)
        ]
        looped |= {call: bound for call in calls(loop) if bound}
    for call in calls(tree):
        yield from ((call, row) for row in looped.get(call, [{}]))


def _action(name: str, local: Mapping[str, ast.FunctionDef]) -> str:
    if name.startswith("refuse"):
        return "refused"
    inner = calls(local[name]) if name in local else ()
    given = (keyword for call in inner for keyword in call.keywords if keyword.arg == "action")
    return next((stated(keyword.value) for keyword in given), "")


def stated(node: ast.AST | None, bound: Mapping[str, str] | None = None) -> str:
    """Return a text as far as the code states it; what is filled in becomes {name} or a hole."""
    names = bound or {}
    text = ""
    match node:
        case ast.Constant(value=str(value)):
            text = value
        case ast.Name(id=name):
            text = names.get(name, "")
        case ast.JoinedStr(values=parts):
            text = "".join(_piece(part, names) for part in parts)
        case ast.IfExp(body=body):
            text = stated(body, names)
        case ast.BinOp(left=left, right=right):
            text = (stated(left, names) or HOLE) + (stated(right, names) or HOLE)
        case ast.Subscript(value=ast.Name(id=name), slice=key) if name.endswith("_REASONS"):
            text = {**DATE_REASONS, **AMOUNT_REASONS}[ast.literal_eval(key)]
        case ast.Call(args=[first, *_]) if called(node) in {"lit", "format"}:
            text = stated(first, names).replace("{}", HOLE)
        case ast.Call() if called(node) == "concat_str":
            text = "".join(stated(part, names) or HOLE for part in node.args)
    return text


def _piece(part: ast.expr, names: Mapping[str, str]) -> str:
    if not isinstance(part, ast.FormattedValue):
        return stated(part)
    inner = [node.id for node in ast.walk(part.value) if isinstance(node, ast.Name)]
    if inner and inner[0] in names:
        return names[inner[0]]
    return f"{{{part.value.id}}}" if isinstance(part.value, ast.Name) else HOLE


def promise_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of policies/trust.yaml: id, promise, met or why not, tests, figure."""
    for row in yaml.safe_load((ROOT / "policies" / "trust.yaml").read_text(encoding="utf-8")):
        if "open" in row:
            yield row["id"], row["promise"], f"open: {row['open']}", "", ""
            continue
        tests = [row["test"]] if isinstance(row["test"], str) else row["test"]
        links = (
            f"[`{test.rpartition('::')[2]}`](../../{test.partition('::')[0]})" for test in tests
        )
        yield row["id"], row["promise"], row["tier"], ", ".join(links), row.get("figure", "")
