"""One section of the credit policy in force, for who needs no more of it than that."""

from collections.abc import Mapping
from datetime import date

from dunwell.engine.cover_clock import CoverRules, read_cover_rules
from dunwell.engine.review_rules import (
    ReviewRules,
    WarningRules,
    read_review_rules,
    read_warning_rules,
)
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policy_documents import document_in_force


def cover_rules(company: Company, *, as_of: date) -> CoverRules:
    """Return section `covers` of the credit policy in force on a day; one query."""
    return read_cover_rules(_section(company, "covers", as_of=as_of))


def review_rules(company: Company, *, as_of: date) -> ReviewRules:
    """Return section `reviews` of the credit policy in force on a day; one query."""
    return read_review_rules(_section(company, "reviews", as_of=as_of))


def published_review_rules(company: Company, *, as_of: date) -> ReviewRules | None:
    """Return section `reviews` of the company's own policy, None without one; one query.

    Nobody is reviewed by the shipped standard before a company publishes a credit policy.
    """
    found = document_in_force(company, PolicyVersion.Kind.CREDIT, as_of=as_of)
    if found.version_id is None:
        return None
    return read_review_rules(_named(found.document, "reviews"))


def warning_rules(company: Company, *, as_of: date) -> WarningRules:
    """Return section `warnings` of the credit policy in force on a day; one query."""
    return read_warning_rules(_section(company, "warnings", as_of=as_of))


def _section(company: Company, name: str, *, as_of: date) -> object:
    """Return a section as it is written, None where the document has none of that name."""
    found = document_in_force(company, PolicyVersion.Kind.CREDIT, as_of=as_of)
    return _named(found.document, name)


def _named(document: Mapping[str, object], name: str) -> object:
    stated = document.get("credit")
    return stated.get(name) if isinstance(stated, Mapping) else None
