"""Key pairs for what a SAML provider encrypts: which one is published, and which still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from dunwell.formats.saml_encryption import fingerprint
from dunwell.models import SamlKey

OVERLAP = timedelta(days=30)
"""So long a key opens after a newer one was made: providers read metadata when they like."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamlKeyRow:
    """A key pair without its private half."""

    number: int
    fingerprint: str
    """SHA-256 of the certificate, as providers show it."""
    made_at: datetime
    opens_until: datetime | None
    """None for the one that is published."""


def saml_key_rows() -> Sequence[SamlKeyRow]:
    """Return every key pair that is kept, the oldest first."""
    return [
        SamlKeyRow(
            number=number,
            fingerprint=fingerprint(certificate),
            made_at=made_at,
            opens_until=retired_at and retired_at + OVERLAP,
        )
        for number, certificate, made_at, retired_at in SamlKey.objects.order_by("pk").values_list(
            "pk", "certificate", "made_at", "retired_at"
        )
    ]


def saml_certificate() -> str:
    """Return base64 of the certificate that is published; empty where there is none."""
    current = SamlKey.objects.filter(retired_at=None).order_by("-pk")
    return current.values_list("certificate", flat=True).first() or ""


def opening_keys(*, at: datetime) -> tuple[str, ...]:
    """Return the private keys (PEM) that open at that moment, the newest first.

    Raises KeyringError or SealError where they cannot be unsealed.
    """
    found = SamlKey.objects.filter(Q(retired_at=None) | Q(retired_at__gt=at - OVERLAP))
    return tuple(found.order_by("-pk").values_list("private_key", flat=True))
