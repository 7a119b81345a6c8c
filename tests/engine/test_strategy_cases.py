"""Every case of every shipped strategy, and of the scenarios in tests/cases, comes out."""

from pathlib import Path

import pytest
import yaml

from dunwell import engine
from dunwell.engine.cases import Case, CaseItem, Expectation
from dunwell.engine.rehearsal import run_cases
from dunwell.engine.strategy import read_strategy
from dunwell.engine.wording import read_wordings

SHIPPED = Path(engine.__file__).parents[1] / "policies"
SCENARIOS = Path(__file__).parents[1] / "cases"
FILES = sorted([*SHIPPED.glob("strategy_*.yaml"), *SCENARIOS.glob("strategy_*.yaml")])


def load(path):
    return read_strategy(yaml.safe_load(path.read_text(encoding="utf-8")))


def results():
    for path in FILES:
        for result in run_cases(load(path)):
            yield pytest.param(result, id=f"{path.stem}: {result.name}")


@pytest.mark.parametrize("result", list(results()))
def test_the_case_comes_out_as_written(result):
    assert result.message() == f"{result.name}: as expected"


def test_every_shipped_strategy_brings_ten_cases_or_more():
    few = {path.name for path in SHIPPED.glob("strategy_*.yaml") if len(load(path).cases) < 10}

    assert few == set()


def test_every_template_a_shipped_strategy_uses_has_a_wording_in_every_language():
    used = {s.template for path in SHIPPED.glob("strategy_*.yaml") for s in load(path).steps}
    written = [
        set(read_wordings(yaml.safe_load(path.read_text(encoding="utf-8"))))
        for path in sorted(SHIPPED.glob("wordings_*.yaml"))
    ]

    assert len(written) == 4
    assert [used - names for names in written] == [set()] * 4


def case(expect, **facts):
    return Case(name="x", items=(CaseItem(days_past_due=3),), expect=expect, **facts)


def test_a_failing_case_says_what_was_expected_and_what_was_found():
    strategy = load(SHIPPED / "strategy_standard.yaml")
    told = [
        run_cases(strategy, [case(expect, **facts)])[0].message()
        for expect, facts in (
            (Expectation(level=2), {}),
            (Expectation(level=None), {}),
            (Expectation(level=1, channel="letter"), {}),
            (Expectation(level=1, demand_minor=5), {}),
            (Expectation(level=1), {"is_opted_out": True}),
            (Expectation(level=None, blocked="bounced"), {"is_opted_out": True}),
        )
    ]

    found = "found level 1, email, reminder, asking for 10000"
    assert told == [
        f"x: expected level 2, {found}",
        f"x: expected no contact, {found}",
        f"x: expected level 1, letter, {found}",
        f"x: expected level 1, asking for 5, {found}",
        "x: expected level 1, found no contact (opted_out)",
        "x: expected no contact (bounced), found no contact (opted_out)",
    ]


def test_a_strategy_not_yet_in_force_is_rehearsed_all_the_same():
    document = yaml.safe_load((SHIPPED / "strategy_small.yaml").read_text(encoding="utf-8"))
    document["strategy"]["valid_from"] = "2031-01-01"

    assert {result.is_passed for result in run_cases(read_strategy(document))} == {True}
