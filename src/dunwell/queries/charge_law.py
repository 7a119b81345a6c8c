"""The law as shipped, a company's own rates over the official ones, and its policy in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from dunwell.engine.case_answers import CaseValues
from dunwell.engine.charge_terms import group_terms
from dunwell.engine.charges.late_rules import LateRule, read_late_rules
from dunwell.engine.charges.reference_rates import (
    RateValue,
    ReferenceTable,
    read_reference_rates,
    with_own_values,
)
from dunwell.engine.charges_policy import OFF, ChargesPolicy, read_charges_policy
from dunwell.engine.charges_rehearsal import play_charges_cases
from dunwell.formats.policies import read_policy
from dunwell.models import Company, PolicyVersion, ReferenceRate
from dunwell.queries.policy_documents import document_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargesInForce:
    """The policy that applies on a day, and the version it comes from (None: the standard)."""

    policy: ChargesPolicy
    version_id: int | None


def charges_in_force(company: Company, *, as_of: date) -> ChargesInForce:
    """Return what the company charges as of a day; one query."""
    found = document_in_force(company, PolicyVersion.Kind.CHARGES, as_of=as_of)
    return ChargesInForce(policy=read_charges_policy(found.document), version_id=found.version_id)


@cache
def late_rules() -> tuple[LateRule, ...]:
    """Return the shipped rules of law, in the order in which they are tried."""
    return read_late_rules(_shipped("late_payment"))


@cache
def official_tables() -> Mapping[str, ReferenceTable]:
    """Return the shipped official rates by name."""
    return read_reference_rates(_shipped("reference_rates"))


def company_tables(company: Company) -> Mapping[str, ReferenceTable]:
    """Return the official rates with the company's own approved values over them; one query."""
    own: dict[str, list[RateValue]] = {}
    approved = ReferenceRate.objects.filter(company=company, replaced_by=None).exclude(approver="")
    for name, from_on, rate_ppm, source in approved.order_by("name", "from_on").values_list(
        "name", "from_on", "rate_ppm", "source"
    ):
        value = RateValue(from_on=from_on, rate_ppm=rate_ppm, source=source, is_own=True)
        own.setdefault(name, []).append(value)
    return {
        name: with_own_values(table, own.get(name, ()))
        for name, table in official_tables().items()
    }


def read_lawful_policy(document: Mapping[str, object]) -> ChargesPolicy:
    """Read a charges policy whose rules all exist; raise DocumentError."""
    policy = read_charges_policy(document)
    for group in policy.groups:
        if group.mode != OFF:
            group_terms(
                group,
                rules=late_rules(),
                tables=official_tables(),
                country="",
                party="",
                last=group.since,
            )
    return policy


def play_lawful_cases(policy: ChargesPolicy) -> tuple[CaseValues, ...]:
    """Return what a policy answers to its own cases, by the shipped rules and rates."""
    return play_charges_cases(policy, rules=late_rules(), tables=official_tables())


def _shipped(name: str) -> Mapping[str, object]:
    path = files("dunwell").joinpath("policies", f"{name}.yaml")
    return read_policy(path.read_text(encoding="utf-8")).document
