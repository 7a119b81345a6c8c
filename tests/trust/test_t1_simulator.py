"""T1: the books never go wrong, whatever people, banks and nights do, in any order.

About 30 CPU seconds of sequences of 100 steps by default, other seeds for every state of the
source; a thousand sequences in the long tier, and `python -m tests.simulator --sequences N` for
any number. A failure prints the one command that plays it again.
"""

import os
from pathlib import Path

import pytest

from tests.dealing import is_long_tier
from tests.simulator.play import Played, play, play_for
from tests.simulator.world import STEPS

SRC = Path(__file__).parents[2] / "src"
CPU_SECONDS = 25
LONG = 1_000
DIGITS = 1_000_000

pytestmark = pytest.mark.django_db


def test_t1_one_seed_is_one_history():
    one, again = play(7, 25), play(7, 25)
    assert one.head == again.head
    assert (one.done, one.refused) == (again.done, again.refused)


def test_t1_no_sequence_breaks_the_books(record_property):
    if is_long_tier():
        played = Played()
        for seed in range(LONG):
            play(seed, 100, into=played)
    else:
        # other ones for every state of the source
        size = sum(path.stat().st_size for path in SRC.rglob("*.py"))
        played = play_for(CPU_SECONDS, 100, first=size % DIGITS)
    record_property("sequences", played.sequences)
    assert played.steps >= 100
    if is_long_tier() and "DUNWELL_DATABASE_URL" not in os.environ:
        assert [name for name in STEPS if not played.done[name]] == []
