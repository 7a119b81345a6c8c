"""Agencies as pages and the API show them: what they take, their people, and how they do."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q, Sum

from dunwell.engine.placement_scores import PlacedFact, ScoreCard, score_cards
from dunwell.models import Agency, AgencyReport, AgencySeat, Company
from dunwell.queries.placements import PlacementFilter

Kind = AgencyReport.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """The commission from an age in days past due on."""

    from_days: int
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyRow:
    """An agency or a lawyer; the smallest claim in the company's currency."""

    id: int
    name: str
    kind: str
    kind_label: str
    transport: str
    transport_label: str
    email: str
    countries: tuple[str, ...]
    least_minor: int
    demand_days: int
    tiers: tuple[Tier, ...]
    is_active: bool
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatRow:
    """A person of an agency who signs in here."""

    id: int
    user_id: int
    username: str
    email: str
    granted_by: str
    granted_on: date
    last_login_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyDetail:
    """An agency with its people and its score in every currency."""

    row: AgencyRow
    seats: tuple[SeatRow, ...]
    cards: tuple[ScoreCard, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredAgency:
    """An agency of the list with its score in every currency."""

    row: AgencyRow
    cards: tuple[ScoreCard, ...]


def agency_rows(company: Company) -> tuple[ScoredAgency, ...]:
    """Return every agency with its scores, those that still take something first; two queries."""
    cards = _cards(company)
    rows = Agency.objects.filter(company=company).order_by("-is_active", "name", "pk")
    return tuple(
        ScoredAgency(row=agency_row(agency), cards=cards.get(agency.pk, ())) for agency in rows
    )


def agency_detail(company: Company, agency_id: int) -> AgencyDetail | None:
    """Return one agency of the company, or None; three queries."""
    agency = Agency.objects.filter(company=company, pk=agency_id).first()
    if agency is None:
        return None
    seats = AgencySeat.objects.filter(agency=agency).select_related("user")
    return AgencyDetail(
        row=agency_row(agency),
        seats=tuple(_seat(seat) for seat in seats.order_by("user__username")),
        cards=_cards(company, agency_id=agency.pk).get(agency.pk, ()),
    )


def agency_row(agency: Agency) -> AgencyRow:
    """Return an agency as it is shown."""
    return AgencyRow(
        id=agency.pk,
        name=agency.name,
        kind=agency.kind,
        kind_label=str(Agency.Kind(agency.kind).label),
        transport=agency.transport,
        transport_label=str(Agency.Transport(agency.transport).label),
        email=agency.email,
        countries=tuple(agency.countries),
        least_minor=agency.least_minor,
        demand_days=agency.demand_days,
        tiers=tuple(
            Tier(from_days=tier["from_days"], rate_ppm=tier["rate_ppm"])
            for tier in agency.commission
        ),
        is_active=agency.is_active,
        version=agency.version,
    )


def _cards(
    company: Company, *, agency_id: int | None = None
) -> Mapping[int, tuple[ScoreCard, ...]]:
    """Return the scores of agencies from what they were handed and did not refuse; one query."""
    found = PlacementFilter(state="handed").rows(company)
    if agency_id is not None:
        found = found.filter(agency=agency_id)
    rows = found.annotate(
        gross=Sum("reports__gross_minor", default=0),
        kept=Sum("reports__commission_minor", default=0),
        owed=Sum("reports__commission_minor", filter=Q(reports__kind=Kind.DIRECT), default=0),
        first_on=Min("reports__reported_on", filter=Q(reports__gross_minor__gt=0)),
    ).values_list(
        *("agency", "currency", "age_days", "ended_as", "placed_minor"),
        *("gross", "kept", "owed", "transmitted_on", "first_on"),
    )
    facts: dict[int, list[PlacedFact]] = defaultdict(list)
    for agency, currency, age, ended_as, placed, gross, kept, owed, handed_on, first_on in rows:
        facts[agency].append(
            PlacedFact(
                currency=currency,
                age_days=age,
                ended_as=ended_as,
                placed_minor=placed,
                gross_minor=gross,
                commission_minor=kept,
                owed_minor=owed,
                handed_on=handed_on,
                first_money_on=first_on,
            )
        )
    return {agency: score_cards(placed) for agency, placed in facts.items()}


def _seat(seat: AgencySeat) -> SeatRow:
    last = seat.user.last_login
    return SeatRow(
        id=seat.pk,
        user_id=seat.user_id,
        username=seat.user.username,
        email=seat.user.email,
        granted_by=seat.granted_by,
        granted_on=seat.recorded_at.date(),
        last_login_on=last.date() if last else None,
    )
