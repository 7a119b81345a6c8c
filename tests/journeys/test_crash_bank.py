"""Bank files killed at any statement are read by running again: nothing lost, nothing doubled.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed
from tests.postgres import cluster

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_killed_bank_files_are_recorded_once_on_sqlite():
    assert_healed("bank_flow", least=100, url="")


def test_killed_bank_files_are_recorded_once_on_postgresql():
    with cluster() as url:
        assert_healed("bank_flow", least=100, url=url)
