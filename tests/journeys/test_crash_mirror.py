"""A refresh killed at any point leaves the mirror before, or none, and the ledger as it was."""

import pytest

from tests.journeys.crashes import assert_healed
from tests.postgres import cluster

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_a_killed_refresh_is_finished_by_the_next_on_sqlite():
    assert_healed("mirror_flow", least=100, url="")


def test_a_killed_refresh_is_finished_by_the_next_on_postgresql():
    with cluster() as url:
        assert_healed("mirror_flow", least=100, url=url)
