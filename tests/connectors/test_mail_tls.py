"""Mail over TLS with a root of the house's own: sent and read, and refused by any other root."""

import ssl

import pytest
from django.core.exceptions import ImproperlyConfigured

from dunwell import settings as read_settings
from dunwell.connectors.imap import ImapCertificateError, ImapServer, imap_folder
from dunwell.connectors.smtp import MailCertificateError, MailServer, mail_line
from dunwell.formats.root_certificates import read_certificates
from dunwell.jobs.channels import mail_server
from dunwell.models import Channel
from tests.connectors.certificates import HERE, authority, root, server_file
from tests.connectors.imap_server import imap_server
from tests.connectors.mail_sink import mail_sink
from tests.connectors.test_smtp import SENDER, kept, mail


@pytest.fixture(scope="module")
def house():
    return authority()


def sent(port, way, certificate):
    server = MailServer(
        host=HERE, port=port, use_tls=way == "starttls", is_implicit=way == "implicit",
        root_certificate=certificate,
    )  # fmt: skip
    with mail_line(server) as line:
        line.send(mail(), sender=SENDER, to="pay@acme.example")


@pytest.mark.parametrize("way", ["implicit", "starttls"])
def test_mail_is_handed_over_to_whom_the_house_signed_and_to_nobody_else(tmp_path, house, way):
    folder = tmp_path / "kept"
    folder.mkdir()
    with mail_sink(folder, way, server_file(tmp_path, house)) as port:
        sent(port, way, root(house))
        for other in (root(authority("House")), ""):
            with pytest.raises(MailCertificateError) as refused:
                sent(port, way, other)
            assert not refused.value.permanent and refused.value.of_carrier
            assert "MAIL_ROOT_CERTIFICATE" in str(refused.value)
    assert len(kept(folder)) == 1


def test_a_certificate_of_another_name_is_refused(tmp_path, house):
    elsewhere = server_file(tmp_path, house, address="127.0.0.2")
    with mail_sink(tmp_path, "implicit", elsewhere) as port:  # noqa: SIM117  the sink is no part
        with pytest.raises(MailCertificateError, match="is not trusted"):
            sent(port, "implicit", root(house))


def test_a_mailbox_is_read_from_whom_the_house_signed_and_from_nobody_else(tmp_path, house):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server_file(tmp_path, house))
    with imap_server(context) as account:
        account.put(b"Subject: hello\r\n\r\nx")

        def read(certificate):
            server = ImapServer(
                host=HERE, port=account.port, user=account.user, password=account.password,
                root_certificate=certificate, timeout_seconds=20.0,
            )  # fmt: skip
            with imap_folder(server) as folder:
                return [mail.data for mail in folder.fetch(folder.new_uids(0))]

        assert read(root(house)) == [b"Subject: hello\r\n\r\nx"]
        asked = len(account.commands)
        for other in (root(authority("House")), ""):
            with pytest.raises(ImapCertificateError, match="MAIL_ROOT_CERTIFICATE"):
                read(other)
    # neither name nor password went to whom nobody trusts
    assert len(account.commands) == asked


@pytest.mark.parametrize(
    ("port", "tls", "asked", "is_implicit"),
    [(25, False, False, False), (587, True, False, False), (465, True, False, True),
     (2465, False, True, True), (465, False, False, False)],
)  # fmt: skip
def test_the_settings_say_how_the_line_is_protected(settings, port, tls, asked, is_implicit):
    settings.EMAIL_HOST, settings.EMAIL_PORT = HERE, port
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = tls, asked
    settings.MAIL_ROOT_CERTIFICATE = "root"
    server = mail_server(None)
    assert (server.is_implicit, server.root_certificate) == (is_implicit, "root")


@pytest.mark.parametrize(
    ("port", "use_tls", "is_implicit"),
    [(587, True, False), (465, True, True), (465, False, False)],
)
def test_a_channel_at_the_port_of_tls_speaks_it_at_once(settings, port, use_tls, is_implicit):
    settings.MAIL_ROOT_CERTIFICATE = "root"
    channel = Channel(address=f"mail.example:{port}", settings={"use_tls": use_tls})
    server = mail_server(channel)
    assert (server.use_tls, server.is_implicit) == (use_tls, is_implicit)
    assert server.root_certificate == "root"


def test_what_is_no_certificate_stops_the_start(monkeypatch, house):
    assert (read_certificates(""), read_certificates(root(house))) == ("", root(house))
    monkeypatch.setenv("DUNWELL_MAIL_ROOT_CERTIFICATE", "no certificate")
    with pytest.raises(ImproperlyConfigured, match="DUNWELL_MAIL_ROOT_CERTIFICATE"):
        read_settings._certificates("MAIL_ROOT_CERTIFICATE")
