"""Which certificates somebody held on a day."""

from datetime import date

from dunwell.models import Certificate, Company


def certificates_held(company: Company, user_id: int | None, *, as_of: date) -> frozenset[str]:
    """Return the kinds of certificates that were good on the day; a program holds none."""
    if user_id is None:
        return frozenset()
    found = Certificate.objects.filter(
        company=company, user=user_id, issued_on__lte=as_of, expires_on__gt=as_of
    )
    rows = found.values_list("kind", "revoked_on")
    return frozenset(kind for kind, revoked in rows if revoked is None or revoked > as_of)
