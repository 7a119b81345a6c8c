"""Rules of the house that no linter knows."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "dunwell"
FILES = sorted(path for path in SRC.rglob("*.py") if "migrations" not in path.parts)
SURFACES = {"web", "portal", "api"}
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "services", "managers"}
GIVEN_NAMES = {SRC / "walls" / "postgresql" / "base.py"}
"""Files whose name is Django's: it looks for a database backend there and nowhere else."""


def named(path):
    return str(path.relative_to(SRC))


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


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


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_file_says_what_it_is_and_stays_short(path):
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "first line: what is this file?"
    assert text.count("\n") <= 400, "split it by noun"
    assert path.stem not in BANNED_NAMES or path in GIVEN_NAMES


@pytest.mark.parametrize(
    "path", sorted(p for p in ROOT.glob("tests/**/*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_every_test_file_stays_short(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 400, "split it by story"


@pytest.mark.parametrize("path", sorted((SRC / "engine").glob("*.py")), ids=named)
def test_the_engine_stays_portable(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            module = node.module if isinstance(node, ast.ImportFrom) else None
            assert not {"polars", "duckdb", "pyspark"} & {*names, module}, f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            banned = {"map_elements", "map_batches", "join_asof", "iter_rows", "today", "now"}
            assert node.func.attr not in banned, f"line {node.lineno}: {node.func.attr}"


PLAIN = {"gate", "events", "bulk", "entries"}
"""Files of actions/ that hold no action of their own but what actions are made of."""
ACTIONS = sorted(p for p in (SRC / "actions").glob("*.py") if p.stem not in PLAIN)


@pytest.mark.parametrize("path", ACTIONS, ids=named)
def test_actions_take_keywords_only_and_are_atomic(path):
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = [argument.arg for argument in node.args.kwonlyargs]
            if "actor" not in names:
                continue
            assert not node.args.args, f"{node.name} must be keyword-only"
            assert any("atomic" in ast.unparse(d) for d in node.decorator_list), (
                f"{node.name} must be atomic"
            )


@pytest.mark.parametrize("path", ACTIONS, ids=named)
def test_actions_check_the_right_themselves(path):
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = [argument.arg for argument in node.args.kwonlyargs]
            if "actor" in names:
                text = ast.unparse(node)
                assert "actor.require(" in text, f"{node.name} must check the actor's right"


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


@pytest.mark.parametrize("path", ELSEWHERE, ids=named)
def test_only_actions_write(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = ast.unparse(node.func.value)
            is_write = node.func.attr in WRITES or (
                node.func.attr == "update" and ("objects" in target or "filter(" in target)
            )
            assert not is_write, f"line {node.lineno}: move this into actions/"


@pytest.mark.parametrize(
    "path", [p for p in ELSEWHERE if p.relative_to(SRC).parts[0] in SURFACES], ids=named
)
def test_a_page_makes_at_most_one_action_call(path):
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
        assert len(calls) <= 1, f"{function.name}: one action per request"


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
