"""The pay-date model in the day's cycle: checked weekly, trained anew monthly, asked daily."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from dunwell.actions.cash_outlook import OutlookOfDay, keep_outlook
from dunwell.actions.gate import Actor
from dunwell.actions.model_versions import (
    TrainedModel,
    fall_back,
    record_check,
    record_model_version,
)
from dunwell.actions.predictions import write_forecast, write_predictions
from dunwell.jobs.cash_outlook import outlook_of_day
from dunwell.jobs.monitor import Checked, checked
from dunwell.jobs.score import Scored, scored
from dunwell.jobs.train import naive_model, trained_model
from dunwell.ml.artifact import unread_version
from dunwell.ml.history import History
from dunwell.ml.naive import NAIVE
from dunwell.models import ModelVersion
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from dunwell.queries.model_versions import (
    asks_for_training,
    checked_on,
    latest_tested,
    serving_kind,
    serving_version,
)
from dunwell.queries.predictions import first_logged_on
from dunwell.queries.reminders import native

CHECK_DAYS = 7
TRAIN_DAYS = 28
"""A candidate is trained when the last back-tested version is so many days old."""

FALLBACK = "customer_median"
"""What serves after an alarm: each customer's own history."""

OTHER_RELEASE = "other_release"
"""Why a version falls back whose bytes this release of the program does not read."""


@dataclass(frozen=True)
class ModelDay:
    """What the model steps of one day share; everything is worked out when first asked for."""

    actor: Actor
    books: Books
    as_of: date
    at: datetime

    @cached_property
    def history(self) -> History:
        """What the ledger shows as of the day."""
        return company_history(self.books, as_of=self.as_of)

    @cached_property
    def check(self) -> Checked | None:
        """How the serving version did, a week after the last check or the first prediction."""
        company, version = self.actor.company, self._before
        last = checked_on(company) or first_logged_on(company)
        if last is None or version is None or last > self.as_of - timedelta(days=CHECK_DAYS):
            return None
        return checked(version, self.history)

    @cached_property
    def trained(self) -> TrainedModel | None:
        """A newly trained model, when there is none yet, it is old, or the check asks for it.

        One that this release does not read is as good as none. Asked for only after the check
        is recorded.
        """
        company = self.actor.company
        last = latest_tested(company)
        needed = CHECK_DAYS if asks_for_training(company, as_of=self.as_of) else TRAIN_DAYS
        oldest = self.as_of - timedelta(days=needed)
        is_young = last is not None and last.trained_as_of > oldest and _is_read(last)
        if is_young or not self.history.items.height:
            return None
        return trained_model(
            self.history,
            tested_on=self.history,
            company=company,
            learned_from=[company.pk],
            champion=serving_kind(company),
        )

    @cached_property
    def version(self) -> ModelVersion | None:
        """What serves; asked for only after the check and the training are recorded."""
        return serving_version(self.actor.company)

    @cached_property
    def scored(self) -> Scored | None:
        """What the serving version says of the open book."""
        if self.version is None or not _is_read(self.version):
            return None
        return self._said(self.version)

    @cached_property
    def outlook(self) -> OutlookOfDay | None:
        """The cash of the weeks and months to come; asked for only after items are scored."""
        if self.version is None or self.scored is None:
            return None
        return outlook_of_day(
            self.actor.company, self.version, self.history, self.scored.book, as_of=self.as_of
        )

    def keep_outlook(self) -> int:
        """Keep the outlook of the day, if a model serves; return how many rows changed."""
        if self.version is None or self.outlook is None:
            return 0
        return keep_outlook(
            actor=self.actor,
            version=self.version,
            outlook=self.outlook,
            as_of=self.as_of,
            at=self.at,
        )

    def record_check(self) -> int:
        """Keep the check, and fall back when its alarm asks for it; return what changed.

        Whatever the check says, a version that this release does not read serves no longer.
        """
        check, version = self.check, self._before
        if version is None:
            return 0
        changed, codes = 0, []
        if check is not None:
            codes = [alarm.code for alarm in check.alarms]
            changed = record_check(
                actor=self.actor,
                version=version,
                figures=check.figures,
                alarms=codes,
                as_of=self.as_of,
                at=self.at,
            )
        if not _is_read(version):
            self._fall_back(version, [OTHER_RELEASE])
            return changed + 1
        if check is None or not check.has_to_fall_back or version.kind in NAIVE:
            return changed
        self._fall_back(version, codes)
        return changed + 1

    def record_version(self) -> int:
        """Keep the newly trained model, if any; return how many versions are new."""
        if self.trained is None:
            return 0
        record_model_version(actor=self.actor, trained=self.trained, at=self.at)
        return 1

    def write(self) -> int:
        """Write predictions and forecast of the day; return how many rows changed."""
        version, said = self.version, self.scored
        if version is None:
            return 0
        if said is None:  # the program was exchanged after the check of the day
            version = self._fall_back(version, [OTHER_RELEASE])
            said = self._said(version)
        actor, as_of, at = self.actor, self.as_of, self.at
        changed = write_predictions(
            actor=actor,
            version=version,
            rows=said.rows,
            content=said.content,
            as_of=as_of,
            at=at,
        )
        return changed + write_forecast(
            actor=actor, version=version, rows=said.forecast, as_of=as_of, at=at
        )

    @cached_property
    def _before(self) -> ModelVersion | None:
        """What serves before anything is decided today."""
        return serving_version(self.actor.company)

    def _said(self, version: ModelVersion) -> Scored:
        segments = native(self.books.customers.select("customer_id", "segment"))
        return scored(version, self.history, segments=segments)

    def _fall_back(self, version: ModelVersion, codes: Sequence[str]) -> ModelVersion:
        """Let each customer's own history serve; return what serves then."""
        naive = naive_model(self.history, company=self.actor.company, kind=FALLBACK)
        return fall_back(
            actor=self.actor, version=version, trained=naive, alarms=codes, at=self.at
        )


def _is_read(version: ModelVersion) -> bool:
    return unread_version(bytes(version.artifact)) is None
