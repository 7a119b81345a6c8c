"""T19: what a night found open is worked out later to the cent, whatever was booked since.

Three companies; two weeks of nights by default, a year in the long tier. Items and money come
with days gone by, are taken back, and change their owner by merges and splits.
"""

import pytest

from tests.dealing import is_long_tier
from tests.trust.nights import Lives, by_bucket, by_owner

FEW, LONG = 14, 365
UNDONE = {"unapply", "reverse_an_item", "reverse_money", "take_write_off_back"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.dealt(one_in=10, of="long files", whole=True),
]


@pytest.fixture(scope="module")
def lives(standing):
    return Lives(LONG if is_long_tier() else FEW)


def test_t19_every_night_is_worked_out_again_to_the_cent(lives):
    assert len({day for day, *_ in lives.found}) == len(lives.days)
    found = by_bucket(lives.found)
    assert lives.recomputed() == found
    kept = {key: minor for key, minor in found.items() if key[0] in lives.kept_days}
    assert lives.kept() == kept != {}


def test_t19_every_night_is_worked_out_again_by_who_owed_it_then(lives):
    worked_out = {}
    for company in lives.companies:
        worked_out |= by_owner(company, lives.days)
    assert worked_out == lives.found


def test_t19_the_past_looks_other_today(lives):
    """So that the above says something: things were back-dated, taken back, merged and split."""
    assert lives.recomputed(known_on=lives.days[-1]) != by_bucket(lives.found)
    assert UNDONE & set(lives.done)
    assert lives.done["merge_records"]
    if is_long_tier():
        assert {*UNDONE, "split_records"} <= set(lives.done)
