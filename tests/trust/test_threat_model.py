"""The threat model is answered: each flow has every letter of STRIDE, each answer a test that exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "threat-model.md").read_text("utf-8").splitlines()
    if re.match(r"\| F\d", line)
]
PROMISES = {
    row["id"]: row for row in yaml.safe_load((ROOT / "policies" / "trust.yaml").read_text("utf-8"))
}


@cache
def names_in(path):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_flow_is_asked_all_six_questions():
    letters = {}
    for flow, letter, *_rest in ROWS:
        letters.setdefault(flow, []).append(letter)

    assert len(letters) >= 9
    assert {flow: "".join(told) for flow, told in letters.items()} == dict.fromkeys(
        letters, "STRIDE"
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0][:2]}-{row[1]}")
def test_every_threat_names_tests_or_promises_that_are_kept(row):
    named = [one.strip(" `") for one in row[4].split(",")]

    assert all(row[2:4]) and named
    for one in named:
        if "::" in one:
            path, test = one.split("::")
            assert test in names_in(path), one
        else:
            assert "open" not in PROMISES[one], f"{one} is open"
