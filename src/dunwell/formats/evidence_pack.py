"""The evidence of a claim that is placed with an agency: one ZIP with a PDF, its data, a manifest.

Layout `dunwell.evidence-pack.1`: `claim.pdf` to read, `claim.json` with every fact, the tables
`items.csv`, `payments.csv`, `history.csv`, `agreements.csv`, `disputes.csv`, the text of every
message that was sent under `documents/`, and `manifest.json` with size and SHA-256 of each file.
Amounts are whole minor units beside their currency, days are YYYY-MM-DD. The same facts always
give the same bytes.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from dunwell.formats.exports import Value, write_csv

FORMAT = "dunwell.evidence-pack.1"
"""Name and version of the layout; another layout gets another number."""
FIRST_ZIP_YEAR = 1980


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Who owes, as it stood in our records; `reach` lists names, addresses and numbers."""

    number: str
    name: str
    address: str
    country: str
    language: str
    vat_id: str
    party: str
    reach: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimItem:
    """An item of the claim; interest and fees are those accrued on the day, not billed."""

    number: str
    kind: str
    reference: str
    issued_on: date
    due_on: date
    days_past_due: int
    amount_minor: int
    open_minor: int
    interest_minor: int
    fees_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimBooking:
    """Something put on an item of the claim; what lowers it is positive."""

    item: str
    on: date
    source: str
    number: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimContact:
    """A contact with the debtor: a message that was sent, an attempt, or a note."""

    on: date
    kind: str
    channel: str
    result: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimAgreement:
    """A promise, plan or settlement on the claim, and what came of it."""

    kind: str
    number: str
    status: str
    made_on: date
    due_on: date | None
    ended_on: date | None
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimDispute:
    """A dispute on an item of the claim, and how it was closed."""

    item: str
    reason: str
    amount_minor: int
    opened_on: date
    closed_on: date | None
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimText:
    """The words of a message that was sent, under the name of its file."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Everything a pack says about one claim, as of a day."""

    placement: str
    as_of: date
    company: str
    pay_to: str
    language: str
    agency: str
    currency: str
    commission_ppm: int
    reason: str
    debtor: Party
    items: tuple[ClaimItem, ...]
    bookings: tuple[ClaimBooking, ...]
    contacts: tuple[ClaimContact, ...]
    agreements: tuple[ClaimAgreement, ...]
    disputes: tuple[ClaimDispute, ...]
    texts: tuple[ClaimText, ...]

    @property
    def open_minor(self) -> int:
        """Return what is open on all items."""
        return sum(item.open_minor for item in self.items)

    @property
    def charges_minor(self) -> int:
        """Return interest and fees accrued to the day, not billed yet."""
        return sum(item.interest_minor + item.fees_minor for item in self.items)


def claim_json(evidence: Evidence) -> bytes:
    """Return every fact of the claim as JSON, written in one way only."""
    document = {
        "format": FORMAT,
        **asdict(evidence),
        "open_minor": evidence.open_minor,
        "charges_minor": evidence.charges_minor,
    }
    document["texts"] = [text.name for text in evidence.texts]
    return canonical(document)


def canonical(document: Mapping[str, object]) -> bytes:
    """Return a document as JSON with sorted keys, so that the same facts are the same bytes."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, default=_iso)
    return f"{text}\n".encode()


def evidence_pack(evidence: Evidence, *, pdf: bytes) -> bytes:
    """Return the pack as a ZIP; the manifest is its first file."""
    head = {"format": FORMAT, "placement": evidence.placement, "as_of": evidence.as_of}
    return packed(pack_files(evidence, pdf=pdf), head=head, on=evidence.as_of)


def pack_files(evidence: Evidence, *, pdf: bytes) -> dict[str, bytes]:
    """Return the files of a pack by name, without the manifest."""
    return {
        "claim.pdf": pdf,
        "claim.json": claim_json(evidence),
        "items.csv": _table(ClaimItem, evidence.items),
        "payments.csv": _table(ClaimBooking, evidence.bookings),
        "history.csv": _table(ClaimContact, evidence.contacts),
        "agreements.csv": _table(ClaimAgreement, evidence.agreements),
        "disputes.csv": _table(ClaimDispute, evidence.disputes),
        **{f"documents/{text.name}": text.text.encode() for text in evidence.texts},
    }


def packed(files: Mapping[str, bytes], *, head: Mapping[str, object], on: date) -> bytes:
    """Return files as a ZIP with a manifest of sizes and hashes; each is dated on the day."""
    manifest = canonical(
        {
            **head,
            "files": [
                {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in sorted(files.items())
            ],
        }
    )
    target, dated = io.BytesIO(), (max(on.year, FIRST_ZIP_YEAR), on.month, on.day, 0, 0, 0)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in (("manifest.json", manifest), *sorted(files.items())):
            entry = zipfile.ZipInfo(name, dated)
            # the same on every system, whoever packs it
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()


def read_manifest(pack: bytes) -> Mapping[str, object]:
    """Return a pack's manifest after checking every file against it; raise ValueError if not."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        manifest: dict[str, object] = json.loads(archive.read("manifest.json"))
        stated = manifest["files"]
        rows = stated if isinstance(stated, list) else []
        names = ["manifest.json", *(str(row["name"]) for row in rows)]
        if archive.namelist() != names:
            raise ValueError("the pack does not hold the files of its manifest")
        for row in rows:
            if hashlib.sha256(archive.read(row["name"])).hexdigest() != row["sha256"]:
                raise ValueError(f"{row['name']} is not what the manifest says")
    return manifest


def _table(kind: type, rows: Sequence[object]) -> bytes:
    names = [field.name for field in fields(kind)]
    return write_csv(names, ([_cell(row, name) for name in names] for row in rows))


def _cell(row: object, name: str) -> Value:
    value: Value = getattr(row, name)
    return value


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no part of a document")
