"""One step of the day's cycle: its work and the note that it is done, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor
from dunwell.models import Company, Run
from dunwell.queries.runs import CYCLE


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step of one day: what it changed, and whether it ran now or had run before."""

    as_of: date
    step: str
    changed: int
    is_new: bool


@transaction.atomic
def run_step(
    *, actor: Actor, name: str, work: Callable[[], int], as_of: date, at: datetime
) -> StepDone:
    """Do a step's work unless it is done already; return what it changed, then or now.

    The company's row is held meanwhile, so that two cycles at once take turns and the
    second one finds the step done. Raises what the work raises; nothing is kept then.
    """
    actor.require("cycle.run")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    key = {"company": actor.company, "kind": CYCLE, "as_of": as_of, "step": name}
    earlier = Run.objects.filter(**key).values_list("changed", flat=True).first()
    if earlier is not None:
        return StepDone(as_of=as_of, step=name, changed=earlier, is_new=False)
    changed = work()
    Run.objects.create(**key, changed=changed, finished_at=at)
    return StepDone(as_of=as_of, step=name, changed=changed, is_new=True)
