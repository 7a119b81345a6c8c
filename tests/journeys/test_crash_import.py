"""An import killed at any statement is finished by running it again: nothing lost, nothing doubled.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed
from tests.postgres import cluster


def test_a_killed_import_is_finished_once_on_sqlite():
    assert_healed("import_flow", least=80, url="")


def test_a_killed_import_is_finished_once_on_postgresql():
    with cluster() as url:
        assert_healed("import_flow", least=80, url=url)
