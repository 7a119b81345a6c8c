"""A plugin of pytest: `SHUFFLE=7 pytest -p tests.trust.shuffled` runs tests in an order of chance.

Files stay whole, for what a file makes once is shared by its tests. With `-n 0`: xdist deals out
files by their size, so that with processes chance orders the tests of a file alone.
"""

import os
from itertools import groupby
from random import Random

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    chance = Random(os.environ.get("SHUFFLE", "0"))
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    chance.shuffle(files)
    for tests in files:
        chance.shuffle(tests)
    items[:] = [item for tests in files for item in tests]
