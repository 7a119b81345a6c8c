"""The policy document of a kind that is in force: the company's own, or the shipped standard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from dunwell.formats.policies import read_policy
from dunwell.models import Company, PolicyVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentInForce:
    """A policy as read, and the version it comes from; None where it is the shipped standard."""

    document: Mapping[str, object]
    version_id: int | None


def document_in_force(company: Company, kind: str, *, as_of: date) -> DocumentInForce:
    """Return the document of a kind that applies on a day: the greatest valid_from not after it.

    There is one document of each kind per company; of two from one day the later version holds.
    Strategies have a name each and are read by `queries.policies`.
    """
    version = (
        PolicyVersion.objects.filter(
            company=company,
            kind=kind,
            status=PolicyVersion.Status.PUBLISHED,
            valid_from__lte=as_of,
        )
        .order_by("-valid_from", "-id")
        .first()
    )
    if version is None:
        return DocumentInForce(document=standard_document(kind), version_id=None)
    # read from the text, as it was cast: the JSON copy holds days as text
    return DocumentInForce(document=read_policy(version.text).document, version_id=version.pk)


def standard_text(kind: str) -> str:
    """Return the YAML text of the standard the product ships for a kind."""
    return (
        files("dunwell").joinpath("policies", f"{kind}_standard.yaml").read_text(encoding="utf-8")
    )


@cache
def standard_document(kind: str) -> Mapping[str, object]:
    """Return the standard the product ships for a kind, as read."""
    return read_policy(standard_text(kind)).document
