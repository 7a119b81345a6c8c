"""The files of a statement of account: by kind, with their media types and safe names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dunwell.formats.account_statement import AccountDocument, canonical_json
from dunwell.formats.account_statement_pdf import Letterhead, statement_pdf
from dunwell.formats.account_statement_sheets import statement_csv, statement_xlsx

UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
LONGEST_PART = 40


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its media type, and what writes it."""

    media_type: str
    write: Callable[[AccountDocument, Letterhead], bytes]


KINDS: Mapping[str, FileKind] = {
    "pdf": FileKind("application/pdf", statement_pdf),
    "csv": FileKind("text/csv; charset=utf-8", lambda document, _: statement_csv(document)),
    "xlsx": FileKind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda document, _: statement_xlsx(document),
    ),
    "json": FileKind("application/json", lambda document, _: canonical_json(document)),
}
"""Every kind of file a statement is handed out as, by the end of its name."""


def file_name(document: AccountDocument, kind: str) -> str:
    """Return a name such as `ST-000012-K1-2026-03-31.pdf` that is safe on every disk."""
    parts = (document.number or "preview", document.customer[:LONGEST_PART])
    safe = [UNSAFE.sub("-", part).strip(".-") for part in parts]
    return "-".join([*filter(None, safe), f"{document.to_on.isoformat()}.{kind}"])
