"""One read of a company's ledger, shared by everything that looks at it in one run."""

from datetime import date, timedelta
from functools import cached_property

import narwhals.stable.v2 as nw

from dunwell.engine.behaviour import CALENDAR_LEAD, habits
from dunwell.engine.calendars import calendar_days
from dunwell.engine.kpi_facts import kpi_facts
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.ledger import Ledger
from dunwell.formats.frames import kept
from dunwell.models import Allocation, Company, Dispute, Promise
from dunwell.queries import frames
from dunwell.queries.whole_ledger import whole_allocations, whole_items, whole_payments


class Books:
    """The frames of a company's ledger, each read once, when first asked for.

    A snapshot: what is written after the first read is not seen, so make a new one after
    writing. It holds all that is known now, for a day gone by as well: a missed day must not
    chase what turned out to be paid. The engine leaves out what is dated later than its day.
    """

    def __init__(self, company: Company) -> None:
        self.company = company

    @cached_property
    def _whole(self) -> Ledger:
        return Ledger(
            items=whole_items(self.company),
            allocations=whole_allocations(self.company),
            payments=whole_payments(self.company),
            disputes=frames.disputes_frame(self.company),
            promises=frames.promises_frame(self.company),
        )

    @cached_property
    def _open(self) -> Ledger:
        return Ledger(
            items=frames.items_frame(self.company, only_open=True),
            allocations=frames.allocations_frame(self.company, only_open=True),
            payments=frames.payments_frame(self.company, only_open=True),
            disputes=frames.disputes_frame(self.company, only_open=True),
            promises=frames.promises_frame(self.company, only_open=True),
        )

    def ready(self, *, as_of: date) -> None:  # noqa: ARG002
        """Read and work out ahead what a step of the day asks for inside its transaction."""
        self.whole()

    def habits(self, *, as_of: date) -> nw.LazyFrame:
        """Return how every customer pays as of a day, in columns HABITS."""
        calendar = calendar_days(
            self.company.country,
            first=(as_of - CALENDAR_LEAD).replace(day=1),
            last=as_of.replace(day=1) + timedelta(days=31),
        )
        return habits(self.whole(), calendar, as_of=as_of)

    def facts(self, *, as_of: date) -> nw.LazyFrame:
        """Return the sums of all figures of the book as a whole, in columns KPI_FACTS."""
        return kpi_facts(self.whole(), as_of=as_of, window_days=WINDOW_DAYS, keep=kept)

    @cached_property
    def customers(self) -> nw.LazyFrame:
        """Every customer, in columns CUSTOMERS."""
        return frames.customers_frame(self.company)

    def forget_customers(self) -> None:
        """Read the customers anew when next asked: their segments have changed."""
        self.__dict__.pop("customers", None)

    def whole(self) -> Ledger:
        """Return the ledger, history included."""
        return self._whole

    def still_open(self, *, as_of: date) -> Ledger:
        """Return what open amounts, open promises and unapplied cash of the day follow from.

        For the latest day only the open part is read; a day gone by needs the history.
        """
        if "_whole" in self.__dict__ or not _is_latest(self.company, as_of):
            return self._whole
        return self._open


def _is_latest(company: Company, as_of: date) -> bool:
    """Return whether nothing that changes an open amount lies after the day."""
    return not (
        Allocation.objects.filter(company=company, applied_on__gt=as_of).exists()
        or Dispute.objects.filter(company=company, closed_on__gt=as_of).exists()
        or Promise.objects.filter(company=company, settled_on__gt=as_of).exists()
    )
