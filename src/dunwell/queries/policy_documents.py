"""The policy document of a kind that is in force: the company's own, or the shipped standard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from django.db.models import Count, QuerySet

from dunwell.formats.policies import read_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.prepared import prepared


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
    version = _latest(company, kind, as_of)
    if version is None:
        return DocumentInForce(document=standard_document(kind), version_id=None)
    # read from the text, as it was cast: the JSON copy holds days as text
    return DocumentInForce(document=_document(version.text), version_id=version.pk)


@dataclass(frozen=True, kw_only=True, slots=True)
class TextInForce:
    """The text of a policy that applies, and its version; None where it is the standard."""

    text: str
    version_id: int | None
    name: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyGlance:
    """A kind of policy: the version in force (None: the standard) and the drafts that wait."""

    kind: str
    version_id: int | None
    name: str
    version: int | None
    valid_from: date | None
    drafts: int


def text_in_force(company: Company, kind: str, *, as_of: date) -> TextInForce:
    """Return the text of the document of a kind that applies on a day; one query."""
    version = _latest(company, kind, as_of)
    if version is None:
        return TextInForce(text=standard_text(kind), version_id=None)
    return TextInForce(
        text=version.text, version_id=version.pk, name=version.name, version=version.version
    )


def policies_at_a_glance(
    company: Company, kinds: Sequence[str], *, as_of: date
) -> tuple[PolicyGlance, ...]:
    """Return what applies of each kind, in the order given, with its drafts; two queries."""
    published = _published(company.pk, kinds, as_of).defer("text", "document")
    found = {version.kind: version for version in published.order_by("valid_from", "id")}
    drafts = dict(
        PolicyVersion.objects.filter(
            company=company, kind__in=kinds, status=PolicyVersion.Status.DRAFT
        )
        .order_by("kind")
        .values_list("kind")
        .annotate(n=Count("id"))
    )
    return tuple(_glance(kind, found.get(kind), drafts.get(kind, 0)) for kind in kinds)


def standard_text(kind: str) -> str:
    """Return the YAML text of the standard the product ships for a kind."""
    return (
        files("dunwell").joinpath("policies", f"{kind}_standard.yaml").read_text(encoding="utf-8")
    )


@cache
def standard_document(kind: str) -> Mapping[str, object]:
    """Return the standard the product ships for a kind, as read."""
    return read_policy(standard_text(kind)).document


@lru_cache(maxsize=64)
def _document(text: str) -> Mapping[str, object]:
    """Return a document as read; several sections of it are asked for in one day of the cycle."""
    return read_policy(text).document


def _latest(company: Company, kind: str, as_of: date) -> PolicyVersion | None:
    """Return the published version with the greatest valid_from, of one day the latest."""
    return next(iter(_latest_of(company.pk, kind, as_of)), None)


@prepared
def _latest_of(company_id: int, kind: str, as_of: date) -> QuerySet[PolicyVersion]:
    return _published(company_id, (kind,), as_of).order_by("-valid_from", "-id")[:1]


def _published(company_id: int, kinds: Sequence[str], as_of: date) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.filter(
        company=company_id,
        kind__in=kinds,
        status=PolicyVersion.Status.PUBLISHED,
        valid_from__lte=as_of,
    ).defer("document")


def _glance(kind: str, version: PolicyVersion | None, drafts: int) -> PolicyGlance:
    return PolicyGlance(
        kind=kind,
        version_id=version.pk if version else None,
        name=version.name if version else "",
        version=version.version if version else None,
        valid_from=version.valid_from if version else None,
        drafts=drafts,
    )
