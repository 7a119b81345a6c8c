"""Which certificates somebody held on a day, and those issued with what became of them."""

from dataclasses import dataclass
from datetime import date

from dunwell.models import Certificate, Company


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateRow:
    """One certificate; `is_good`: it is held on the day asked for.

    `expires_on` is the first day on which it is good no more.
    """

    id: int
    user_id: int
    name: str
    kind: str
    issued_on: date
    expires_on: date
    revoked_on: date | None
    is_good: bool


def certificate_rows(company: Company, user_id: int, *, as_of: date) -> tuple[CertificateRow, ...]:
    """Return every certificate a person was issued, the newest first; one query."""
    found = Certificate.objects.filter(company=company, user=user_id).select_related("user")
    return tuple(_row(one, as_of=as_of) for one in found.order_by("-issued_on", "-id"))


def certificate_of(company: Company, certificate_id: int, *, as_of: date) -> CertificateRow | None:
    """Return one certificate of the company; None for none; one query."""
    found = Certificate.objects.filter(company=company, pk=certificate_id)
    one = found.select_related("user").first()
    return None if one is None else _row(one, as_of=as_of)


def certificates_held(company: Company, user_id: int | None, *, as_of: date) -> frozenset[str]:
    """Return the kinds of certificates that were good on the day; a program holds none."""
    if user_id is None:
        return frozenset()
    found = Certificate.objects.filter(
        company=company, user=user_id, issued_on__lte=as_of, expires_on__gt=as_of
    )
    rows = found.values_list("kind", "revoked_on")
    return frozenset(kind for kind, revoked in rows if revoked is None or revoked > as_of)


def _row(one: Certificate, *, as_of: date) -> CertificateRow:
    is_revoked = one.revoked_on is not None and one.revoked_on <= as_of
    return CertificateRow(
        id=one.pk,
        user_id=one.user_id,
        name=one.user.username,
        kind=one.kind,
        issued_on=one.issued_on,
        expires_on=one.expires_on,
        revoked_on=one.revoked_on,
        is_good=one.issued_on <= as_of < one.expires_on and not is_revoked,
    )
