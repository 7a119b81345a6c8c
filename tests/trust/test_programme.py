"""`policies/trust.yaml` is true: every promise names tests that exist in its tier, or is open."""

import ast
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROMISES = yaml.safe_load((ROOT / "policies" / "trust.yaml").read_text("utf-8"))
MET = {"id", "promise", "test", "tier"}
OPEN = {"id", "promise", "open"}
ASKED = {*(f"T{n}" for n in range(1, 25)), *(f"I{n}" for n in range(1, 35))}
"""The rows of the programme; those of ASVS begin with A."""


def order(name):
    """I before T before A-rows by their letters, numbers by value."""
    letters = name.rstrip("0123456789.-abcdefghijklmnopqrstuvwxyz")
    parts = name[len(letters) :].strip("-").replace("-", ".").split(".")
    return letters, [(int(part), "") if part.isdigit() else (0, part) for part in parts]


@cache
def markers(path):
    """The tests of a file by name, each with its source of markers."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    shared = any(
        "release" in ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    )
    return {
        node.name: shared or any("mark.release" in ast.unparse(d) for d in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def named_by(row):
    """The names of the tests of a row: one or several."""
    return [row["test"]] if isinstance(row["test"], str) else row["test"]


def test_every_row_of_the_programme_is_there_once_and_in_order():
    names = [row["id"] for row in PROMISES]
    assert set(names) >= ASKED
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=order)


@pytest.mark.parametrize("row", PROMISES, ids=lambda row: row["id"])
def test_a_promise_names_tests_that_exist_in_their_tier_or_says_why_it_is_open(row):
    if "open" in row:
        assert set(row) == OPEN and row["open"].strip()
        return
    assert set(row) - {"figure"} == MET
    assert row["tier"] in {"default", "release"}
    found = []
    for name in named_by(row):
        path, _, test = name.partition("::")
        assert (ROOT / path).is_file(), path
        assert test in markers(path), name
        found.append(markers(path)[test])
    # in the default tier at least one of them runs on every call
    assert all(found) == (row["tier"] == "release"), row["id"]
