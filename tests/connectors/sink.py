"""A mail server that keeps what it is given: each message becomes a file in a folder.

`python -m tests.connectors.sink FOLDER [implicit|starttls CERTIFICATE]` prints its port on the first line and serves until
it is terminated. Recipients tell it what to do: `refused@` is refused for good, `later@`
for now, `content@` is refused after the text was sent.
"""

import asyncio
import ssl
import sys
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keeper:
    """Writes every message into the folder, in the order of arrival."""

    def __init__(self, folder):
        self.folder, self.numbers = folder, count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Take the recipient, or refuse it as its name asks."""
        if address.startswith("refused@"):
            return "550 no such mailbox"
        if address.startswith("later@"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Keep the message."""
        if envelope.rcpt_tos[0].startswith("content@"):
            return "554 looks like spam"
        path = self.folder / f"{next(self.numbers):04}.eml"
        path.with_suffix(".part").write_bytes(envelope.original_content)
        path.with_suffix(".part").replace(path)
        return "250 OK"


async def serve(folder, way="", certificate=""):
    """Serve on a free port until cancelled; encrypted with a certificate and key in one file."""
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            keeper,
            enable_SMTPUTF8=True,
            loop=loop,
            tls_context=context if way == "starttls" else None,
        ),
        "127.0.0.1",
        0,
        ssl=context if way == "implicit" else None,
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), *sys.argv[2:]))
