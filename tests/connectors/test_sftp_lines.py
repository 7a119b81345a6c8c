"""Lines to SFTP servers: host keys, ways to sign in, cut lines, killed and doubled workers."""

import base64
import functools
import socketserver
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.conf import settings as configured
from django.db import connection as database

from dunwell.actions.connection_files import look_at_files
from dunwell.actions.connection_syncs import begin_sync
from dunwell.actions.connections import change_connection
from dunwell.actions.gate import Refused, system
from dunwell.connectors import sftp_folder
from dunwell.jobs import connection_files, connections
from dunwell.jobs.file_locks import claimed_file
from dunwell.models import (
    Connection,
    ImportBatch,
    Item,
)
from tests.actions.exports import items_csv
from tests.conftest import AT, TODAY
from tests.connectors.loopback import answering
from tests.connectors.sftp_server import LEDGER, SECRET, codes, failed, sync

DAY = TODAY.isoformat()


@contextmanager
def another_process(linked):
    """Hold the claim on a folder as another process would."""
    if database.vendor != "postgresql":
        file = Path(configured.DATA_DIR) / "locks" / f"dunwell-take-files-{linked.pk}.lock"
        with claimed_file(file, wait=False) as is_ours:
            assert is_ours
            yield
        return
    other = database.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtext(%s), %s)", [connection_files.WORK, linked.pk]
            )
            yield
    finally:
        other.close()


class _Post(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"220 mail.example ESMTP\r\n" * 200)


@contextmanager
def served_silently():
    """Something that answers and is no SSH."""
    server = socketserver.TCPServer(("127.0.0.1", 0), _Post)
    server.server_port = server.server_address[1]
    with answering(server) as host:
        yield host


class KilledError(BaseException):
    """Stands for SIGKILL: nothing that runs catches it."""


@pytest.mark.django_db
def test_another_host_key_ends_the_call_before_anything_secret_is_sent(link_sftp, sftp_world):
    other = paramiko.ECDSAKey.generate().fingerprint
    sftp_world.allowed_key = paramiko.ECDSAKey.generate()
    fault, error = failed(sync(link_sftp(host_key=other)))
    assert fault == "refused"
    assert f"shows the host key {sftp_world.fingerprint}" in error
    assert "Nothing was sent" in error
    linked = Connection.objects.get()
    assert sftp_world.asked_in == 0
    for wrong in ("trust me", "SHA256:", "MD5:16:27:ac"):
        Connection.objects.update(settings={**linked.settings, "host_key": wrong})
        fault, error = failed(sync(linked))
        assert (fault, "ssh-keygen -lf" in error) == ("refused", True)
    assert sftp_world.asked_in == 0
    sftp_world.allowed_key = None
    Connection.objects.update(
        settings={**linked.settings, "host_key": f"{other} {sftp_world.fingerprint}"}
    )
    assert sync(linked).status == "done"


@pytest.mark.django_db
def test_a_changed_host_key_or_address_needs_the_secret_anew(link_sftp, sftp_world, company):
    linked = link_sftp()

    def change(secret="", **more):
        return change_connection(
            actor=system(company), connection=linked, name="Bank", secret=secret,
            settings={**sftp_world.settings, **more}, every_minutes=60, is_on=True,
            version=Connection.objects.get().version, at=AT,
        )  # fmt: skip

    for more in ({"host_key": "SHA256:other"}, {"address": "elsewhere.example:22"}):
        with pytest.raises(Refused, match="needs the secret anew"):
            change(**more)
    assert change(patterns="*.csv").secret == SECRET
    assert change(secret="new", host_key="SHA256:other").secret == "new"
    with pytest.raises(
        Refused, match=r"afterwards \(Files that were taken\) is one of move, leave"
    ):
        change(afterwards="burn")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_private_key_signs_in_even_without_its_line_breaks(kind, link_sftp, sftp_world):
    text, public = keys()[kind]
    sftp_world.allowed_key = public
    linked = link_sftp(secret=" ".join(text.split("\n")))
    assert connections.try_connection(actor=system(linked.company), connection=linked).fault == ""
    assert failed_secret(linked, keys()["other"][0])[0] == "credentials"
    assert "without a passphrase" in failed_secret(linked, keys()["locked"][0])[1]
    assert "by publickey alone" in failed_secret(linked, SECRET)[1]


def failed_secret(linked, secret):
    Connection.objects.update(secret=secret)
    linked.refresh_from_db()
    tried = connections.try_connection(actor=system(linked.company), connection=linked)
    return tried.fault, tried.error


@functools.cache
def keys():
    """Private keys as ssh-keygen writes them, each with what the server knows of it."""
    made = {
        "ed25519": Ed25519PrivateKey.generate(), "ecdsa": ec.generate_private_key(ec.SECP256R1()),
        "rsa": rsa.generate_private_key(65537, 2048), "other": Ed25519PrivateKey.generate(),
    }  # fmt: skip
    found = {}
    for name, key in made.items():
        text = key.private_bytes(
            Encoding.PEM,
            PrivateFormat.TraditionalOpenSSL if name == "rsa" else PrivateFormat.OpenSSH,
            NoEncryption(),
        ).decode()
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        algorithm, body = public.decode().split()[:2]
        found[name] = (text, paramiko.PKey.from_type_string(algorithm, base64.b64decode(body)))
    locked = made["other"].private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, BestAvailableEncryption(b"word")
    )
    return {**found, "locked": (locked.decode(), None)}


@pytest.mark.django_db
def test_a_line_cut_in_the_middle_of_a_file_is_begun_anew(link_sftp, sftp_world):
    linked = link_sftp()
    rows = (f"K1;Acme;R{at};invoice;2026-01-05;2026-02-04;EUR;1.00;1.00" for at in range(2_000))
    sftp_world.drop("ledger/items.csv", items_csv(*rows))
    sftp_world.cut_reads = 2
    assert codes(sync(linked)) == {"ledger/items.csv": "taken"}
    assert (Item.objects.count(), sftp_world.visits) == (2_000, 3)


@pytest.mark.django_db
def test_killed_between_any_two_steps_a_file_is_taken_once(
    link_sftp, sftp_world, at_nine, monkeypatch
):
    """Fetched and not booked, booked and not marked, marked and not moved, moved and not noted."""
    linked = link_sftp()
    for step, place in enumerate(("take_bytes", "mark_file", "_moved", "mark_moved")):
        number = f"S{step}"
        sftp_world.drop(
            f"ledger/{number}.csv",
            items_csv(f"K1;Acme;{number};invoice;2026-01-05;2026-02-04;EUR;9.00;9.00"),
        )

        def killed(*_, **__):
            raise KilledError

        with monkeypatch.context() as patch:
            patch.setattr(connection_files, place, killed)
            with pytest.raises(KilledError):
                sync(linked)
        assert sync(linked) is None
        at_nine.shift(timedelta(minutes=16))
        assert sync(linked).status == "done"
        assert f"ledger/done/{DAY}/{number}.csv" in sftp_world.files()
        assert f"ledger/{number}.csv" not in sftp_world.files()
    assert sorted(Item.objects.values_list("number", flat=True)) == ["S0", "S1", "S2", "S3"]
    assert ImportBatch.objects.count() == 4
    assert sync(linked).notes == []


@pytest.mark.django_db
def test_a_worker_whose_sync_was_taken_over_is_waited_for(link_sftp, sftp_world, at_nine):
    linked = link_sftp()
    sftp_world.drop("ledger/items.csv", LEDGER)
    actor = system(linked.company)
    slow = begin_sync(actor=actor, connection=linked, as_of=TODAY, at=AT)
    assert slow is not None
    at_nine.shift(timedelta(minutes=16))
    with another_process(linked):
        fault, error = failed(sync(linked))
    assert (fault, "Another process" in error) == ("unreachable", True)
    assert Item.objects.count() == 0
    # the slow one comes back: its sync is not its own any more
    with pytest.raises(Refused, match="taken this sync over"):
        look_at_files(
            actor=actor, sync=slow, files=(), whole=(), is_marked=True, at=AT,
        )  # fmt: skip
    assert codes(sync(linked)) == {"ledger/items.csv": "taken"}


@pytest.mark.django_db
def test_a_host_inside_the_house_is_reached_only_when_it_is_listed(
    link_sftp, sftp_world, settings
):
    linked = link_sftp()
    settings.CONNECTION_HOSTS = []
    fault, error = failed(sync(linked))
    assert (fault, "DUNWELL_CONNECTION_HOSTS" in error) == ("refused", True)
    assert sftp_world.visits == 0
    for address, says in (("127.0.0.1", "no address"), ("nowhere.invalid:22", "name server")):
        Connection.objects.update(settings={**linked.settings, "address": address})
        assert says in failed(sync(linked))[1]


@pytest.mark.django_db
def test_what_is_no_ssh_and_a_folder_that_is_not_there_are_told(link_sftp, sftp_world, settings):
    linked = link_sftp(folder="elsewhere")
    fault, error = failed(sync(linked))
    assert (fault, "none of the folders ledger, invoices, bank in" in error) == ("schema", True)
    Connection.objects.update(settings={**linked.settings, "files": "bank"})
    fault, error = failed(sync(linked))
    assert (fault, error.partition("; ")[2]) == (
        "schema", "make it there, or say which one to read.",
    )  # fmt: skip
    with served_silently() as host:
        settings.CONNECTION_HOSTS = [host]
        Connection.objects.update(settings={**linked.settings, "address": host})
        fault, error = failed(sync(linked))
    assert (fault, "could not be used over SFTP (sign-in)" in error) == ("unreachable", True)


@pytest.mark.django_db
def test_without_the_library_the_desk_says_which_extra_to_install(link_sftp, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(sftp_folder, "import_module", missing)
    assert failed(sync(link_sftp())) == (
        "refused", "SFTP needs paramiko: pip install 'dunwell[sftp]'.",
    )  # fmt: skip
