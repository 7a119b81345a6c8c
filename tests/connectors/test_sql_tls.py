"""The line to a PostgreSQL with TLS: its certificate is checked unless somebody says otherwise."""

import os
import pwd
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from psycopg.conninfo import conninfo_to_dict

from dunwell.actions.connections import add_connection, change_connection
from dunwell.actions.gate import Refused, system
from dunwell.connectors.sql_query import PostgresDatabase
from dunwell.formats.connection_rows import OutsideError
from dunwell.formats.database_tls import is_this_machine, tls_mode, trusted_bundle
from tests.conftest import AT
from tests.connectors.sql_world import STATEMENTS
from tests.ports import free_port
from tests.postgres import binaries, cluster

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC) + timedelta(36_500)


def signed(subject, *, by=None, names=()):
    """A key and its certificate, signed by an authority or, without one, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    signer, issuer = by or (key, name)
    told = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer if by is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
        told = told.add_extension(alternatives, critical=False)
    return key, told.sign(signer, hashes.SHA256())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def server_port():
    """A port nobody listens at; skips where no PostgreSQL could."""
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    return free_port()


@pytest.fixture(scope="module")
def authority():
    return signed("An authority of the house")


@pytest.fixture(scope="module")
def server(authority):
    """A PostgreSQL that takes lines with and without TLS; yields its port and database."""
    port = server_port()
    key, certificate = signed("localhost", by=authority, names=["localhost"])

    def prepare(folder):
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (folder / "server.crt").write_text(pem(certificate))
        (folder / "server.key").write_bytes(secret)
        (folder / "server.key").chmod(0o600)
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            for name in ("server.crt", "server.key"):
                os.chown(folder / name, account.pw_uid, account.pw_gid)
        return (
            "-c listen_addresses=127.0.0.1", f"-c port={port}", "-c ssl=on",
            f"-c ssl_cert_file={folder}/server.crt", f"-c ssl_key_file={folder}/server.key",
        )  # fmt: skip

    with cluster(prepare) as url:
        told = conninfo_to_dict(url)
        yield port, told["dbname"], told["user"]


def line(server, tls, *, host="localhost", root=""):
    """Whether the line is encrypted, or the fault and what is told."""
    port, name, user = server
    database = PostgresDatabase(
        address=f"{host}:{port}", name=name, user=user, secret="", hosts=[f"{host}:{port}"],
        tls=tls, root_certificate=root,
    )  # fmt: skip
    try:
        with database.session() as session:
            asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            return session.connection.execute(asked).fetchone()[0]
    except OutsideError as error:
        return error.fault, str(error)


def test_a_checked_line_needs_the_right_authority_and_the_right_name(server, authority):
    root = pem(authority[1])
    assert line(server, "verify-full", root=root) is True
    for told in (
        line(server, "verify-full"),
        line(server, "verify-full", root=pem(signed("An authority of the house")[1])),
        line(server, "verify-full", root=root, host="127.0.0.1"),
        line(server, "verify-full", root="no certificate"),
    ):
        assert told[0] == "refused"
        assert "Give the root certificate" in told[1]


def test_encryption_can_be_asked_for_without_a_check_or_given_up(server):
    assert line(server, "require") is True
    assert line(server, "disable") is False
    # nobody listens between this machine and itself
    assert line(server, "") is False
    assert line(server, "auto", host="127.0.0.1") is False


def test_encryption_that_is_asked_for_is_never_given_up_by_itself():
    port = server_port()
    with cluster(lambda _: ("-c listen_addresses=127.0.0.1", f"-c port={port}")) as url:
        told = conninfo_to_dict(url)
        plain = (port, told["dbname"], told["user"])
        assert line(plain, "auto") is False
        refused = [line(plain, one) for one in ("require", "verify-full")]
    assert [one[0] for one in refused] == ["refused", "refused"]
    assert "does not support SSL" in refused[0][1]


@pytest.mark.parametrize(
    ("host", "asked", "mode"),
    [
        ("db.example", "", "verify-full"),
        ("db.example", "auto", "verify-full"),
        ("10.0.0.7", "auto", "verify-full"),
        ("localhost.example", "auto", "verify-full"),
        ("db.example", "require", "require"),
        ("db.example", "disable", "disable"),
        ("127.0.0.1", "auto", "disable"),
        ("127.8.0.1", "", "disable"),
        ("[::1]", "auto", "disable"),
        ("LOCALHOST", "auto", "disable"),
        ("127.0.0.1", "verify-full", "verify-full"),
    ],
)
def test_other_machines_are_checked_unless_somebody_says_otherwise(host, asked, mode):
    assert tls_mode(host, asked) == mode


def test_whom_the_machine_trusts_is_a_file_that_is_there():
    assert trusted_bundle() == "system" or os.path.isfile(trusted_bundle())  # noqa: PTH113
    assert not is_this_machine("")


@pytest.mark.django_db
def test_less_encryption_or_another_authority_needs_the_password_anew(company):
    said = {"address": "db.example:5432", "database": "books", "user": "reader", **STATEMENTS}
    actor = system(company)
    made = add_connection(
        actor=actor, kind="postgresql", name="Books", settings=said, secret="word", at=AT
    )

    def change(secret="", **more):
        return change_connection(
            actor=actor, connection=made, name="Books", settings={**said, **more}, secret=secret,
            every_minutes=60, is_on=True, version=made.version, at=AT,
        )  # fmt: skip

    assert made.settings["tls"] == "auto"
    for more in ({"tls": "disable"}, {"root_certificate": "-----BEGIN CERTIFICATE-----"}):
        with pytest.raises(Refused, match="needs the secret anew"):
            change(**more)
    with pytest.raises(Refused, match=r"tls \(Encryption\) is one of auto, verify-full"):
        change(tls="perhaps")
    assert change(secret="new", tls="disable").settings["tls"] == "disable"
