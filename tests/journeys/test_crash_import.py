"""An import killed at any statement is finished by running it again: nothing lost, nothing doubled.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed
from tests.postgres import cluster

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_a_killed_import_is_finished_once_on_sqlite():
    assert_healed("import_flow", least=80, url="")


def test_a_killed_import_is_finished_once_on_postgresql():
    with cluster() as url:
        assert_healed("import_flow", least=80, url=url)


def test_a_killed_import_that_makes_indexes_anew_is_finished_once_on_sqlite():
    """Kills while an index is gone bring it back; nothing is lost, and none is missing."""
    assert_healed("import_anew_flow", least=140, url="")
