"""`dunwell verify-events FILE`: whether a file of events is whole, without a database."""

import argparse

from dunwell.cli.printing import Answer
from dunwell.formats.event_chain import check_events


def verify_events(options: argparse.Namespace) -> Answer:
    """Return how many events there are and the hash of the last.

    Raises ValueError with the line where the chain breaks, or that a noted hash is not in it.
    """
    with options.file.open("rb") as lines:
        checked = check_events(lines, options.noted)
    if checked.finding:
        raise ValueError(f"{options.file}: {checked.finding}")
    answer = {"events": checked.events, "head": checked.head, "noted": len(options.noted)}
    return answer, [answer]
