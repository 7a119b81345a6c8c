"""Killed at every statement and every move: what was dropped is taken once, and moved.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed
from tests.postgres import cluster

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_a_folder_killed_anywhere_is_emptied_by_the_next_call_on_sqlite():
    assert_healed("folder_flow", least=100, url="")


def test_a_folder_killed_anywhere_is_emptied_by_the_next_call_on_postgresql():
    with cluster() as url:
        assert_healed("folder_flow", least=100, url=url)
