"""Every test of the portal begins with requests uncounted: they all come from one address."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def uncounted():
    cache.clear()
