"""The published invoices that tests read, where they are laid beside the tree."""

from pathlib import Path

import pytest

EINVOICES = Path(__file__).parents[2] / "shared" / "data" / "einvoice"
needs_einvoices = pytest.mark.skipif(
    not EINVOICES.exists(), reason="the published invoices are not laid beside the tree"
)

VALID = (
    "en16931/ubl/examples/*.xml",
    "en16931/cii/examples/*.xml",
    "en16931/test/testfiles/*.xml",
    "peppol/examples/*.xml",
    "xrechnung_standard/**/*.xml",
    "zugferd_pdf/**/correct/**/*.xml",
)
"""120 and a dozen invoices that their authors call valid."""


def files(*patterns):
    return [path for pattern in patterns for path in sorted(EINVOICES.glob(pattern))]
