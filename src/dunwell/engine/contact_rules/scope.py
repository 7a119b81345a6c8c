"""Whom a rule binds, as a filter of candidates: an unknown fact is inside every scope."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_rules.policy import ContactPolicy
from dunwell.engine.contact_rules.rules import CHANNELS, ContactRule, RulePack, Scope

NEAR = timedelta(days=2)
"""Slack around days: where it is tomorrow already, or still yesterday."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """A rule with one of the ways into its scope: its own, and that of a gate if it names one.

    `first` and `last` are the local days between which both hold.
    """

    rule_no: int
    rule: ContactRule
    scopes: tuple[Scope, ...]
    first: date | None
    last: date | None

    @property
    def countries(self) -> frozenset[str]:
        """Return the countries it is limited to, none for every country."""
        named = [set(scope.countries) for scope in self.scopes if scope.countries]
        return frozenset(reduce(and_, named)) if named else frozenset()


def settled_facts(
    candidates: nw.LazyFrame, policy: ContactPolicy, *, home_country: str
) -> nw.LazyFrame:
    """Return the candidates with what the company's policy says about unknown facts.

    Where customers are businesses, an unknown party is a company, an unknown use business and
    an unknown country the company's own; elsewhere what is not known stays so, and counts as
    the strictest. Where a policy says that phones are the customers' own, an unknown phone is.
    """
    filled = candidates
    if policy.is_business:
        filled = filled.with_columns(
            party=nw.col("party").fill_null("company"),
            debt_use=nw.col("debt_use").fill_null("business"),
            country=nw.col("country").fill_null(home_country),
        )
    if policy.phones_are_own:
        own = nw.when(nw.col("channel").is_in(["call", "sms"])).then(nw.lit(value=False))
        filled = filled.with_columns(
            is_work_address=nw.when(~nw.col("is_work_address").is_null())
            .then(nw.col("is_work_address"))
            .otherwise(own)
        )
    return filled.with_columns(
        has_opt_out=nw.col("has_opt_out").fill_null(value=policy.opt_out_in_messages)
    )


def bindings(
    pack: RulePack,
    policy: ContactPolicy,
    *,
    countries: Collection[str | None],
    at: date,
    until: date,
    words: Collection[str] | None = None,
) -> tuple[Binding, ...]:
    """Return what may bind somebody in these countries (None: not known) between two days.

    `words` are the kinds of restrictions that are recorded at all, None for any; a rule about
    other words forbids nothing and is left out.
    """
    gates = {rule.id: rule for rule in pack.rules if rule.kind == "gate"}
    found: list[Binding] = []
    for number, rule in enumerate(pack.rules):
        if rule.kind in {"gate", "exclusion"}:
            continue
        through: list[ContactRule | None] = [gates[name] for name in rule.scope.gates]
        for gate in through or [None]:
            binding = _binding(number, rule, gate)
            if not _may_bind(binding, policy, countries, at=at, until=until):
                continue
            if words is None or _is_asked(rule, words, countries):
                found.append(binding)
    return tuple(found)


def _is_asked(
    rule: ContactRule, words: Collection[str], countries: Collection[str | None]
) -> bool:
    if rule.kind == "stop":
        return not set(words).isdisjoint(rule.params.restrictions)
    if rule.kind == "dispute":
        return "validation" in words
    return rule.params.needs != "country" or None in countries


def exclusions_of(pack: RulePack, rule: ContactRule) -> tuple[ContactRule, ...]:
    """Return the exclusions that name a cap."""
    return tuple(
        other for other in pack.rules if other.kind == "exclusion" and other.params.of == rule.id
    )


def inside(candidates: nw.LazyFrame, binding: Binding) -> nw.LazyFrame:
    """Return the candidates a rule binds."""
    bound = is_inside(binding)
    return candidates if bound is None else candidates.filter(bound)


def any_inside(candidates: nw.LazyFrame, bound_by: Sequence[Binding]) -> nw.LazyFrame:
    """Return one row: by its place in `bound_by`, whether each rule binds any candidate at all."""
    limits = {str(at): is_inside(binding) for at, binding in enumerate(bound_by)}
    return candidates.select(
        nw.len().alias("candidates"),
        *[limit.any().alias(at) for at, limit in limits.items() if limit is not None],
    )


def is_inside(binding: Binding) -> nw.Expr | None:
    """Return the filter of a rule's scope; None when it binds everybody."""
    limits = [limit for scope in binding.scopes for limit in _limits(scope)]
    return reduce(and_, limits) if limits else None


def _binding(number: int, rule: ContactRule, gate: ContactRule | None) -> Binding:
    firsts = [rule.effective_from, gate.effective_from if gate else None]
    lasts = [rule.effective_to, gate.effective_to if gate else None]
    return Binding(
        rule_no=number,
        rule=rule,
        scopes=(rule.scope,) if gate is None else (rule.scope, gate.scope),
        first=max((day for day in firsts if day is not None), default=None),
        last=min((day for day in lasts if day is not None), default=None),
    )


def _may_bind(
    binding: Binding,
    policy: ContactPolicy,
    countries: Collection[str | None],
    *,
    at: date,
    until: date,
) -> bool:
    if any(scope.acting and policy.acts_as not in scope.acting for scope in binding.scopes):
        return False
    if binding.first is not None and binding.first > until + NEAR:
        return False
    if binding.last is not None and binding.last < at - NEAR:
        return False
    named = binding.countries
    return not named or None in countries or not named.isdisjoint(countries)


def _limits(scope: Scope) -> Iterator[nw.Expr]:
    columns: Sequence[tuple[str, Sequence[str]]] = (
        ("country", scope.countries),
        ("party", scope.parties),
        ("debt_use", scope.uses),
        ("purpose", scope.purposes),
    )
    for name, values in columns:
        if values:
            yield nw.col(name).is_in(list(values)).fill_null(value=True)
    if scope.channels:
        known = nw.col("channel").is_in(list(CHANNELS))
        yield nw.col("channel").is_in(list(scope.channels)) | ~known
    if scope.regions:
        yield _is_in_region(scope.regions)
    if scope.automated is not None:
        yield (nw.col("is_automated") == scope.automated).fill_null(value=True)
    if scope.elsewhere is not None:
        yield (nw.col("is_work_address") == scope.elsewhere).fill_null(value=True)
    if scope.max_total_usd_minor is not None:
        yield (nw.col("debt_usd_minor") <= scope.max_total_usd_minor).fill_null(value=True)
    if scope.debts_since is not None:
        since = day_number(scope.debts_since)
        yield (nw.col("debt_day") >= since).fill_null(value=True)


def _is_in_region(regions: Sequence[str]) -> nw.Expr:
    """Return whether a customer may be in one of the regions: in it, below it, or not known."""
    wider = sorted({part for region in regions for part in _parts(region)})
    below = [nw.col("region").str.starts_with(f"{region}-") for region in regions]
    found = reduce(or_, below, nw.col("region").is_in(wider))
    return found.fill_null(value=True)


def _parts(region: str) -> Iterator[str]:
    """Yield a region and what it lies in: somebody known to be in a state may be in any city."""
    while region:
        yield region
        region = region.rpartition("-")[0]
