"""Tables of reports about what a team works on: stuck money, decisions, goals."""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.money import from_minor
from dunwell.formats.review_pack import PackSection
from dunwell.models import Company, MeetingPoint
from dunwell.queries.meetings import meeting_decision_rows
from dunwell.queries.stuck_money import agenda_rows
from dunwell.queries.targets import TargetLineRow, TargetSetRow, target_sets

WEEK = timedelta(days=7)
GOALS: dict[str, Promise | str] = {
    "collected": _("Money that came"),
    "promises_kept": _("Promises kept"),
    "disputes_resolved": _("Disputes resolved for good"),
    "data_quality": _("Customers with a contact that can be reached"),
    "satisfied": _("Satisfied answers"),
    "complaint_free": _("Messages without a complaint"),
}
PPM_OF_PERCENT = 10_000


def stuck(company: Company, as_of: date) -> PackSection:
    """Return the agenda of the day: whose money is stuck, why, for how long."""
    reasons = dict(MeetingPoint.Reason.choices)
    return PackSection(
        key="stuck",
        title=gettext("Stuck money"),
        columns=(
            (gettext("Customer"), "text"),
            (gettext("Why"), "text"),
            (gettext("Currency"), "text"),
            (gettext("Stuck"), "number"),
            (gettext("Items"), "count"),
            (gettext("Since"), "day"),
        ),
        rows=tuple(
            (
                one.customer_name,
                str(reasons[one.reason]),
                one.currency,
                str(from_minor(one.stuck_minor, one.currency)),
                one.n_items,
                one.since_on.isoformat(),
            )
            for one in agenda_rows(company, as_of=as_of)
        ),
    )


def decided(company: Company, as_of: date) -> PackSection:
    """Return decisions that are not carried out, and those carried out within seven days."""
    rows = meeting_decision_rows(company, as_of=as_of, since=as_of - WEEK)
    return PackSection(
        key="decided",
        title=gettext("Decisions of meetings"),
        columns=(
            (gettext("Decision"), "text"),
            (gettext("Who sees to it"), "text"),
            (gettext("Until"), "day"),
            (gettext("Carried out"), "day"),
            (gettext("Outcome"), "text"),
        ),
        rows=tuple(
            (
                one.text,
                one.owner,
                one.due_on.isoformat(),
                None if one.done_on is None else one.done_on.isoformat(),
                one.outcome,
            )
            for one in rows
        ),
    )


def goals(company: Company, as_of: date) -> PackSection:
    """Return where the team's goals stand; the part that counts is the honest one."""
    return PackSection(
        key="goals",
        title=gettext("Goals of the team"),
        columns=(
            (gettext("Goals"), "text"),
            (gettext("Measure"), "text"),
            (gettext("Unit"), "text"),
            (gettext("Goal"), "number"),
            (gettext("Honest part"), "number"),
        ),
        rows=tuple(
            (
                one.name,
                str(GOALS[line.measure]),
                line.currency or "%",
                _number(line, line.goal),
                None if line.honest is None else _number(line, line.honest),
            )
            for one in team_goals(company, as_of=as_of)
            for line in one.lines
        ),
    )


def team_goals(company: Company, *, as_of: date) -> tuple[TargetSetRow, ...]:
    """Return the team's running sets of targets; nobody's own ones."""
    found = target_sets(company, viewer_id=None, is_lead=False, as_of=as_of)
    return tuple(one for one in found if one.user_id is None and one.status == "running")


def _number(line: TargetLineRow, number: int) -> str:
    if line.is_money:
        return str(from_minor(number, line.currency))
    return f"{number / PPM_OF_PERCENT:.1f}"
