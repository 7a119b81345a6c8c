"""A demo company is put back to its first day: a new one is opened in place of the old.

The ledger is only ever added to, so nothing is taken back: see docs/why/027-demo.md. A company
that is no demo can never come here: the mark is set when it is made and by nothing else, and the
database refuses another stage than open for a company without it.
"""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import Company, Membership, PortalSeat

Stage = Company.Stage


@transaction.atomic
def order_demo_reset(*, actor: Actor, typed: str, at: datetime) -> None:
    """Record that somebody wants the demo back at its first day, by typing its name.

    Raises Refused for a company that is no demo or not open, and for another name.
    """
    actor.require("demo.reset")
    company = Company.objects.get(pk=actor.company.pk)
    _require_demo(company)
    if typed.strip() != company.name:
        raise Refused(f"Type the name of the company, {company.name}, to confirm.")
    record_event(actor, "demo.reset_ordered", company, at=at)


@transaction.atomic
def drop_unfinished_demos(*, actor: Actor, at: datetime) -> int:
    """Put demos away whose making was cut off, so that none is opened half; return how many."""
    actor.require("demo.reset")
    _require_demo(Company.objects.get(pk=actor.company.pk))
    names = list(Company.objects.filter(stage=Stage.MAKING).values_list("pk", flat=True))
    for key in names:
        _put_away(Company.objects.get(pk=key), before=Stage.MAKING, at=at)
    if names:
        record_event(actor, "demo.unfinished_dropped", actor.company, at=at, companies=names)
    return len(names)


@transaction.atomic
def open_new_demo(*, actor: Actor, new: Company, as_of: date, at: datetime) -> None:
    """Open the demo that was made in place of the actor's, which is put away; all or nothing.

    People who were added to the old one move along with their roles; its portal is closed.
    Raises Refused where another reset was quicker.
    """
    actor.require("demo.reset")
    old = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    _require_demo(old)
    _put_away(old, before=Stage.OPEN, at=at)
    opened = Company.objects.filter(pk=new.pk, is_demo=True, stage=Stage.MAKING)
    if opened.update(stage=Stage.OPEN) != 1:
        raise Refused("The new demo is not there to be opened. Begin the reset again.")
    known = set(Membership.objects.filter(company=new).values_list("user_id", "role"))
    of_old = Membership.objects.filter(company=old)
    Membership.objects.bulk_create(
        Membership(company=new, user_id=user, role=role)
        for user, role in of_old.values_list("user_id", "role")
        if (user, role) not in known
    )
    of_old.delete()
    PortalSeat.objects.filter(company=old, ended_on=None).update(
        ended_on=as_of, ended_by=actor.name[:150]
    )
    record_event(actor, "demo.reset", old, at=at, opened=new.pk)


def _require_demo(company: Company) -> None:
    if not company.is_demo:
        raise Refused("Only a demo company can be put back to its first day.")
    if company.stage != Stage.OPEN:
        raise Refused("This demo was put away already. Sign in again to see the new one.")


def _put_away(company: Company, *, before: str, at: datetime) -> None:
    """Move a demo to its last stage under a name that says so; by compare-and-set."""
    name = f"{company.name} (put away {at:%Y-%m-%d %H:%M:%S})"
    moved = Company.objects.filter(pk=company.pk, is_demo=True, stage=before)
    if moved.update(stage=Stage.RETIRED, name=name) != 1:
        raise Refused("Another reset was quicker. Load the page again.")
