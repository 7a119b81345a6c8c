"""Carriers over HTTP on loopback, for every test of jobs that hands messages over."""

import pytest

from tests.connectors.http_sink import http_sink


@pytest.fixture(scope="module")
def http(tmp_path_factory):
    """Address and folder of the carriers of a module."""
    folder = tmp_path_factory.mktemp("http")
    with http_sink(folder) as address:
        yield address, folder


@pytest.fixture
def sink(http, settings):
    """The address of the carriers and the folder of their requests, empty."""
    settings.CHANNEL_SECRETS = {"DUNWELL_CHANNEL_X": "secret-7"}
    address, folder = http
    for path in folder.iterdir():
        path.unlink()
    return address, folder
