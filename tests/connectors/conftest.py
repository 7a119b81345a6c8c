"""Real servers on loopback: for mail, for every test that sends, and for files over SFTP."""

import pytest
import time_machine

from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from tests.conftest import AT
from tests.connectors.mail_sink import mail_sink


@pytest.fixture
def sink(tmp_path):
    """The sink's port and the folder its messages are in."""
    folder = tmp_path / "sink"
    folder.mkdir()
    with mail_sink(folder) as port:
        yield port, folder


@pytest.fixture
def sftp_world(tmp_path):
    """A folder of a test, served over SFTP; its library is not loaded for other tests."""
    from tests.connectors.sftp_server import SftpWorld, served

    with served(SftpWorld(tmp_path / "sftp")) as world:
        yield world


@pytest.fixture
def at_nine():
    """The clock stands at AT, until a test moves it."""
    with time_machine.travel(AT, tick=False) as time:
        yield time


@pytest.fixture
def link_sftp(company, sftp_world, settings, at_nine):
    """Add a connection to the folder; more settings may be said."""
    settings.CONNECTION_HOSTS = [sftp_world.host]

    def add(*, secret=sftp_world.secret, **more):
        return add_connection(
            actor=system(company), kind="sftp", name="Bank", secret=secret,
            settings={**sftp_world.settings, **more}, at=AT,
        )  # fmt: skip

    return add
