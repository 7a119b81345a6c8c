"""The steps of the day's cycle in their order, and what each reads before its transaction."""

from collections.abc import Callable, Mapping

from dunwell.actions.anomalies import find_anomalies
from dunwell.actions.application_steps import watch_applications
from dunwell.actions.autopay_charges import run_autopay
from dunwell.actions.bank_entries import book_due_entries
from dunwell.actions.charge_bills import bill_due_charges
from dunwell.actions.charges import accrue_charges
from dunwell.actions.cover_notices import watch_covers
from dunwell.actions.credit_hold_reviews import review_credit_holds
from dunwell.actions.credit_ratings import rate_customers
from dunwell.actions.data_retention import end_retentions
from dunwell.actions.deliveries import watch_deliveries
from dunwell.actions.dispute_steps import watch_disputes
from dunwell.actions.early_payment_mails import tell_offers
from dunwell.actions.early_payments import offer_early
from dunwell.actions.early_warnings import raise_warnings
from dunwell.actions.escalation_steps import raise_escalations
from dunwell.actions.experiments import end_experiments, log_choices, stop_arms
from dunwell.actions.figures import record_figures
from dunwell.actions.habits import refresh_habits
from dunwell.actions.incentives import grant_incentives
from dunwell.actions.invoice_schedules import run_schedules
from dunwell.actions.legal_deadlines import remind_deadlines
from dunwell.actions.plan_steps import judge_plans
from dunwell.actions.portfolio_measures import keep_measures
from dunwell.actions.promises import settle_promises
from dunwell.actions.provider_events import apply_waiting_events
from dunwell.actions.reminders import drop_stale_messages, write_reminders
from dunwell.actions.review_steps import plan_reviews
from dunwell.actions.scores import write_scores
from dunwell.actions.segments import assign_segments
from dunwell.actions.settlement_steps import end_settlements
from dunwell.actions.surveys import ask_surveys
from dunwell.actions.worklist import rank_customers
from dunwell.jobs.bank_files import settle_told
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.insight_steps import map_process
from dunwell.jobs.invoices import file_invoices
from dunwell.jobs.matching import record_parts
from dunwell.jobs.planning import freeze_day_tests, keep_day_actuals, raise_day_gaps
from dunwell.jobs.sanctions import record_screening
from dunwell.jobs.scorecard_day import write_card_scores


def _settle_bank(day: Day) -> int:
    booked = book_due_entries(actor=day.actor, as_of=day.as_of, at=day.at)
    told = apply_waiting_events(actor=day.actor, as_of=day.as_of, at=day.at)
    return told + booked + settle_told(actor=day.actor, as_of=day.as_of, at=day.at)


def _bill_schedules(day: Day) -> int:
    return run_schedules(actor=day.actor, as_of=day.as_of, at=day.at)


def _file_invoices(day: Day) -> int:
    return file_invoices(actor=day.actor, due=day.invoices, as_of=day.as_of, at=day.at)


def _apply_cash(day: Day) -> int:
    frames, matching = day.cash
    return record_parts(
        actor=day.actor, matching=matching, frames=frames, as_of=day.as_of, at=day.at
    ).changed


def _settle_promises(day: Day) -> int:
    return settle_promises(actor=day.actor, as_of=day.as_of, at=day.at)


def _watch_disputes(day: Day) -> int:
    return watch_disputes(actor=day.actor, as_of=day.as_of, at=day.at)


def _watch_deliveries(day: Day) -> int:
    return watch_deliveries(actor=day.actor, alarms=day.unproven, as_of=day.as_of, at=day.at)


def _judge_plans(day: Day) -> int:
    return judge_plans(actor=day.actor, as_of=day.as_of, at=day.at)


def _end_settlements(day: Day) -> int:
    return end_settlements(actor=day.actor, as_of=day.as_of, at=day.at)


def _record_figures(day: Day) -> int:
    return record_figures(actor=day.actor, books=day.books, as_of=day.as_of, at=day.at)


def _refresh_habits(day: Day) -> int:
    return refresh_habits(actor=day.actor, books=day.books, as_of=day.as_of, at=day.at)


def _check_model(day: Day) -> int:
    return day.model.record_check()


def _train_model(day: Day) -> int:
    return day.model.record_version()


def _score_items(day: Day) -> int:
    return day.model.write()


def _keep_outlook(day: Day) -> int:
    return day.model.keep_outlook()


def _score_customers(day: Day) -> int:
    return write_scores(actor=day.actor, rows=day.scores, as_of=day.as_of, at=day.at)


def _rate_customers(day: Day) -> int:
    return rate_customers(actor=day.actor, due=day.ratings, as_of=day.as_of, at=day.at)


def _score_cards(day: Day) -> int:
    return write_card_scores(day.actor, day.cards, as_of=day.as_of, at=day.at)


def _assign_segments(day: Day) -> int:
    changed = assign_segments(actor=day.actor, due=day.segments, as_of=day.as_of, at=day.at)
    # strategies go by the segment: who is chased is read anew
    day.books.forget_customers()
    return changed


def _keep_measures(day: Day) -> int:
    return keep_measures(actor=day.actor, due=day.measures, as_of=day.as_of, at=day.at)


def _find_anomalies(day: Day) -> int:
    return find_anomalies(actor=day.actor, rows=day.found, as_of=day.as_of, at=day.at)


def _watch_covers(day: Day) -> int:
    return watch_covers(actor=day.actor, clock=day.covers, as_of=day.as_of, at=day.at)


def _raise_warnings(day: Day) -> int:
    return raise_warnings(actor=day.actor, found=day.warnings, as_of=day.as_of, at=day.at)


def _plan_reviews(day: Day) -> int:
    return plan_reviews(actor=day.actor, due=day.reviews, as_of=day.as_of, at=day.at)


def _watch_applications(day: Day) -> int:
    changed = watch_applications(
        actor=day.actor, proposals=day.proposals, as_of=day.as_of, at=day.at
    )
    return changed + record_screening(day.actor, day.screening, at=day.at)


def _review_credit_holds(day: Day) -> int:
    return review_credit_holds(actor=day.actor, as_of=day.as_of, at=day.at)


def _choose_actions(day: Day) -> int:
    ended = end_experiments(actor=day.actor, as_of=day.as_of, at=day.at)
    if day.timing is not None:
        ended += stop_arms(
            actor=day.actor,
            experiment=day.timing.experiment,
            stops=day.timing.new_stops,
            as_of=day.as_of,
            at=day.at,
        )
    return ended + log_choices(actor=day.actor, rows=day.choices, as_of=day.as_of, at=day.at)


def _accrue_charges(day: Day) -> int:
    if day.charges is None:
        return 0
    changed = accrue_charges(actor=day.actor, due=day.charges, as_of=day.as_of, at=day.at)
    return changed + bill_due_charges(actor=day.actor, as_of=day.as_of, at=day.at)


def _raise_escalations(day: Day) -> int:
    return raise_escalations(actor=day.actor, as_of=day.as_of, at=day.at)


def _grant_incentives(day: Day) -> int:
    return grant_incentives(actor=day.actor, as_of=day.as_of, at=day.at)


def _ask_surveys(day: Day) -> int:
    policy, due = day.surveys
    return ask_surveys(actor=day.actor, policy=policy, due=due, as_of=day.as_of, at=day.at)


def _offer_early(day: Day) -> int:
    offered = offer_early(actor=day.actor, due=day.offers, as_of=day.as_of, at=day.at)
    if day.offers is None:
        return offered
    policy = day.offers.policy
    return offered + tell_offers(actor=day.actor, policy=policy, as_of=day.as_of, at=day.at)


def _remind_deadlines(day: Day) -> int:
    return remind_deadlines(actor=day.actor, deadlines=day.deadlines, as_of=day.as_of, at=day.at)


def _end_retentions(day: Day) -> int:
    return end_retentions(actor=day.actor, as_of=day.as_of, at=day.at)


def _run_autopay(day: Day) -> int:
    return run_autopay(actor=day.actor, as_of=day.as_of, at=day.at)


def _drop_stale_messages(day: Day) -> int:
    return drop_stale_messages(actor=day.actor, books=day.books, as_of=day.as_of, at=day.at)


def _rank_customers(day: Day) -> int:
    return rank_customers(actor=day.actor, plan=day.plan, shown=day.shown, at=day.at)


def _write_reminders(day: Day) -> int:
    return write_reminders(actor=day.actor, plan=day.plan, policies=day.policies, at=day.at)


STEPS: tuple[tuple[str, Callable[[Day], int]], ...] = (
    ("bill_schedules", _bill_schedules),
    ("file_invoices", _file_invoices),
    ("settle_bank", _settle_bank),
    ("apply_cash", _apply_cash),
    ("settle_promises", _settle_promises),
    ("watch_disputes", _watch_disputes),
    ("watch_deliveries", _watch_deliveries),
    ("judge_plans", _judge_plans),
    ("end_settlements", _end_settlements),
    ("record_figures", _record_figures),
    ("keep_analyses", lambda day: day.analyses.write()),
    ("refresh_habits", _refresh_habits),
    ("check_model", _check_model),
    ("train_model", _train_model),
    ("score_items", _score_items),
    ("keep_outlook", _keep_outlook),
    ("score_customers", _score_customers),
    ("rate_customers", _rate_customers),
    ("score_cards", _score_cards),
    ("assign_segments", _assign_segments),
    ("keep_measures", _keep_measures),
    ("find_anomalies", _find_anomalies),
    ("watch_covers", _watch_covers),
    ("raise_warnings", _raise_warnings),
    ("plan_reviews", _plan_reviews),
    ("watch_applications", _watch_applications),
    ("review_credit_holds", _review_credit_holds),
    ("keep_actuals", keep_day_actuals),
    ("test_covenants", freeze_day_tests),
    ("raise_gaps", raise_day_gaps),
    ("accrue_charges", _accrue_charges),
    ("raise_escalations", _raise_escalations),
    ("grant_incentives", _grant_incentives),
    ("remind_deadlines", _remind_deadlines),
    ("offer_early", _offer_early),
    ("ask_surveys", _ask_surveys),
    ("map_process", map_process),
    ("end_retentions", _end_retentions),
    ("run_autopay", _run_autopay),
    ("follow_improvement", lambda day: day.improvement.write()),
    ("drop_stale_messages", _drop_stale_messages),
    ("choose_actions", _choose_actions),
    ("rank_customers", _rank_customers),
    ("write_reminders", _write_reminders),
)
"""What banks told is booked and cash applied before anything looks at the books; promises before
figures and habits, which count them; a model is checked and, when its time has come, trained
anew before it speaks; the plan of contacts (due steps through the chase gate) is made once and
serves the choices, the worklist and the reminders."""

READS: Mapping[str, Callable[[Day], object]] = {
    "file_invoices": lambda day: day.invoices,
    "apply_cash": lambda day: day.cash,
    "watch_deliveries": lambda day: day.unproven,
    "record_figures": lambda day: day.books.ready(as_of=day.as_of),
    "keep_analyses": lambda day: day.analyses.found,
    "refresh_habits": lambda day: day.books.ready(as_of=day.as_of),
    "check_model": lambda day: day.model.check,
    "train_model": lambda day: day.model.trained,
    "score_items": lambda day: day.model.scored,
    "keep_outlook": lambda day: day.model.outlook,
    "score_customers": lambda day: day.scores,
    "rate_customers": lambda day: day.ratings,
    "score_cards": lambda day: day.cards,
    "assign_segments": lambda day: day.segments,
    "keep_measures": lambda day: day.measures,
    "find_anomalies": lambda day: day.found,
    "watch_covers": lambda day: day.covers,
    "raise_warnings": lambda day: day.warnings,
    "plan_reviews": lambda day: day.reviews,
    "watch_applications": lambda day: (day.proposals, day.screening),
    "keep_actuals": lambda day: day.month_facts,
    "test_covenants": lambda day: day.covenant_tests,
    "raise_gaps": lambda day: day.gaps,
    "accrue_charges": lambda day: day.charges,
    "remind_deadlines": lambda day: day.deadlines,
    "offer_early": lambda day: day.offers,
    "ask_surveys": lambda day: day.surveys,
    "map_process": lambda day: day.process,
    "follow_improvement": lambda day: day.improvement.read(),
    "drop_stale_messages": lambda day: day.books.still_open(as_of=day.as_of),
    "choose_actions": lambda day: day.choices,
    "rank_customers": lambda day: (day.plan, day.shown),
    "write_reminders": lambda day: day.plan,
}
"""What a step reads and works out first, outside its transaction, so that nobody waits for it.
What is booked meanwhile is seen at delivery, where the chase gate is asked again."""

LAST_STEP = STEPS[-1][0]
