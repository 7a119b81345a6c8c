"""A hand tries its part, other hands other parts, and nothing is left out for good."""

import re
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import dealing, turns

ROOT = Path(__file__).parent
CHOICES = {f"page {number}": number for number in range(20)}


@pytest.fixture
def hands(monkeypatch):
    """What a function deals in each of many hands."""

    monkeypatch.setattr(dealing, "is_long_tier", lambda: False)

    def dealt(function):
        found = []
        for number in range(60):
            monkeypatch.setenv(dealing.VARIABLE, f"hand {number}")
            found.append(function())
        return found

    return dealt


class Case:
    """What pytest holds of a test, as far as the deal asks."""

    def __init__(self, nodeid, *fixturenames, **marks):
        self.nodeid, self.fixturenames, self.marks = nodeid, fixturenames, marks
        self.path = Path(nodeid.split("::")[0])

    def get_closest_marker(self, name):
        return SimpleNamespace(kwargs=self.marks[name]) if name in self.marks else None


def test_a_hand_is_of_its_size_and_every_choice_comes_up(hands):
    dealt = hands(lambda: dealing.hand(CHOICES, "pages", one_in=5))
    assert {len(hand) for hand in dealt} == {4}
    assert set().union(*dealt) == CHOICES.keys()
    assert dealt == hands(lambda: dealing.hand(CHOICES, "pages", one_in=5))
    assert dealing.hand({"one": 1}, "pages", one_in=5) == {"one": 1}


@pytest.mark.parametrize(
    "deal",
    [lambda: dealing.hand(CHOICES, "k", one_in=5),
     lambda: dict(dealing.share(list(CHOICES.items()), "k", one_in=5))],
)  # fmt: skip
def test_the_long_tier_has_every_choice(monkeypatch, deal):
    monkeypatch.setattr(dealing, "is_long_tier", lambda: True)
    assert deal() == CHOICES


def test_families_take_turns_and_files_that_belong_together_run_whole(hands):
    whole = {"one_in": 2, "of": "long files", "whole": True}
    pages = [Case(f"a.py::test_page[{number}]", dealt={"one_in": 3}) for number in range(7)]
    files = [Case(f"{name}.py::test_{n}", dealt=whole) for name in "bcde" for n in range(2)]
    others = [
        Case("f.py::test_ever"),
        Case("a.py::test_page[long]", dealt={"one_in": 3}, release={}),
    ]
    every = [*pages, *files, *others]

    runs = hands(lambda: set(every) - dealing.not_dealt(every, set()))

    assert {len(run & set(pages)) for run in runs} == {3}
    assert {len(run & set(files)) for run in runs} == {4}
    assert {len({one.path for one in run & set(files)}) for run in runs} == {2}
    assert all(set(others) <= run for run in runs)
    assert set().union(*runs) == set(every)
    assert dealing.not_dealt(pages, {Path("a.py")}) == set()


def test_of_a_folder_some_files_run_and_those_of_others_always(hands):
    some = [f"tests/web/test_{name}.py" for name in "abcdef"]
    late = hands(lambda: dealing.files_not_dealt([*some, "tests/test_x.py"], {"tests/web/": 3}))
    assert {len(one) for one in late} == {4}
    assert all("tests/test_x.py" not in one for one in late)
    assert set.intersection(*late) == set()


def test_of_a_file_whose_turn_is_later_runs_what_is_for_both(tmp_path):
    late = [Case(f"tests/web/test_a.py::test_{number}") for number in range(2)]
    ever = [Case("tests/web/test_a.py::test_both", both={}), Case("tests/test_x.py::test_x")]
    assert dealing.not_of_both([*late, *ever], {late[0].path}) == set(late)

    plain, mixed = tmp_path / "test_plain.py", tmp_path / "test_mixed.py"
    plain.write_text("def test_plain(): ...", encoding="utf-8")
    mixed.write_text("@pytest.mark.both\ndef test_mixed(): ...", encoding="utf-8")
    assert [dealing.unread(one, {plain, mixed}) for one in (plain, mixed)] == [True, False]
    assert not dealing.unread(plain, {mixed})


def test_what_takes_long_takes_turns_and_what_waits_for_one_beginning_runs_together(hands):
    measured = {"a.py::test_long": 0.7, "a.py::test_longer": 9.0, "b.py @week": 40.0}
    long = [Case(f"a.py::test_long[{number}]") for number in range(10)]
    begun = [Case(f"b.py::test_{name}", "week", "company") for name in "ab"]
    alone = [Case("a.py::test_longer")]
    ever = [Case("a.py::test_quick"), Case("b.py::test_c", "company"),
            Case("a.py::test_long[x]", each={}), Case("a.py::test_long[y]", dealt={"one_in": 3}),
            Case("a.py::test_long[z]", release={})]  # fmt: skip
    every = [*long, *begun, *alone, *ever]

    runs = hands(lambda: set(every) - dealing.long_not_dealt(every, set(), measured, one_in=5))

    assert {len(run & set(long)) for run in runs} == {2}
    assert {len(run & set(begun)) for run in runs} == {2}  # alone in its class, it is always dealt
    assert all(run >= set(ever) for run in runs)
    assert set().union(*runs) == set(every)
    assert dealing.long_not_dealt(long, {Path("a.py")}, measured, one_in=5) == set()


def test_the_list_of_what_takes_long_names_what_there_is():
    # a class may have its tests from another file
    text = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))

    for name in turns.measured(turns.LIST, turns.ON_POSTGRESQL):
        file, function = re.match(r"(.+\.py)(?:::| @).*?(\w+)$", name).groups()
        assert (ROOT.parent / file).is_file(), f"{file} is gone: take it off tests/turns.txt"
        assert f"def {function}(" in text, f"{name} is gone: take it off tests/turns.txt"


def test_a_log_of_times_adds_to_the_list_and_takes_nothing_from_it():
    log = [
        "0.90s call     tests/a.py::test_x[1]",
        "0.30s setup    tests/a.py::test_x[1]",
        "0.20s call     tests/a.py::test_x[2 b]",
        "9.00s setup    tests/b.py::test_y",
        "0.50s call     tests/b.py::test_y",
        "0.10s call     tests/b.py::test_z",
        "==== 4 passed ====",
    ]

    found = turns.seconds_of(log, {"tests/b.py"})

    assert {name: round(seconds, 2) for name, seconds in found.items()} == {
        "tests/a.py::test_x": 0.7, "tests/b.py::test_y": 0.5, "tests/b.py::test_z": 0.1,
    }  # fmt: skip
    known = {"tests/a.py::test_x": 2.0, "tests/b.py @week": 9.0}
    assert turns.added(known, found) == known | {"tests/b.py::test_y": 0.5}


def test_a_log_of_a_busy_machine_is_judged_by_what_is_known():
    known = {f"tests/a.py::test_{n}": n / 2 for n in range(turns.ENOUGH + 1)}
    found = {name: 3 * seconds for name, seconds in known.items()} | {"tests/b.py::test_y": 0.6}

    assert round(turns.paced(known, found)["tests/b.py::test_y"], 6) == 0.2
    assert turns.paced({"tests/b.py::test_y": 0.3}, found) == found


def test_an_order_of_chance_keeps_files_together_and_comes_again_by_its_seed():
    cases = [Case(f"{name}.py::test_{number}") for name in "abcd" for number in range(5)]

    order = dealing.shuffled(cases, 1)

    assert sorted(order, key=cases.index) == cases != order
    assert [len(list(group)) for _, group in groupby(order, key=lambda case: case.path)] == [5] * 4
    assert dealing.shuffled(cases, 1) == order != dealing.shuffled(cases, 2)
