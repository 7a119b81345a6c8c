"""Where mails of a company go: to the mail server, or while it tests to the file outbox."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from dunwell.connectors.outbox_files import write_eml
from dunwell.connectors.smtp import MailServer, mail_line
from dunwell.models import ApplicationMail, Company, Message

HandOver = Callable[[Message | ApplicationMail, bytes], str]
"""Gives the bytes away and returns the place they went to; raises MailError or OSError."""


@contextmanager
def mail_place(company: Company) -> Iterator[HandOver]:
    """Yield how mails of the company leave; the line to the server is opened when used."""
    if company.sending == Company.Sending.TEST:
        folder = settings.DATA_DIR / "outbox" / str(company.pk)

        def to_file(message: Message | ApplicationMail, mail: bytes) -> str:
            return f"file {write_eml(folder, mail, message_id=message.message_id).name}"

        yield to_file
        return
    server = MailServer(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        use_tls=settings.EMAIL_USE_TLS,
    )
    with mail_line(server) as line:

        def to_server(message: Message | ApplicationMail, mail: bytes) -> str:
            line.send(mail, sender=settings.DEFAULT_FROM_EMAIL, to=message.to)
            return f"{server.host}:{server.port}"

        yield to_server
