"""A file handed to somebody outside, with a manifest and a signature: one ZIP.

Layout `dunwell.signed-export.1`: the file itself under its name, `manifest.json` (who took it,
when, from which address, size and SHA-256 of the file) and `signature.txt`, made over the
manifest's bytes. The same facts always give the same bytes.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

FORMAT = "dunwell.signed-export.1"
"""Name and version of the layout; another layout gets another number."""
MANIFEST, SIGNATURE = "manifest.json", "signature.txt"
DATED = (1980, 1, 1, 0, 0, 0)
LARGEST_BYTES = 256 * 1024 * 1024
"""What a file inside may unpack to."""


class SignedExportError(ValueError):
    """The file is no signed export, or was changed; the message says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedExport:
    """A signed export as read: its file fits its manifest, the signature is not judged here."""

    name: str
    content: bytes
    manifest: bytes
    facts: Mapping[str, str]
    signature: str


def write_signed_export(
    *, name: str, content: bytes, facts: Mapping[str, str], sign: Callable[[bytes], str]
) -> bytes:
    """Return the ZIP of one file; `sign` gives the signature of the manifest's bytes."""
    manifest = json.dumps(
        {
            "format": FORMAT,
            "facts": dict(facts),
            "file": {
                "name": name,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        },
        sort_keys=True,
        indent=1,
        ensure_ascii=False,
    ).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, data in (
            (name, content),
            (MANIFEST, manifest),
            (SIGNATURE, f"{sign(manifest)}\n".encode()),
        ):
            entry = zipfile.ZipInfo(part, DATED)
            # the same on every system, whoever packs it
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()


def read_signed_export(data: bytes) -> SignedExport:
    """Return what a signed export holds after checking the file against the manifest.

    Raises SignedExportError for any other file, for one that is missing, and for changed bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) != 3 or names[1:] != [MANIFEST, SIGNATURE]:  # noqa: PLR2004  file and two
                raise SignedExportError(
                    "This is no signed export: it must hold one file, its manifest and its "
                    "signature. Take the file as it was downloaded."
                )
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_BYTES:
                raise SignedExportError("The file unpacks to more than 256 MB.")
            content, manifest, signature = (archive.read(name) for name in names)
        told = json.loads(manifest)
        if told["format"] != FORMAT:
            raise SignedExportError(f"The layout {told['format']} is not {FORMAT}.")
        stated = told["file"]
        facts = {str(key): str(value) for key, value in told["facts"].items()}
    except (
        zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError, TypeError,
        AttributeError, UnicodeError, json.JSONDecodeError,
    ) as error:  # fmt: skip
        raise SignedExportError(
            "This is no signed export, or it is damaged. Take the file as it was downloaded."
        ) from error
    if stated["name"] != names[0] or stated["sha256"] != hashlib.sha256(content).hexdigest():
        raise SignedExportError(
            f"{names[0]} is not what the manifest says: it was changed after it was taken."
        )
    return SignedExport(
        name=names[0],
        content=content,
        manifest=manifest,
        facts=facts,
        signature=signature.decode("ascii", "replace").strip(),
    )
