"""T4: what PostgreSQL acknowledged survives its death, and the desk comes back by itself."""

import pytest

from tests.dealing import is_long_tier
from tests.journeys.crashes import findings
from tests.postgres import binaries

pytestmark = pytest.mark.dealt(one_in=8, of="whole desks", whole=True)


def test_t4_a_killed_server_loses_nothing_acknowledged_and_the_desk_goes_on():
    """Killed in the middle of three requests, every point in the long tier; connections cut, too."""
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    most = 0 if is_long_tier() else 3
    found = findings("tests.journeys.server_deaths", "--most", most)
    assert found["failures"] == []
    assert found["points"] >= 15
    assert found["tried"] == (most or found["points"])
    # one before, one for each death and cut, one after the last cut and one after the last death
    assert found["acknowledged"] == found["tried"] + found["cut"] + 2
