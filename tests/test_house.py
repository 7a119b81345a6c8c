"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.each

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "dunwell"
FILES = sorted(path for path in SRC.rglob("*.py") if "migrations" not in path.parts)
SURFACES = {"web", "portal", "api"}
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "services", "managers"}
GIVEN_NAMES = {SRC / "walls" / "postgresql" / "base.py"}
"""Files whose name is Django's: it looks for a database backend there and nowhere else."""


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def faults_in(paths, faults_of):
    """What is wrong in which file: five thousand tests of a rule each cost more than the rules."""
    found = {path.relative_to(ROOT).as_posix(): list(faults_of(path)) for path in paths}
    return {name: faults for name, faults in found.items() if faults}


def test_the_library_runs_without_django():
    modules = [
        ".".join(path.relative_to(SRC.parent).with_suffix("").parts)
        for path in FILES
        if path.relative_to(SRC).parts[0] in {"engine", "formats", "ml", "demo", "cli.py"}
        and path.name != "__init__.py"
    ]
    code = (
        "import sys; sys.modules['django'] = None\n"
        f"import {', '.join(modules)}\n"
        "assert not any(name.startswith(('ninja', 'psycopg')) for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SRC.parent)})


def misshapen(path):
    text = path.read_text(encoding="utf-8")
    if text.strip() and not re.match(r'(#![^\n]*\n)?"""\s*[^\s"]', text):
        yield "first line: what is this file?"
    if text.count("\n") > 400:
        yield "split it by noun"
    if path.stem in BANNED_NAMES and path not in GIVEN_NAMES:
        yield "find the noun"


def test_every_file_says_what_it_is_and_stays_short():
    assert faults_in(FILES, misshapen) == {}


def test_every_test_file_stays_short():
    lines = {p: p.read_text(encoding="utf-8").count("\n") for p in ROOT.glob("tests/**/*.py")}
    assert {p: count for p, count in lines.items() if count > 400} == {}, "split it by story"


def unportable(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if {"polars", "duckdb", "pyspark"} & {*names, module}:
                yield f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            banned = {"map_elements", "map_batches", "join_asof", "iter_rows", "today", "now"}
            if node.func.attr in banned:
                yield f"line {node.lineno}: {node.func.attr}"


def test_the_engine_stays_portable():
    assert faults_in(sorted((SRC / "engine").glob("*.py")), unportable) == {}


PLAIN = {"gate", "events", "bulk", "entries"}
"""Files of actions/ that hold no action of their own but what actions are made of."""
ACTIONS = sorted(p for p in (SRC / "actions").glob("*.py") if p.stem not in PLAIN)


def careless(path):
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = [argument.arg for argument in node.args.kwonlyargs]
            if "actor" not in names:
                continue
            if node.args.args:
                yield f"{node.name} must be keyword-only"
            if not any("atomic" in ast.unparse(d) for d in node.decorator_list):
                yield f"{node.name} must be atomic"
            if "actor.require(" not in ast.unparse(node):
                yield f"{node.name} must check the actor's right"


def test_actions_take_keywords_only_are_atomic_and_check_the_right_themselves():
    assert faults_in(ACTIONS, careless) == {}


WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
}
ELSEWHERE = [
    p
    for p in FILES
    if p.relative_to(SRC).parts[0] in {"models", "queries", "jobs", "management", *SURFACES}
]


def written(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = ast.unparse(node.func.value)
            is_write = node.func.attr in WRITES or (
                node.func.attr == "update" and ("objects" in target or "filter(" in target)
            )
            if is_write:
                yield f"line {node.lineno}: move this into actions/"


def test_only_actions_write():
    assert faults_in(ELSEWHERE, written) == {}


def twofold(path):
    tree = parsed(path)
    actions = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("dunwell.actions.")
        and node.module != "dunwell.actions.gate"
        for alias in node.names
    }
    for function in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
        calls = [
            n
            for n in ast.walk(function)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in actions
        ]
        if len(calls) > 1:
            yield f"{function.name}: one action per request"


def test_a_page_makes_at_most_one_action_call():
    pages = [path for path in ELSEWHERE if path.relative_to(SRC).parts[0] in SURFACES]
    assert faults_in(pages, twofold) == {}


def test_templates_hold_no_inline_script_or_style():
    for path in (SRC / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8").lower()
        assert ' style="' not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        for part in text.split("<script")[1:]:
            head = part.split(">", 1)[0]
            assert " src=" in head or "application/json" in head, path


def test_imports_point_downwards():
    subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], check=True, cwd=ROOT
    )


def test_lock_files_hold_hashes_and_no_addresses():
    for path in [*ROOT.glob("requirements/*.lock"), ROOT / "package-lock.json"]:
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if "resolved" in line or "--index" in line]
        assert lines == []
        assert "sha256:" in text or "sha512-" in text
