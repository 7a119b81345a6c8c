"""Tests of the product; a bug that is planted (T24) is in the processes that tests start too."""

import os

if _planted := os.environ.get("PLANTED_BUG"):
    from tests.trust.planted import plant

    plant(_planted)
