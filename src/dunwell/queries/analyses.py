"""Which analysis a page shows: a kept one of the days asked for, or one made on the spot."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dunwell.models import Analysis, AnalysisPart, Company, Item
from dunwell.queries.analysis_parts import Part, analysis_parts
from dunwell.queries.ledgers import Books
from dunwell.queries.runs import first_item_on

LIVE_ITEMS = 2_000
"""Up to so many items an analysis is worked out while the page waits; larger books order it."""

MISSING, LIVE, NOTHING = "missing", "live", "nothing"
"""Beside the statuses of a kept one: not there, worked out for this page, no item by the day."""

NEW_MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAnalysis:
    """The analysis a page shows: its days, whether it is there, and where its parts are.

    `status` is a status of `models.Analysis`, or MISSING, LIVE, NOTHING; parts are there when
    `is_there`. `since` equals `as_of` where one day is looked at.
    """

    kind: str
    as_of: date
    since: date
    status: str
    finished_at: datetime | None = None
    error: str = ""
    analysis_id: int | None = None
    live: tuple[Part, ...] = field(default=(), repr=False)

    @property
    def is_there(self) -> bool:
        """Return whether there is a result to show."""
        return self.status in (Analysis.Status.DONE, LIVE)

    @property
    def is_under_way(self) -> bool:
        """Return whether it is being worked out."""
        return self.status in (Analysis.Status.WAITING, Analysis.Status.RUNNING)

    def parts(
        self, section: str, *, currency: str = "", dimension: str = "", key: str | None = None
    ) -> list[Part]:
        """Return the parts of a section, of everything where a choice is left out; one query."""
        if not self.is_there:
            return []
        if self.analysis_id is None:
            return [
                part
                for part in self.live
                if part.section == section
                and currency in ("", part.currency)
                and dimension in ("", part.dimension)
                and key in (None, part.key)
            ]
        kept = AnalysisPart.objects.filter(analysis=self.analysis_id, section=section)
        if currency:
            kept = kept.filter(currency=currency)
        if dimension:
            kept = kept.filter(dimension=dimension)
        if key is not None:
            kept = kept.filter(key=key)
        return [
            Part(section=section, currency=c, dimension=d, key=k, content=content)
            for c, d, k, content in kept.order_by("currency", "dimension", "key").values_list(
                "currency", "dimension", "key", "content"
            )
        ]

    def currencies(self, section: str) -> list[str]:
        """Return the currencies a section has, in order; one query."""
        if self.analysis_id is None:
            return sorted({part.currency for part in self.live if part.section == section})
        kept = AnalysisPart.objects.filter(analysis=self.analysis_id, section=section)
        return list(kept.order_by("currency").values_list("currency", flat=True).distinct())

    def keys(self, section: str, *, dimension: str) -> list[str]:
        """Return the slices of a dimension a section has, in order; one query."""
        if self.analysis_id is None:
            parts = (p for p in self.live if p.section == section and p.dimension == dimension)
            return sorted({part.key for part in parts})
        kept = AnalysisPart.objects.filter(
            analysis=self.analysis_id, section=section, dimension=dimension
        )
        return list(kept.order_by("key").values_list("key", flat=True).distinct())


def shown_analysis(
    company: Company, *, kind: str, today: date, as_of: date | None, since: date | None
) -> ShownAnalysis:
    """Return the analysis to show of a kind; the latest kept one where no day is asked for.

    A comparison without an earlier day starts at the end of the month before. A day that has not
    come counts as today.
    """
    day = None if as_of is None else min(as_of, today)
    if day is None:
        latest = Analysis.objects.filter(
            company=company, kind=kind, status=Analysis.Status.DONE, as_of__lte=today
        )
        if since is not None and kind != Analysis.Kind.BOOK:
            latest = latest.filter(since_on=since)
        found = latest.order_by("-as_of", "-since_on").first()
        if found is not None:
            return _kept(found)
        day = today
    start = day if kind == Analysis.Kind.BOOK else _since(day, since)
    found = Analysis.objects.filter(company=company, kind=kind, as_of=day, since_on=start).first()
    if found is not None:
        return _kept(found)
    first = first_item_on(company)
    if first is None or first > day:
        return ShownAnalysis(kind=kind, as_of=day, since=start, status=NOTHING)
    if _is_large(company):
        return ShownAnalysis(kind=kind, as_of=day, since=start, status=MISSING)
    parts = analysis_parts(company, Books(company), kind=kind, as_of=day, since=start)
    return ShownAnalysis(kind=kind, as_of=day, since=start, status=LIVE, live=tuple(parts))


def kept_analyses(company: Company) -> list[ShownAnalysis]:
    """Return the newest analyses that are kept or under way, newest day first."""
    found = Analysis.objects.filter(company=company).order_by("-as_of", "kind", "-since_on")
    return [_kept(one) for one in found[:NEW_MOST]]


def _kept(found: Analysis) -> ShownAnalysis:
    return ShownAnalysis(
        kind=found.kind,
        as_of=found.as_of,
        since=found.since_on,
        status=found.status,
        finished_at=found.finished_at,
        error=found.error,
        analysis_id=found.pk,
    )


def _since(day: date, since: date | None) -> date:
    """Return the earlier day, the end of the month before unless one before the day is given."""
    if since is not None and since < day:
        return since
    return day.replace(day=1) - timedelta(days=1)


def _is_large(company: Company) -> bool:
    ids = Item.objects.filter(company=company).order_by("id").values_list("id", flat=True)
    return bool(ids[LIVE_ITEMS : LIVE_ITEMS + 1])
