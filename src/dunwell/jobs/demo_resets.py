"""The demo back at its first day, made in the background beside the one that people see.

A small file in the data folder says how far it is; a lock that ends with its process says whether
somebody is at it. What counts is in the database: until the new demo is opened, in one
transaction, the old one stands as it was, whatever is killed.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _

from dunwell import clock, walls
from dunwell.actions.demo_resets import drop_unfinished_demos, open_new_demo, order_demo_reset
from dunwell.actions.gate import Actor, Refused, system
from dunwell.jobs.background import begin
from dunwell.jobs.demo import Tell, make_demo
from dunwell.jobs.file_locks import claimed_file
from dunwell.jobs.file_notes import write_note
from dunwell.models import Company, ImportBatch

RUNNING, DONE, FAILED = "running", "done", "failed"
EXPECTED_LINES = 95
"""So many lines a demo tells while it is made; the progress is counted by them."""
MOST_PPM, WHOLE_PPM = 990_000, 1_000_000
KEY = "demo-reset"
GRACE_SECONDS = 5
CUT_OFF = _("The server ended while it was made. The demo stands as it was; begin again.")
IN_LOG = _("What happened is in the log of the server.")
"""Why one failed, in words of the catalog; translated where they are shown."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoReset:
    """One reset: who asked, since when, how far it is, and why it failed if it did."""

    by: str
    begun_at: datetime
    status: str = RUNNING
    done_ppm: int = 0
    error: str = ""

    @property
    def percent(self) -> int:
        """Return how far it is, 0 to 100."""
        return self.done_ppm // 10_000


def begin_demo_reset(*, actor: Actor, typed: str, at: datetime) -> bool:
    """Begin a reset of the actor's demo in the background; False while one runs already.

    Raises Forbidden without demo.reset, Refused for a company that is no demo or a wrong name.
    """
    with claimed_file(_folder() / "begin.lock", wait=True):
        if (before := read_demo_reset()) is not None and before.status == RUNNING:
            return False
        order_demo_reset(actor=actor, typed=typed, at=at)
        _note(DemoReset(by=actor.name, begun_at=at))
        return begin(partial(_run, actor.company.pk, actor.name, at), key=KEY)


def reset_demo(company: Company, *, by: str, at: datetime, tell: Tell) -> Company:
    """Make the demo anew and open it in place of the company; return the new one.

    Raises Refused while another process is at it, and for a company that is no open demo.
    """
    with walls.everything(), claimed_file(_folder() / "lock") as is_ours:
        if not is_ours:
            raise Refused("The demo is being put back to its first day already.")
        actor = system(Company.objects.get(pk=company.pk))
        drop_unfinished_demos(actor=actor, at=at)
        counts = ImportBatch.objects.filter(company=company).order_by("pk").first()
        size = {} if counts is None else {k: counts.counts[k] for k in ("customers", "items")}
        _note(DemoReset(by=by, begun_at=at))
        demo = make_demo(tell=tell, is_anew=True, **size)
        today = clock.today(demo.company.zone)
        open_new_demo(actor=actor, new=demo.company, as_of=today, at=clock.now())
        _note(DemoReset(by=by, begun_at=at, status=DONE, done_ppm=WHOLE_PPM))
    return Company.objects.get(pk=demo.company.pk)


def read_demo_reset() -> DemoReset | None:
    """Return the latest reset, None before the first; one whose process died has failed."""
    try:
        told = json.loads(_path().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    found = DemoReset(**{**told, "begun_at": datetime.fromisoformat(told["begun_at"])})
    if found.status != RUNNING:
        return found
    if (clock.now() - found.begun_at).total_seconds() < GRACE_SECONDS:
        return found  # its thread takes the lock next, and must find it free
    with claimed_file(_folder() / "lock") as is_free:
        return replace(found, status=FAILED, error=CUT_OFF) if is_free else found


def _run(company_id: int, by: str, at: datetime) -> None:
    """Do a reset that a page began, and note how far it is and how it ended."""
    noted = DemoReset(by=by, begun_at=at)
    try:
        with walls.everything():
            company = Company.objects.get(pk=company_id)
        reset_demo(company, by=by, at=at, tell=_counter(noted))
    except Refused as refusal:
        _note(replace(noted, status=FAILED, error=str(refusal)))
    except Exception:
        _note(replace(noted, status=FAILED, error=IN_LOG))
        raise


def _counter(noted: DemoReset) -> Callable[[str], None]:
    """Return what takes the lines that a demo tells and notes the progress by their number."""
    lines = 0

    def tell(_text: str) -> None:
        nonlocal lines
        lines += 1
        done = min(MOST_PPM, lines * WHOLE_PPM // EXPECTED_LINES)
        _note(replace(noted, done_ppm=done))

    return tell


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "demo-reset"


def _path() -> Path:
    return _folder() / "state.json"


def _note(reset: DemoReset) -> None:
    """Write how far a reset is."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    write_note(_path(), reset)
