"""The day's books with the widest readings of history worked out on another engine."""

import logging
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
from django.conf import settings

from dunwell import backends
from dunwell.actions.gate import Refused
from dunwell.backends.folders import Folders
from dunwell.backends.nightly import Night, write_results
from dunwell.engine.ledger import Ledger
from dunwell.models import Company
from dunwell.queries.kpi_inputs import is_big
from dunwell.queries.ledgers import Books

HABITS, FACTS = "habits", "kpi_facts"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Engine:
    """Which engine of `dunwell.backends` works, and where: a `master` as Spark names it."""

    backend: str
    master: str = ""


class HandedBooks(Books):
    """Books whose habits, and figures of a big book as a whole, are made by another engine.

    The tables go to a folder below the data folder, which every worker of a cluster has to see,
    and are removed with the results once those are read.
    """

    def __init__(self, company: Company, engine: Engine) -> None:
        super().__init__(company)
        self._engine = engine
        self._made: dict[date, Mapping[str, pl.DataFrame]] = {}

    def ready(self, *, as_of: date) -> None:
        """Work out what is handed over; raises Refused where the engine does not."""
        super().ready(as_of=as_of)
        if as_of not in self._made:
            try:
                self._made[as_of] = self._night(as_of)
            except Exception as error:
                # engines fail in words of their own: the whole of it goes to the log
                logger.exception("the night on %s failed", self._engine.backend)
                raise Refused(
                    f"{self._engine.backend} did not make the figures of {as_of}: "
                    f"{str(error).splitlines()[0] if str(error) else type(error).__name__} "
                    "The cycle goes on from here when it is called again, with or without it."
                ) from error

    def habits(self, *, as_of: date) -> nw.LazyFrame:
        """Return how every customer pays, as the other engine says where it was asked."""
        made = self._made.get(as_of, {})
        return nw.from_native(made[HABITS].lazy()) if made else super().habits(as_of=as_of)

    def facts(self, *, as_of: date) -> nw.LazyFrame:
        """Return the sums of the book's figures, as the other engine says where it was asked."""
        made = self._made.get(as_of, {})
        return nw.from_native(made[FACTS].lazy()) if FACTS in made else super().facts(as_of=as_of)

    def _night(self, as_of: date) -> Mapping[str, pl.DataFrame]:
        company, place = self.company, Path(settings.DATA_DIR) / "nights"
        place.mkdir(parents=True, exist_ok=True)
        only = (HABITS, FACTS) if is_big(company) else (HABITS,)
        night = Night(as_of=as_of, home=company.currency, country=company.country)
        with tempfile.TemporaryDirectory(dir=place, prefix=f"company-{company.pk}-") as name:
            folder = Path(name)
            _write(self.whole(), folder)
            told = {"master": self._engine.master} if self._engine.master else {}
            with closing(backends.open(self._engine.backend, folder, **told)) as backend:
                write_results(backend, night, only=only)
                out = backend.folders.out
            return {name: _read(Folders(out).files(name)) for name in only}


def _write(ledger: Ledger, folder: Path) -> None:
    """Write the tables of the ledger, each `NAME.parquet`."""
    for name in Ledger.__dataclass_fields__:
        rows: pl.DataFrame = getattr(ledger, name).collect(backend="polars").to_native()
        rows.write_parquet(folder / f"{name}.parquet")


def _read(files: list[Path]) -> pl.DataFrame:
    """Return a result; whole numbers of 128 bits come back as such."""
    wide = pl.selectors.decimal().cast(pl.Int128)
    return pl.read_parquet(files, hive_partitioning=False).with_columns(wide)
