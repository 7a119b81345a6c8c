"""What tests of the tools share: the clock stands at AT."""

import pytest
import time_machine

from tests.conftest import AT


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield
