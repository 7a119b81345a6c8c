"""Choices dealt out: a few for each of many tests, other ones than its neighbours and per hand."""

import os
from collections import defaultdict
from math import ceil
from pathlib import Path
from random import Random
from zlib import crc32

from hypothesis import settings

from tests.turns import entry_of

VARIABLE = "TEST_DEAL"
"""What the deal is drawn from, unless from the file of the hand: set it to have another deal."""
HAND = Path(__file__).with_name("hand.txt")
"""The hand that runs everywhere until somebody writes another; what it finds is theirs to mend."""

BOTH = "mark.both"
"""What stands in every file of which a test runs on both databases."""


def is_long_tier():
    """Whether this is the long tier, where everything is tried."""
    return settings.get_current_profile_name() == "release"


def deal():
    """What this run's deal is drawn from; processes that it starts are dealt the same."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = HAND.read_text(encoding="utf-8").strip()
    return os.environ[VARIABLE]


def drawn(key):
    """A number that a key draws in this deal."""
    return crc32(f"{deal()} {key}".encode())


def dealt(choices, key, few):
    """A few of the choices, other ones for every key, so that each comes often; all in the long tier."""
    if is_long_tier():
        return choices
    begin = drawn(key) % len(choices)
    names = [*choices, *choices][begin : begin + len(choices) : len(choices) // few]
    return {name: choices[name] for name in names}


def share(named, key, *, one_in):
    """One in so many of what begins with its name, others for every key; all in the long tier."""
    if is_long_tier():
        return named
    return [one for one in named if drawn(f"{one[0]} {key}") % one_in == 0]


def hand(choices, key, *, one_in):
    """One in so many of the named choices, at least one, in their order; all in the long tier."""
    if is_long_tier():
        return choices
    order = sorted(choices, key=lambda name: drawn(f"{name} {key}"))
    taken = set(order[: ceil(len(order) / one_in)])
    return {name: choice for name, choice in choices.items() if name in taken}


def files_not_dealt(files, folders):
    """The files whose turn it is not: of each folder one file in so many runs."""
    late = set()
    for folder, one_in in folders.items():
        members = {Path(file).name: file for file in files if file.startswith(folder)}
        dealt_ones = hand(members, folder, one_in=one_in)
        late |= set(members.values()) - set(dealt_ones.values())
    return late


def unread(path, late):
    """Whether a file need not be read: its turn is later, and no test in it runs on both databases."""
    return path in late and BOTH not in path.read_text(encoding="utf-8")


def not_of_both(items, late):
    """The tests of files whose turn is later, but for those that run on both databases."""
    return {one for one in items if one.path in late and one.get_closest_marker("both") is None}


def not_dealt(items, named):
    """The tests whose turn it is not: of each family marked `dealt(one_in=…)` one in so many runs.

    A family is what one function of parameters is, or what the mark names (`of="crashes"`); with
    `whole=True` it is one of files, each of which runs or does not. Tests of a file that was asked
    for by name (its path is in `named`) all run.
    """
    families = defaultdict(lambda: defaultdict(list))
    for item in items:
        mark = item.get_closest_marker("dealt")
        # what is for the long tier alone takes no turn from others
        is_long = item.get_closest_marker("release") is not None
        if mark is not None and not is_long and item.path not in named:
            family = mark.kwargs.get("of", item.nodeid.split("[")[0])
            name = item.nodeid.split("::")[0] if "whole" in mark.kwargs else item.nodeid
            families[family, mark.kwargs["one_in"]][name].append(item)
    return _late((one_in, members) for (_, one_in), members in families.items())


def long_not_dealt(items, named, measured, *, one_in):
    """The tests that take long and whose turn it is not: one in so many of those alike long runs.

    What is marked `dealt` takes turns already; what is marked `each` takes none. Tests that wait
    for one beginning run together.
    """
    families = defaultdict(lambda: defaultdict(list))
    for item in items:
        entry = entry_of(item, measured)
        marks = [item.get_closest_marker(name) for name in ("dealt", "each", "release")]
        if entry is not None and marks == [None] * 3 and item.path not in named:
            # each family is twice as long as the one before, so that every hand takes about as long
            family = int(measured[entry]).bit_length()
            families[family][entry if " @" in entry else item.nodeid].append(item)
    return _late((one_in, members) for members in families.values())


def shuffled(items, seed):
    """The tests in an order of chance: files, and within each file its tests."""
    chance = Random(seed)
    files = defaultdict(list)
    for item in items:
        files[item.path].append(item)
    order = sorted(files)
    chance.shuffle(order)
    return [item for path in order for item in chance.sample(files[path], len(files[path]))]


def _late(families):
    """The tests of those members of each family that are not in its hand."""
    late = set()
    for one_in, members in families:
        for name in members.keys() - hand(members, "", one_in=one_in).keys():
            late |= set(members[name])
    return late
