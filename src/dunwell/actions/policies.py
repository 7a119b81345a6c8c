"""Strategies as dated documents: drafting, publishing by a second person, discarding."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.policy_versions import (
    add_version,
    discard_version,
    draft_version,
    move_version,
    publish_version,
)
from dunwell.engine.rehearsal import run_cases
from dunwell.engine.strategy import Strategy, StrategyError, read_strategy, strategy_in_force
from dunwell.formats.policies import PolicyError, PolicyText, line_of, read_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policies import strategies_in_force

SHIPPED = "shipped"
"""Author and approver of the strategies that come with the product."""

Status, STRATEGY = PolicyVersion.Status, PolicyVersion.Kind.STRATEGY


@transaction.atomic
def draft_policy(*, actor: Actor, text: str, at: datetime) -> PolicyVersion:
    """Store a YAML text as the next version of the strategy it names, to be published later.

    The text of the latest draft again returns that draft. Raises Refused with the
    line and the reason when the text cannot be read, a field is wrong, or one of
    its own cases does not come out.
    """
    actor.require("strategy.edit")
    policy, strategy = _checked(text)
    return draft_version(
        actor,
        kind=STRATEGY,
        verb="strategy.drafted",
        name=strategy.name,
        policy=policy,
        valid_from=strategy.valid_from,
        at=at,
    )


@transaction.atomic
def publish_policy(*, actor: Actor, version: PolicyVersion, as_of: date, at: datetime) -> None:
    """Put a draft in force from its own `valid_from` on; a version is never edited afterwards.

    Its cases are run once more. The author may not approve, except in a demo
    company or where nobody else works; the event then says so. Raises Refused for
    that, for a version that is no draft, a day that has passed, or a segment that
    another strategy claims from the same day.
    """
    actor.require("strategy.publish")

    def check(text: str) -> Mapping[str, Any]:
        _, strategy = _checked(text)
        _check_segments(actor.company, strategy)
        return {}

    publish_version(
        actor, version, kind=STRATEGY, verb="strategy.published", check=check, as_of=as_of, at=at
    )


@transaction.atomic
def discard_policy(*, actor: Actor, version: PolicyVersion, at: datetime) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    actor.require("strategy.edit")
    discard_version(actor, version, kind=STRATEGY, verb="strategy.discarded", at=at)


@transaction.atomic
def load_shipped_policies(*, company: Company, at: datetime) -> int:
    """Publish the strategies that come with the product; return how many were new.

    Called when a company is made, by the installation itself. A name the company
    has already is left alone, so that its own versions stay.
    """
    known = set(
        PolicyVersion.objects.filter(company=company, kind=STRATEGY).values_list("name", flat=True)
    )
    added = 0
    for name, policy, strategy in _shipped():
        if strategy.name in known:
            continue
        version = add_version(
            company=company,
            kind=STRATEGY,
            name=strategy.name,
            policy=policy,
            valid_from=strategy.valid_from,
            author=SHIPPED,
            at=at,
        )
        move_version(version, Status.PUBLISHED, approver=SHIPPED, published_at=at)
        record_event(
            system(company),
            "strategy.published",
            version,
            at=at,
            name=strategy.name,
            version=version.version,
            valid_from=strategy.valid_from.isoformat(),
            author=SHIPPED,
            override="",
            file=name,
        )
        added += 1
    return added


@cache
def _shipped() -> tuple[tuple[str, PolicyText, Strategy], ...]:
    """Return the shipped strategies with their file names; read once, for they never change."""
    return tuple((name, *_checked(text)) for name, text in _shipped_texts().items())


def _shipped_texts() -> dict[str, str]:
    """Return the shipped strategies by file name; wordings lie in the same folder."""
    folder = files("dunwell") / "policies"
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in folder.iterdir()
        if path.name.endswith(".yaml")
    }
    return {name: text for name, text in sorted(texts.items()) if _is_strategy(text)}


def _is_strategy(text: str) -> bool:
    return "strategy" in read_policy(text).document


def _checked(text: str) -> tuple[PolicyText, Strategy]:
    """Return the document and its strategy; refuse with the line what is wrong in it."""
    try:
        policy = read_policy(text)
    except PolicyError as error:
        raise Refused(str(error)) from error
    try:
        strategy = read_strategy(policy.document)
    except StrategyError as error:
        raise Refused(f"line {line_of(policy, str(error))}: {error}") from error
    for number, result in enumerate(run_cases(strategy), 1):
        if not result.is_passed:
            line = line_of(policy, f"case {number}: expect")
            raise Refused(f"line {line}: case {number} fails: {result.message()}")
    return policy, strategy


def _check_segments(company: Company, strategy: Strategy) -> None:
    """Refuse a strategy that claims a segment from the same day as another one."""
    on = strategy.valid_from
    others = [
        found.strategy
        for found in strategies_in_force(company, as_of=on)
        if found.name != strategy.name
    ]
    for segment in strategy.segments:
        try:
            strategy_in_force([*others, strategy], segment, on)
        except StrategyError as error:
            raise Refused(str(error)) from error
