"""How mails of tests are built: headers, parts, files, archives."""

import base64
import io
import zipfile
from dataclasses import dataclass, field

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OURS = "<reminder-7.2026-05-01.email@dunwell>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Bytes of a mail, and what is read of it: `told` are fields of the result that are equal."""

    data: bytes
    told: dict = field(default_factory=dict)
    quoted: str = ""
    files: tuple = ()


def lines(*told):
    """Lines with the line ends of a mail."""
    return "\r\n".join(told)


def mail(
    body, *, subject="Invoice R-1001", sender="Ann Lee <ann@buyer.example>", more=(), kind=""
):
    """A mail of headers and a body in UTF-8."""
    head = [
        f"From: {sender}",
        "To: Credit Desk <credit@seller.example>",
        f"Subject: {subject}",
        "Date: Mon, 4 May 2026 10:15:00 +0200",
        "Message-ID: <abc.1@buyer.example>",
        "MIME-Version: 1.0",
        *more,
        kind or "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
    ]
    return (lines(*head) + "\r\n\r\n" + body).encode("utf-8")


def parts(kind, *bodies, boundary="=_b1"):
    """The body of a multipart and its header."""
    text = "".join(f"--{boundary}\r\n{one}\r\n" for one in bodies) + f"--{boundary}--\r\n"
    return text, f'Content-Type: multipart/{kind}; boundary="{boundary}"'


def text(told, kind="plain", charset="utf-8"):
    """A text part."""
    return f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{told}"


def file(data, name, kind="application/octet-stream", disposition="attachment", more=""):
    """A file part in base64."""
    told = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return (
        f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: {disposition}; filename="{name}"\r\n{more}\r\n{told}'
    )


def multi(kind, *bodies, **fields):
    """A whole multipart mail."""
    body, header = parts(kind, *bodies)
    return mail(body, kind=header, **fields)


def zipped(**entries):
    """A zip of named entries; __ stands for a dot, and names may be given in `raw`."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "."), data)
    return kept.getvalue()


def encrypted_zip():
    """A zip whose only entry says that it is encrypted."""
    data = bytearray(zipped(invoice__pdf=PDF))
    data[6] |= 1
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


REPLY = ("In-Reply-To: " + OURS, "References: <x@y> " + OURS)


def of(data, *, quoted="", files=(), **told):
    """A sample."""
    return Sample(data=data, told=told, quoted=quoted, files=files)


def quoting(words, *quote, more=REPLY, **fields):
    """A plain reply: its own words, then a quote."""
    return mail(lines(words, "", *quote, ""), more=more, **fields)
