"""Bank files killed at any statement are read by running again: nothing lost, nothing doubled.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed
from tests.postgres import cluster


def test_killed_bank_files_are_recorded_once_on_sqlite():
    assert_healed("bank_flow", least=100, url="")


def test_killed_bank_files_are_recorded_once_on_postgresql():
    with cluster() as url:
        assert_healed("bank_flow", least=100, url=url)
