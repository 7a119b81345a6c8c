"""Plays sequences: one seed, one world, one history, with proofs after each step."""

import json
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

import time_machine
from django.db import connection, transaction

from dunwell.actions.gate import Refused
from dunwell.models import Event
from tests.simulator import (
    books,  # noqa: F401 -- these modules register their steps
    bulk,  # noqa: F401
    closing,  # noqa: F401
    connections,  # noqa: F401
    credit,  # noqa: F401
    desk,  # noqa: F401
    disputes,  # noqa: F401
    folders,  # noqa: F401
    merging,  # noqa: F401
    outside,  # noqa: F401
    refunds,  # noqa: F401
)
from tests.simulator.proofs import Prover
from tests.simulator.world import STEPS, Nothing, World


class Failed(AssertionError):
    """A sequence broke the books, or a step failed otherwise than by a refusal."""


@dataclass(slots=True)
class Played:
    """What sequences did: how often each step was done, refused, or had no row to be tried on."""

    sequences: int = 0
    steps: int = 0
    done: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    nothing: Counter = field(default_factory=Counter)
    head: str = ""
    """Hash of the events of the last sequence: what, when and how much."""


def play(seed: int, steps: int, *, into: Played | None = None, tell=None) -> Played:
    """Play one sequence and undo it; raise Failed with the seed that plays it again."""
    played = into or Played()
    with transaction.atomic():
        world = World(seed)
        prover = Prover(world.company)
        with time_machine.travel(world.at, tick=False) as clock:
            for place in range(1, steps + 1):
                world.count += 1
                clock.move_to(world.at)
                _step(world, prover, played, seed, place, tell)
            try:
                prover.all()
                connection.check_constraints()
            except Exception as error:
                raise Failed(_told(seed, steps, "the end", error)) from error
        played.head = _head(world.company)
        played.sequences += 1
        transaction.set_rollback(True)
    return played


def _head(company):
    """A hash of what happened when and of its amounts.

    Keys are left out: PostgreSQL gives none twice, even of rows that were taken back.
    """
    events = (
        Event.objects.filter(company=company).order_by("seq").values_list("verb", "at", "data")
    )
    told = [
        (verb, at, {name: value for name, value in data.items() if name.endswith("_minor")})
        for verb, at, data in events
    ]
    return sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


def _step(world, prover, played, seed, place, tell):
    is_done = False
    for _ in range(8):
        name = _dealt(world)
        try:
            _tried(STEPS[name], world)
            played.done[name] += 1
            world.due = [*STEPS[name].then, *world.due][:8]
            outcome, is_done = "done", True
        except Nothing:
            played.nothing[name] += 1
            continue
        except Refused as refusal:
            played.refused[name] += 1
            outcome = str(refusal)
        except Exception as error:
            raise Failed(_told(seed, place, name, error)) from error
        if tell:
            tell(place, world.day, name, outcome)
        break
    played.steps += 1
    if not is_done:
        # what was refused is rolled back whole: the books are those that were proved last
        return
    try:
        prover.after(STEPS[name].proves)
    except Exception as error:
        raise Failed(_told(seed, place, name, error)) from error


def _tried(one, world):
    """Play a step; what it wrote before it was refused, or found no row, is taken back."""
    unmade = None
    with transaction.atomic():
        before = _changes()
        try:
            one.play(world)
        except (Nothing, Refused) as error:
            # after a way back SQLite reads its whole schema anew: none where there is no way
            if before is None or _changes() != before:
                raise
            unmade = error
    if unmade is not None:
        raise unmade


def _changes():
    """How many rows the connection has changed so far; None where the database does not say."""
    return getattr(connection.connection, "total_changes", None)


def _dealt(world):
    """The name of a step: half of the time one that may follow what was done, else any."""
    if world.due and world.chance.random() < 0.5:
        return world.due.pop(world.chance.randrange(min(2, len(world.due))))
    weights = [one.weight for one in STEPS.values()]
    return world.chance.choices(list(STEPS), weights)[0]


def _told(seed, place, name, error):
    return (
        f"python -m tests.simulator --seed {seed} --steps {place}  # {name}: "
        f"{type(error).__name__}: {error}"
    )
