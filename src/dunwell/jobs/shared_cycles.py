"""The day's cycle of many companies, shared by all workers who run it at the same time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from dunwell.actions.cycle import StepDone
from dunwell.actions.gate import Refused
from dunwell.jobs.claims import claimed
from dunwell.jobs.connection_cycles import sync_before_cycle
from dunwell.jobs.cycle import CycleDone, run_cycle
from dunwell.jobs.handed_nights import Engine
from dunwell.models import Company

CYCLE = "dunwell cycle"
"""Name of the claim on a company's cycle."""


def run_cycles(
    companies: Sequence[Company],
    as_of: date | None = None,
    *,
    tell: Callable[[Company, StepDone], None] = lambda _company, _step: None,
    engine: Engine | None = None,
) -> Iterator[tuple[Company, CycleDone | Refused]]:
    """Run the cycle of each company; yield what was done there, or why it was refused.

    A company another worker is at comes last, once that one is done or dead: of workers who start
    together each takes other companies, what a dead one left is finished, and when this ends all
    are done, whoever did them. What is due from outside ledgers comes in first, unless a day is
    said. `tell` hears of every step; `engine` as in `run_cycle`.
    """
    taken: list[Company] = []
    for company in companies:
        with claimed(CYCLE, company.pk) as is_ours:
            if is_ours:
                yield company, _run(company, as_of, tell, engine)
            else:
                taken.append(company)
    for company in taken:
        with claimed(CYCLE, company.pk, wait=True):
            yield company, _run(company, as_of, tell, engine)


def _run(
    company: Company,
    as_of: date | None,
    tell: Callable[[Company, StepDone], None],
    engine: Engine | None,
) -> CycleDone | Refused:
    if as_of is None:
        # of a day that was said by hand the books are as they stand
        sync_before_cycle(company.pk)
    try:
        return run_cycle(company.pk, as_of, tell=lambda step: tell(company, step), engine=engine)
    except Refused as refusal:
        return refusal
