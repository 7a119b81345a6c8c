"""One step of a strategy: its level, day, channel and wording, and the branches it may take."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.strategy_branches import Branch, read_trigger
from dunwell.engine.wording import (
    CALL_TEMPLATES,
    DIALOGUE_TEMPLATES,
    SHORT_TEMPLATES,
    TEMPLATES,
)

CHANNELS = ("email", "letter", "call", "sms", "portal")
DIALOGUE, FOLLOW_UP = "dialogue", "follow_up"
"""What a step may state as its channel beside CHANNELS, and the wording that goes with it: an
e-mail with a link to the assistant. It is read as the e-mail it is, so that gate, caps, contact
rules, suppression and bounces know nothing new."""

COUNTED = ("calendar", "business")
_STEP_FIELDS = {
    "level",
    "day",
    "counted",
    "channel",
    "template",
    "fallback",
    "needs_approval",
    "only_amount_over",
    "branches",
}
_FARTHEST_DAY = 3_650


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One contact in a strategy.

    `day` counts from the due date (negative: before it), in calendar days or
    in business days. Level 0 is a courtesy note that lapses on the due date;
    levels from 1 on are the ladder and are never skipped by the passing of time.
    `only_amount_over` (home minor units): customers who owe no more than that
    pass this step over. `fallback` is used where `channel` cannot reach them. The first of
    `branches` that applies changes its day, channel and wording.
    """

    level: int
    day: int
    channel: str
    template: str
    counted: str = "calendar"
    fallback: str | None = None
    needs_approval: bool = False
    only_amount_over: int = 0
    branches: tuple[Branch, ...] = ()


def read_steps(value: object, templates: Collection[str], where: str) -> tuple[Step, ...]:
    """Return the ladder of a strategy in order; raise DocumentError for the first wrong step."""
    listed = documents.rows([] if value is None else value, "steps", where)
    if not listed:
        raise DocumentError(
            f"{where}: steps are missing; levels count from 1 without a gap, list at least one"
        )
    steps = tuple(_step(row, templates, f"{where}, step {n}") for n, row in enumerate(listed, 1))
    if steps[0].level not in {0, 1}:
        raise DocumentError(
            f"{where}, step 1: the first level is {steps[0].level}; start with 1 without a gap, "
            "or with 0 for a courtesy note before the due date"
        )
    for number, (step, before) in enumerate(zip(steps[1:], steps[:-1], strict=True), 2):
        if step.level != before.level + 1:
            raise DocumentError(
                f"{where}, step {number}: level {step.level} follows level {before.level}; "
                "levels must count up by one without a gap"
            )
        if step.day <= before.day:
            raise DocumentError(
                f"{where}, step {number}: day {step.day} is not after day {before.day}; "
                "each step must come later than the one before"
            )
    if steps[-1].day < 0:
        raise DocumentError(
            f"{where}: every step lies before the due date; add a step with day 0 or later"
        )
    return steps


def _step(row: object, templates: Collection[str], where: str) -> Step:
    stated = documents.fields(row, where)
    documents.known(stated, _STEP_FIELDS, where)
    channel, template = _way(stated, templates, where)
    plain = Step(
        level=documents.number(stated, "level", where, largest=99),
        day=documents.number(stated, "day", where, smallest=-365, largest=_FARTHEST_DAY),
        counted=documents.choice(stated.get("counted", "calendar"), "counted", COUNTED, where),
        channel=channel,
        template=template,
        fallback=_fallback(stated, where),
        needs_approval=documents.switch(stated, "needs_approval", where),
        only_amount_over=documents.number(stated, "only_amount_over", where, default=0),
    )
    _refuse_misfit(plain, where)
    listed = documents.rows(stated.get("branches", []), "branches", where)
    return replace(
        plain,
        branches=tuple(
            _branch(row, plain, templates, f"{where}, branch {number}")
            for number, row in enumerate(listed, 1)
        ),
    )


def _branch(row: object, step: Step, templates: Collection[str], where: str) -> Branch:
    """Return a branch with the channel and wording it comes to: the step's unless it says so.

    One that names a channel of its own leaves the step's fallback behind.
    """
    stated = documents.fields(row, where)
    trigger = read_trigger(stated, where)
    names_channel = "channel" in stated
    channel, template = _way(stated, templates, where, step=step)
    taken = replace(
        step,
        channel=channel,
        template=template,
        fallback=_fallback(stated, where)
        if names_channel or "fallback" in stated
        else step.fallback,
        needs_approval=documents.switch(
            stated, "needs_approval", where, default=step.needs_approval
        ),
    )
    _refuse_misfit(taken, where)
    return Branch(
        trigger=trigger,
        channel=taken.channel,
        template=taken.template,
        fallback=taken.fallback,
        needs_approval=taken.needs_approval,
    )


def _way(
    stated: Mapping[str, object],
    templates: Collection[str],
    where: str,
    *,
    step: Step | None = None,
) -> tuple[str, str]:
    """Return channel and wording; a branch leaves out what its `step` says already.

    A dialogue needs no template: it has one of its own, and no other fits.
    """
    meant = {} if step is None else {"channel": step.channel, "template": step.template}
    told = {**meant, **stated}
    channel = documents.choice(told.get("channel"), "channel", (*CHANNELS, DIALOGUE), where)
    if channel != DIALOGUE:
        return channel, documents.choice(told.get("template"), "template", templates, where)
    if stated.get("template", FOLLOW_UP) != FOLLOW_UP:
        raise DocumentError(
            f"{where}: a dialogue is worded by {FOLLOW_UP}; leave the template out"
        )
    return "email", documents.choice(FOLLOW_UP, "template", templates, where)


def _fallback(stated: Mapping[str, object], where: str) -> str | None:
    fallback = stated.get("fallback")
    if fallback is None:
        return None
    return documents.choice(fallback, "fallback", CHANNELS, where)


def _refuse_misfit(step: Step, where: str) -> None:
    """Refuse fields that are right by themselves and wrong together."""
    channels = {step.channel, step.fallback} - {None}
    if step.level == 0 and step.day >= 0:
        raise DocumentError(
            f"{where}: level 0 is a note before the due date; give it a negative day or a level"
        )
    if step.fallback == step.channel:
        raise DocumentError(f"{where}: fallback repeats the channel; name another or leave it out")
    if step.template in TEMPLATES and ("call" in channels) != (step.template in CALL_TEMPLATES):
        raise DocumentError(
            f"{where}: channel {step.channel} and template {step.template} do not fit; "
            f"{', '.join(sorted(CALL_TEMPLATES))} are said in a call and never sent"
        )
    if step.template in DIALOGUE_TEMPLATES and channels != {"email"}:
        raise DocumentError(
            f"{where}: {step.template} goes by mail alone, for its link is made when it is sent; "
            "leave fallback out, or name another template"
        )
    if "call" in channels and len(channels) > 1:
        raise DocumentError(
            f"{where}: a call and a message cannot stand in for each other; "
            "leave fallback out and add a step of its own"
        )
    if "sms" in channels and step.template in TEMPLATES.keys() - SHORT_TEMPLATES:
        raise DocumentError(
            f"{where}: template {step.template} is too long for sms; "
            f"use one of {', '.join(sorted(SHORT_TEMPLATES))}"
        )
