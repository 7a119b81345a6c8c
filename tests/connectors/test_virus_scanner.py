"""Asking clamd about files, against one on loopback."""

import pytest

from dunwell.connectors.virus_scanner import ScannerError, VirusScanner
from tests.connectors.clamd_server import EICAR, clamd


@pytest.mark.parametrize(
    ("data", "found"), [(b"fine", ""), (b"", ""), (EICAR, "Eicar-Test"), (b"x" * 200_000, "")]
)
def test_a_file_is_streamed_and_judged(data, found):
    with clamd() as server:
        assert VirusScanner(address=server.address).scan(data) == found
    assert server.scanned == [data]


def test_an_answer_that_is_no_verdict_is_an_error():
    with (
        clamd(b"INSTREAM size limit exceeded. ERROR") as server,
        pytest.raises(ScannerError, match="size limit exceeded"),
    ):
        VirusScanner(address=server.address).scan(b"x")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "unix:/nowhere/clamd.sock", "nonsense"])
def test_a_scanner_that_is_not_there_is_an_error(address):
    with pytest.raises(ScannerError, match="failed"):
        VirusScanner(address=address).scan(b"x")
