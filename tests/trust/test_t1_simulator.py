"""T1: the books never go wrong, whatever people, banks and nights do, in any order.

A few sequences of 100 steps by default, seeds of this run's hand; a thousand sequences in the
long tier, and `python -m tests.simulator --sequences N` for any number. A failure prints the one
command that plays it again.
"""

import os

import pytest

from tests.dealing import drawn, is_long_tier
from tests.simulator.play import Played, play
from tests.simulator.world import STEPS

FEW, LONG = 4, 1_000

pytestmark = [pytest.mark.django_db, pytest.mark.each]


def test_t1_one_seed_is_one_history():
    one, again = play(7, 25), play(7, 25)
    assert one.head == again.head
    assert (one.done, one.refused) == (again.done, again.refused)


def test_t1_no_sequence_breaks_the_books(record_property):
    played = Played()
    for seed in range(LONG) if is_long_tier() else [drawn(f"T1 {at}") for at in range(FEW)]:
        play(seed, 100, into=played)
    record_property("sequences", played.sequences)
    assert played.steps >= 100
    if is_long_tier() and "DUNWELL_DATABASE_URL" not in os.environ:
        assert [name for name in STEPS if not played.done[name]] == []
