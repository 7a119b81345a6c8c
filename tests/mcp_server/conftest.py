"""What tests of the tools share: the clock stands at AT, and nobody needs a second factor."""

import pytest
import time_machine

from tests.conftest import AT


@pytest.fixture(autouse=True)
def _standing_clock(settings):
    settings.REQUIRE_MFA = False
    with time_machine.travel(AT, tick=False):
        yield
