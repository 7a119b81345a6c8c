"""What the day's cycle does for improvement: draws, looks, targets, reviews, reminders."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from dunwell.actions.advisors import remind_of_ends
from dunwell.actions.duels import draw_customers, record_look
from dunwell.actions.gate import Actor
from dunwell.actions.portfolio_reviews import open_reviews
from dunwell.actions.recognition import recognise
from dunwell.actions.targets import follow_targets
from dunwell.engine.recognition import Word
from dunwell.models import Duel
from dunwell.queries.duel_readings import DuelReading, duel_reading
from dunwell.queries.duels import newcomers, running_duel
from dunwell.queries.portfolio_reviews import ReviewCause, causes_of_day
from dunwell.queries.recognition import words_of_day
from dunwell.queries.targets import LineStanding, standings_of_day


@dataclass(frozen=True)
class ImprovementDay:
    """What one day reads before it writes, and the writing."""

    actor: Actor
    as_of: date
    at: datetime

    @cached_property
    def duel(self) -> tuple[Duel, list[tuple[int, str, int]], DuelReading | None] | None:
        """The comparison that runs, who comes new, and what it says today."""
        company = self.actor.company
        found = running_duel(company, as_of=self.as_of)
        if found is None:
            return None
        reading = duel_reading(company, found.experiment_id, as_of=self.as_of)
        return found, newcomers(company, found, as_of=self.as_of), reading

    @cached_property
    def standings(self) -> tuple[LineStanding, ...]:
        """Where every line of the targets stands."""
        return standings_of_day(self.actor.company, as_of=self.as_of)

    @cached_property
    def causes(self) -> tuple[ReviewCause, ...]:
        """What asks for a portfolio review."""
        return causes_of_day(self.actor.company, as_of=self.as_of)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """What was done well, and what holds a word about it back."""
        return words_of_day(self.actor.company, as_of=self.as_of)

    def read(self) -> object:
        """Read everything, outside the transaction."""
        return self.duel, self.standings, self.causes, self.words

    def write(self) -> int:
        """Keep it; return how many records changed."""
        actor, as_of, at = self.actor, self.as_of, self.at
        changed = remind_of_ends(actor=actor, at=at)
        if self.duel is not None:
            duel, rows, reading = self.duel
            changed += draw_customers(actor=actor, duel=duel, rows=rows, as_of=as_of, at=at)
            if reading is not None and reading.enrolled:
                changed += record_look(actor=actor, duel=duel, reading=reading, as_of=as_of, at=at)
        changed += follow_targets(actor=actor, standings=self.standings, as_of=as_of, at=at)
        changed += recognise(actor=actor, words=self.words, as_of=as_of, at=at)
        return changed + open_reviews(actor=actor, causes=self.causes, as_of=as_of, at=at)
