"""Improvement in the demo: initiatives, targets, portfolio reviews, reports and a saved view."""

from collections.abc import Callable
from datetime import date, timedelta

from dunwell.actions.gate import Actor
from dunwell.actions.initiatives import (
    InitiativeTerms,
    decide_initiative,
    measure_initiative,
    plan_initiative,
    propose_initiative,
    start_initiative,
)
from dunwell.actions.portfolio_decisions import sign_review, take_decision
from dunwell.actions.portfolio_reviews import (
    freeze_pack,
    hold_review,
    plan_review,
    set_rhythm,
)
from dunwell.actions.reports import add_schedule
from dunwell.actions.saved_views import save_view
from dunwell.actions.targets import set_targets
from dunwell.demo.customers import LEAD
from dunwell.engine.calendars import months_after
from dunwell.engine.report_clock import WEEK
from dunwell.jobs.demo_credit_desk import ANALYST, DIRECTOR, HOME, THOUSAND, CreditDesk
from dunwell.jobs.reports import make_report
from dunwell.models import (
    Initiative,
    PortfolioReview,
    Report,
    ReportSchedule,
    SavedView,
    TargetSet,
    User,
)
from dunwell.queries.demo_insight import effect_on_course, running_experiment
from dunwell.queries.initiative_effects import effect_document

Measure = Initiative.Measure
CHANGED_MONTHS = 5
"""So many months ago the change that was kept began."""
GOALS = (("collected", 4_500 * THOUSAND), ("promises_kept", 800_000), ("complaint_free", 950_000))
WARNING_MINOR = 100 * THOUSAND
BOARD = ("figures", "ageing", "cash", "liquidity", "appetite", "provision", "covenants")
DIGEST = ("figures", "cash", "overdue")
READERS = ("board@dunwell-demo.example",)


def _change_was_kept(desk: CreditDesk) -> bool:
    """Keep a change of some months ago for what was measured, before and after."""
    if desk.has(Initiative):
        return False
    began = months_after(desk.as_of.replace(day=1), -CHANGED_MONTHS)
    terms = _terms(
        desk,
        name="Copy of the invoice with the first reminder",
        kpi="average_days_delinquent",
        target="5",
        place="reminders",
        change="The first reminder carries a copy of every invoice it names.",
        measure=Measure.SERIES,
    )
    lead = desk.actor(LEAD)
    initiative = _begun(desk, lead, terms, changed_on=began)
    effect = effect_on_course(desk.company, initiative, as_of=desk.as_of)
    if effect is None:
        return True
    figures = effect_document(effect)
    measure_initiative(actor=lead, initiative=initiative, figures=figures, **desk.when)
    decide_initiative(
        actor=desk.actor(DIRECTOR),
        initiative=initiative,
        is_kept=True,
        reason="It costs nothing and fewer customers ask for copies, whatever the interval says.",
        **desk.when,
    )
    return True


def _change_is_tried(desk: CreditDesk) -> bool:
    """Let a change run whose effect chance tells: the oldest experiment of the desk."""
    tried = Initiative.objects.filter(company=desk.company, measure=Measure.EXPERIMENT)
    experiment = running_experiment(desk.company)
    if experiment is None or tried.exists():
        return False
    terms = _terms(
        desk,
        name="Leave a few customers to themselves",
        kpi="overdue_share",
        target="20",
        place="reminders",
        change="A tenth of the customers is drawn by chance and not reminded for a while.",
        measure=Measure.EXPERIMENT,
        experiment=experiment,
    )
    _begun(desk, desk.actor(LEAD), terms, changed_on=desk.as_of)
    return True


def _terms(desk: CreditDesk, **told: object) -> InitiativeTerms:
    """Return terms of an initiative of Lea's that is to show by the end of half a year."""
    return InitiativeTerms(
        currency=HOME,
        target_on=months_after(desk.as_of, 6),
        owner=User.objects.get(username=LEAD),
        **told,  # type: ignore[arg-type]  # fields named by the callers above
    )


def _begun(
    desk: CreditDesk, actor: Actor, terms: InitiativeTerms, *, changed_on: date
) -> Initiative:
    """Propose, plan and start an initiative; return it as it runs."""
    initiative = propose_initiative(actor=actor, terms=terms, **desk.when)
    plan_initiative(actor=actor, initiative=initiative, at=desk.at)
    start_initiative(actor=actor, initiative=initiative, changed_on=changed_on, **desk.when)
    initiative.refresh_from_db()
    return initiative


def _team_has_targets(desk: CreditDesk) -> bool:
    """Set targets of three months for the team."""
    if desk.has(TargetSet):
        return False
    begins = desk.as_of.replace(day=1)
    set_targets(
        actor=desk.actor(LEAD),
        name="Three months together",
        starts_on=begins,
        ends_on=months_after(begins, 3) - timedelta(days=1),
        goals=GOALS,
        is_own=False,
        **desk.when,
    )
    return True


def _portfolio_is_reviewed(desk: CreditDesk) -> bool:
    """Hold a review that Lea and Felix sign; Felix plans the next one."""
    if desk.has(PortfolioReview):
        return False
    lead, director = desk.actor(LEAD), desk.actor(DIRECTOR)
    set_rhythm(
        actor=director,
        every_months=3,
        next_on=months_after(desk.as_of, 3),
        on_gauge=False,
        on_warning=False,
        warning_minor=WARNING_MINOR,
        **desk.when,
    )
    review = plan_review(
        actor=lead,
        name=f"Portfolio review {desk.as_of.isoformat()}",
        due_on=desk.as_of,
        agenda="1. Concentration\n2. Weak classes\n3. Covers that end",
        reason="The appetite was stated anew.",
        **desk.when,
    )
    freeze_pack(actor=lead, review=review, **desk.when)
    hold_review(
        actor=lead,
        review=review,
        attendees="Lea Demo, Felix Frei, Dora Ek",
        minutes="The book is spread as wanted. The guarantee that ends soon is to be renewed.",
        held_on=desk.as_of,
        **desk.when,
    )
    take_decision(
        actor=lead,
        review=review,
        text="Ask for the guarantee to be renewed.",
        owner=User.objects.get(username=ANALYST),
        due_on=desk.as_of + timedelta(days=14),
        **desk.when,
    )
    for signer in (lead, director):
        sign_review(actor=signer, review=review, at=desk.at)
    plan_review(
        actor=director,
        name="Portfolio review of the new quarter",
        due_on=months_after(desk.as_of, 1),
        agenda="1. What was decided\n2. Stress: hard winter",
        reason="What the winter may do to the book.",
        **desk.when,
    )
    return True


def _board_is_told(desk: CreditDesk) -> bool:
    """Let a digest come every week, and make a pack for the board."""
    if desk.has(ReportSchedule) or desk.has(Report):
        return False
    director = desk.actor(DIRECTOR)
    add_schedule(
        actor=director,
        name="Week in words",
        kind=ReportSchedule.Kind.DIGEST,
        every=WEEK,
        sections=DIGEST,
        recipients=READERS,
        language=desk.company.language,
        from_on=desk.as_of + timedelta(days=1),
        at=desk.at,
    )
    make_report(
        actor=director,
        name=f"Board pack {desk.as_of:%Y-%m}",
        sections=BOARD,
        recipients=(),
        language=desk.company.language,
        as_of=desk.as_of,
        key="demo",
    )
    return True


def _view_is_saved(desk: CreditDesk) -> bool:
    """Save a list for everybody."""
    if desk.has(SavedView):
        return False
    save_view(
        actor=desk.actor(LEAD),
        name="Overdue in dollars",
        address="/items/?currency=USD&scope=overdue",
        is_shared=True,
        at=desk.at,
    )
    return True


IMPROVEMENT: tuple[Callable[[CreditDesk], bool], ...] = (
    _change_was_kept,
    _change_is_tried,
    _team_has_targets,
    _portfolio_is_reviewed,
    _board_is_told,
    _view_is_saved,
)
