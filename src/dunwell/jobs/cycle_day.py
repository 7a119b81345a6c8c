"""What the steps of one day of the cycle share: who acts, the day, and one read of each thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import polars as pl

from dunwell.actions.gate import Actor
from dunwell.actions.invoice_files import MadeFile
from dunwell.actions.process import MadeMonth
from dunwell.engine.application_proposals import ApplicationProposal
from dunwell.engine.feedback_policy import FeedbackPolicy
from dunwell.engine.matching import Matching
from dunwell.jobs.analyses import AnalysesDay
from dunwell.jobs.anomalies import found_anomalies
from dunwell.jobs.choices import choices, shown_effects
from dunwell.jobs.customer_scores import customer_scores
from dunwell.jobs.handed_nights import Engine, HandedBooks
from dunwell.jobs.improvement_day import ImprovementDay
from dunwell.jobs.invoices import files_due
from dunwell.jobs.matching import matched
from dunwell.jobs.model_day import ModelDay
from dunwell.jobs.process import made_months
from dunwell.jobs.sanctions import ScreeningDue, screening_due
from dunwell.jobs.scorecard_day import CardScores, card_scores
from dunwell.jobs.timings import Timing, timing_of_day
from dunwell.models import Invoice
from dunwell.queries.application_proposals import waiting_proposals
from dunwell.queries.charges_due import ChargesDue, charges_due
from dunwell.queries.choices import as_chosen
from dunwell.queries.covenants import CovenantTestDue, covenant_tests_due
from dunwell.queries.cover_clocks import CoverClock, cover_clock
from dunwell.queries.credit_facts import CreditFacts, read_credit_facts
from dunwell.queries.credit_ratings import RatingsDue, ratings_due
from dunwell.queries.delivery_ladders import DeliveryAlarm, delivery_alarms
from dunwell.queries.early_payment import OffersDue, offers_due
from dunwell.queries.early_warnings import WarningsFound, warnings_found
from dunwell.queries.feedback_policies import feedback_policy
from dunwell.queries.gaps import GapsDue, gaps_due
from dunwell.queries.ledgers import Books
from dunwell.queries.legal_deadlines import Deadline, coming_deadlines
from dunwell.queries.match_frames import MatchFrames, match_frames
from dunwell.queries.month_actuals import MonthFacts, facts_due
from dunwell.queries.policies import PolicyInForce, strategies_in_force
from dunwell.queries.portfolio_measures import MeasureDue, measures_due
from dunwell.queries.reminders import ContactPlan, plan_contacts
from dunwell.queries.review_cases import ReviewsDue, reviews_due
from dunwell.queries.segments_due import SegmentsDue, segments_due
from dunwell.queries.surveys import SurveyDue, surveys_due


@dataclass(frozen=True)
class Day:
    """What the steps of one day share: who acts, the day, the moment, one read of the ledger."""

    actor: Actor
    as_of: date
    at: datetime
    engine: Engine | None = None

    @cached_property
    def cash(self) -> tuple[MatchFrames, Matching]:
        """The payments that wait, as read, and what matching says of them."""
        frames = match_frames(self.actor.company, as_of=self.as_of)
        return frames, matched(frames)

    @cached_property
    def books(self) -> Books:
        """The ledger, read by the first step that needs it; only applying cash writes to it."""
        company = self.actor.company
        return Books(company) if self.engine is None else HandedBooks(company, self.engine)

    @cached_property
    def improvement(self) -> ImprovementDay:
        """Comparisons, targets, portfolio reviews and accesses that end."""
        return ImprovementDay(actor=self.actor, as_of=self.as_of, at=self.at)

    @cached_property
    def analyses(self) -> AnalysesDay:
        """The book taken apart, and compared with the end of last month."""
        return AnalysesDay(actor=self.actor, books=self.books, as_of=self.as_of, at=self.at)

    @cached_property
    def policies(self) -> tuple[PolicyInForce, ...]:
        """The strategies in force."""
        return strategies_in_force(self.actor.company, as_of=self.as_of)

    @cached_property
    def model(self) -> ModelDay:
        """The pay-date model on this day: its check, its training, its word on the open book."""
        return ModelDay(actor=self.actor, books=self.books, as_of=self.as_of, at=self.at)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """How every customer behaves."""
        return customer_scores(self.books, as_of=self.as_of)

    @cached_property
    def credit_facts(self) -> CreditFacts:
        """The facts of everybody's credit; asked for after customers are scored."""
        return read_credit_facts(self.actor.company, as_of=self.as_of, books=self.books)

    @cached_property
    def ratings(self) -> RatingsDue | None:
        """What the credit policy makes of every customer anew, None without an own policy."""
        return ratings_due(
            self.actor.company,
            books=self.books,
            as_of=self.as_of,
            known=lambda: self.credit_facts,
        )

    @cached_property
    def cards(self) -> tuple[CardScores, ...]:
        """What scorecards in use say of the customers that moved."""
        return card_scores(self.actor.company, as_of=self.as_of, known=lambda: self.credit_facts)

    @cached_property
    def segments(self) -> SegmentsDue | None:
        """What the rules of segments and pools say of every customer, None without any."""
        return segments_due(self.books, as_of=self.as_of)

    @cached_property
    def measures(self) -> tuple[MeasureDue, ...]:
        """How the book of credit is spread."""
        return measures_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def found(self) -> pl.DataFrame:
        """What is unlike the rest, or came twice."""
        return found_anomalies(self.books, as_of=self.as_of)

    @cached_property
    def unproven(self) -> tuple[DeliveryAlarm, ...]:
        """The open invoices nothing proves to have arrived."""
        return delivery_alarms(self.actor.company, as_of=self.as_of)

    @cached_property
    def covers(self) -> CoverClock | None:
        """What covers ask of us by which day, None without covers."""
        return cover_clock(self.actor.company, as_of=self.as_of)

    @cached_property
    def warnings(self) -> WarningsFound:
        """The signs that stand, as the scores of the day and the bureaus tell them."""
        return warnings_found(self.actor.company, as_of=self.as_of)

    @cached_property
    def reviews(self) -> ReviewsDue | None:
        """Whose credit is to be reviewed, None without an own policy; asked after the warnings."""
        return reviews_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def month_facts(self) -> MonthFacts | None:
        """What happened in each month, None without a budget to read beside it."""
        return facts_due(self.books, as_of=self.as_of)

    @cached_property
    def covenant_tests(self) -> tuple[CovenantTestDue, ...]:
        """Covenants whose test date is today; asked after the figures of the day."""
        return covenant_tests_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def gaps(self) -> GapsDue:
        """Weeks, months and covenants that fall short; asked after forecast and actuals."""
        return gaps_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def charges(self) -> ChargesDue | None:
        """Interest and fees by the day, None where nobody is charged."""
        return charges_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def proposals(self) -> Mapping[int, ApplicationProposal]:
        """What the credit policy proposes for applications that may be ready to be scored."""
        return waiting_proposals(self.actor.company, as_of=self.as_of)

    @cached_property
    def screening(self) -> tuple[ScreeningDue, ...]:
        """Customers who are called like somebody on a sanction list that is new to them."""
        return screening_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def invoices(self) -> Sequence[tuple[Invoice, Sequence[MadeFile]]]:
        """Issued invoices without files, and the files made of them."""
        return files_due(self.actor.company)

    @cached_property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Claims to file, claims that lapse soon, VAT to repay."""
        return coming_deadlines(self.actor.company, as_of=self.as_of)

    @cached_property
    def offers(self) -> OffersDue | None:
        """What is offered for earlier money, None without a programme."""
        return offers_due(self.actor.company, as_of=self.as_of)

    @cached_property
    def surveys(self) -> tuple[FeedbackPolicy, list[SurveyDue]]:
        """The feedback policy, and who is asked today."""
        policy = feedback_policy(self.actor.company, as_of=self.as_of)
        return policy, surveys_due(self.actor.company, policy, as_of=self.as_of)

    @cached_property
    def process(self) -> tuple[MadeMonth, ...]:
        """How invoice to cash went, by the months of issue that are to be made today."""
        return made_months(self.actor.company, as_of=self.as_of)

    @cached_property
    def due(self) -> ContactPlan:
        """Who is due for what; asked for only after stale messages are dropped."""
        return plan_contacts(
            self.actor.company,
            books=self.books,
            strategies=[policy.strategy for policy in self.policies],
            as_of=self.as_of,
        )

    @cached_property
    def plan(self) -> ContactPlan:
        """The contacts of the day as they were chosen: whom, by which channel, at which hour."""
        return as_chosen(self.due)

    @cached_property
    def shown(self) -> pl.DataFrame:
        """What earlier choices made by chance have shown of each action."""
        return shown_effects(self.actor.company, as_of=self.as_of)

    @cached_property
    def timing(self) -> Timing | None:
        """The timing experiment of the day with what it has learned, None without one."""
        return timing_of_day(self.actor.company, as_of=self.as_of)

    @cached_property
    def choices(self) -> pl.DataFrame:
        """What is done with each customer that is due, and by which chance."""
        return choices(self.due, shown=self.shown, timing=self.timing)
