"""A credit application as one paper: what somebody signs, and whether it still is what it was."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from dunwell.formats.application_words import signing_text
from dunwell.formats.evidence_pack import canonical
from dunwell.models import ApplicationSignature, CreditApplication

FORMAT = "dunwell-application/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationSignatureRow:
    """A name under an application; `is_current` where the application is as it was signed."""

    signed_by: str
    statement: str
    sha256: str
    signed_on: date
    recorded_by: str
    recorded_at: datetime
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperToSign:
    """What an applicant declares by a typed name, and the hash of what is stated now."""

    number: str
    statement: str
    sha256: str


def paper_to_sign(one: CreditApplication, *, at: datetime) -> PaperToSign:
    """Return what an applicant is shown before it types its name; two queries."""
    return PaperToSign(
        number=one.number,
        statement=signing_text(one.language),
        sha256=paper_digest(one, at=at),
    )


def paper_digest(one: CreditApplication, *, at: datetime) -> str:
    """Return the SHA-256 of the paper with what was there at a moment; two queries."""
    return _digest(one, _parts(one), at)


def signature_rows(one: CreditApplication) -> tuple[ApplicationSignatureRow, ...]:
    """Return the signatures of an application, the first one first; one query or three."""
    found = list(ApplicationSignature.objects.filter(application=one).order_by("id"))
    parts = _parts(one) if found else _Parts((), ())
    return tuple(
        ApplicationSignatureRow(
            signed_by=row.signed_by,
            statement=row.statement,
            sha256=row.sha256,
            signed_on=row.signed_on,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
            is_current=row.sha256 == _digest(one, parts, row.recorded_at),
        )
        for row in found
    )


def application_paper(one: CreditApplication, *, at: datetime) -> bytes:
    """Return all that the applicant states, as JSON with sorted keys; two queries.

    Files and references are those of the moment `at`, files by their SHA-256: what we ask for or
    add later was not signed. What we found out or decided stands nowhere in it.
    """
    return _paper(one, _parts(one), at)


class _Parts(NamedTuple):
    """Files and references of an application, each with the moment it came."""

    files: tuple[tuple[datetime, list[str]], ...]
    references: tuple[tuple[datetime, list[str]], ...]


def _parts(one: CreditApplication) -> _Parts:
    files = one.documents.filter(removed_at=None).order_by("kind", "sha256")
    named = one.references.order_by("id")
    return _Parts(
        tuple(
            (came, words)
            for came, *words in files.values_list("recorded_at", "kind", "name", "sha256")
        ),
        tuple(
            (came, words)
            for came, *words in named.values_list("recorded_at", "kind", "name", "person", "email")
        ),
    )


def _paper(one: CreditApplication, parts: _Parts, at: datetime) -> bytes:
    return canonical(
        {
            "format": FORMAT,
            "number": one.number,
            "name": one.name,
            "email": one.email,
            "country": one.country,
            "region": one.region,
            "is_natural_person": one.is_natural_person,
            "currency": one.currency,
            "asked_minor": one.asked_minor,
            "answers": one.answers,
            "consents": one.consents,
            "documents": [words for came, words in parts.files if came <= at],
            "references": [words for came, words in parts.references if came <= at],
        }
    )


def _digest(one: CreditApplication, parts: _Parts, at: datetime) -> str:
    return hashlib.sha256(_paper(one, parts, at)).hexdigest()
