"""Many workers share a day on PostgreSQL; whoever of them dies, the others finish it once."""

import pytest

from tests.dealing import is_long_tier
from tests.journeys.crashes import findings
from tests.postgres import binaries

pytestmark = pytest.mark.dealt(one_in=12, of="races")


def test_workers_share_companies_and_finish_what_a_killed_one_left():
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    rounds = 8 if is_long_tier() else 1
    found = findings("tests.journeys.workers", "--workers", 3, "--rounds", rounds, url="")
    assert found["failures"] == []
    # on a busy machine one may come too late to be killed in the middle of something
    assert found["killed"] > 0
    assert found["sent"] > 0
