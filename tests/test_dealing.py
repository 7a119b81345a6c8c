"""A hand tries its part, other hands other parts, and nothing is left out for good."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import dealing

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

    def __init__(self, nodeid, **marks):
        self.nodeid, self.marks = nodeid, marks
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


def test_of_a_folder_some_files_run_and_always_what_is_for_both(hands):
    some = [Case(f"tests/web/test_{name}.py::test_{n}") for name in "abcdef" for n in range(2)]
    ever = [Case("tests/web/test_a.py::test_both", both={}), Case("tests/test_x.py::test_x")]
    late = hands(lambda: dealing.files_not_dealt([*some, *ever], {"tests/web/": 3}, set()))
    assert {len(one) for one in late} == {8}
    assert all(not one & set(ever) for one in late)
    assert set.intersection(*late) == set()
