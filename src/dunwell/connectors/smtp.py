"""The mail server: hands over one message at a time, and says whether a refusal is for good."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from dunwell.formats.hand_overs import CarrierError

TIMEOUT_SECONDS = 20
PERMANENT = 500
"""SMTP codes from here on are final for this message (RFC 5321, 4.2.1)."""
IMPLICIT_TLS_PORT = 465
"""The port of submission over TLS from the first byte (RFC 8314)."""
CLOSING = 421
"""The server serves nobody at the moment (RFC 5321, 4.2.3)."""


class MailError(CarrierError):
    """The server did not take the message; `permanent` says whether trying again can help."""


class MailCertificateError(MailError):
    """The server shows a certificate nobody we trust has signed, or of another name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom.

    With `use_tls` the line is protected by STARTTLS, with `is_implicit` from its first byte.
    `root_certificate` is the PEM text of whom to trust, alone; without it whoever the system does.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    use_tls: bool = False
    is_implicit: bool = False
    root_certificate: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS

    @property
    def context(self) -> ssl.SSLContext:
        """How the line is encrypted and whose certificates are believed."""
        return ssl.create_default_context(cadata=self.root_certificate or None)


class MailLine:
    """A connection that is opened with the first message and again after a failure."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: bytes, *, sender: str, to: str) -> None:
        """Hand one message over; raise MailError when the server does not take it.

        Returning means the server has taken responsibility. An error in between
        may leave that open, which is why the message carries an id of its own.
        """
        try:
            self._open().sendmail(sender, [to], mail)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _mail_error(error, self._server) from error

    def close(self) -> None:
        """Say goodbye if a connection is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            server = self._server
            connection = _connected(server)
            try:
                if server.use_tls and not server.is_implicit:
                    connection.starttls(context=server.context)
                if server.user:
                    connection.login(server.user, server.password)
            except (smtplib.SMTPException, OSError):
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _connected(server: MailServer) -> smtplib.SMTP:
    if not server.is_implicit:
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    return smtplib.SMTP_SSL(
        server.host, server.port, timeout=server.timeout_seconds, context=server.context
    )


@contextmanager
def mail_line(server: MailServer) -> Iterator[MailLine]:
    """Yield a line to the server and close it afterwards."""
    line = MailLine(server)
    try:
        yield line
    finally:
        line.close()


def _mail_error(error: smtplib.SMTPException | OSError, server: MailServer) -> MailError:
    """Turn what the library raises into one error with a sentence and a verdict.

    Only a refusal of the recipient or of the content is final: who we are, and
    whether the server answers, is mended by an administrator, not by giving up.
    """
    place = f"{server.host}:{server.port}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return MailError(
            f"{place} refused the recipient: {_said(code, text)}",
            permanent=code >= PERMANENT,
            of_carrier=code == CLOSING,
        )
    if isinstance(error, smtplib.SMTPDataError):
        said = _said(error.smtp_code, error.smtp_error)
        return MailError(
            f"{place} refused the content: {said}",
            permanent=error.smtp_code >= PERMANENT,
            of_carrier=error.smtp_code == CLOSING,
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = _said(error.smtp_code, error.smtp_error)
        return MailError(
            f"{place} refused the sign-in: {said}; check DUNWELL_SMTP_USER and its password",
            permanent=False,
            of_carrier=True,
        )
    if isinstance(error, smtplib.SMTPSenderRefused):
        said = _said(error.smtp_code, error.smtp_error)
        return MailError(
            f"{place} refused the sender: {said}; check DUNWELL_MAIL_FROM",
            permanent=False,
            of_carrier=True,
        )
    return _line_error(error, server)


def _line_error(error: smtplib.SMTPException | OSError, server: MailServer) -> MailError:
    """Say why no conversation came about; the next try may find it mended."""
    place = f"{server.host}:{server.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailCertificateError(
            f"{place} shows a certificate that is not trusted: {error.verify_message}; check its "
            "name, or set DUNWELL_MAIL_ROOT_CERTIFICATE_FILE to who signed it",
            permanent=False,
            of_carrier=True,
        )
    # smtplib hides a time-out behind "connection closed"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return MailError(
            f"{place} did not answer within {server.timeout_seconds:g} seconds",
            permanent=False,
            of_carrier=True,
        )
    return MailError(f"{place} could not be used: {error}", permanent=False, of_carrier=True)


def _said(code: int, text: bytes | str) -> str:
    """Return what the server answered, on one line."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"
