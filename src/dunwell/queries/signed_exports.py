"""Whether a signed export is ours and unchanged; the signature is made by the same rule.

The signature is an HMAC under the installation's secret, as links are (`link_tokens`): it proves
to us, and to whoever asks us, that the file left this installation as it is.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac

from dunwell.formats.signed_exports import SignedExportError, read_signed_export
from dunwell.models import AdvisorTrace, Company

SALT = "dunwell.signed-export"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportCheck:
    """What a check of a signed export found; `is_logged`: the log of a company knows the file."""

    is_genuine: bool
    finding: str
    name: str
    sha256: str
    facts: Mapping[str, str]
    is_logged: bool


def export_signature(manifest: bytes) -> str:
    """Return the signature of a manifest, 64 hexadecimal digits."""
    return salted_hmac(SALT, manifest, algorithm="sha256").hexdigest()


def check_export(data: bytes, *, company: Company | None = None) -> ExportCheck:
    """Return whether a signed export is genuine; with a company, whether its log knows it."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        read = read_signed_export(data)
    except SignedExportError as error:
        return ExportCheck(
            is_genuine=False, finding=str(error), name="", sha256=digest, facts={}, is_logged=False
        )
    is_genuine = constant_time_compare(read.signature, export_signature(read.manifest))
    taken = AdvisorTrace.objects.filter(kind=AdvisorTrace.Kind.EXPORT, sha256=digest)
    if company is not None:
        taken = taken.filter(company=company)
    return ExportCheck(
        is_genuine=is_genuine,
        finding=(
            "The file is as it was handed over."
            if is_genuine
            else "The signature is not ours: the manifest was changed or made elsewhere."
        ),
        name=read.name,
        sha256=digest,
        facts=read.facts,
        is_logged=is_genuine and taken.exists(),
    )
