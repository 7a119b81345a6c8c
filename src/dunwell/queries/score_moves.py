"""How customers moved between the bands of their score in 30 days, as a table of counts."""

from dataclasses import dataclass

from django.db.models import Count, Q

from dunwell.models import Company, CustomerScore
from dunwell.queries.kept_sums import of_large


@dataclass(frozen=True, kw_only=True, slots=True)
class BandMove:
    """Customers now in `band` that were in `before` 30 days ago; `before` is empty for new ones.

    `steps` is how many bands they fell, below 0 for a rise.
    """

    before: str
    band: str
    customers: int
    steps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreMoves:
    """Every move, all pairs of bands filled up with 0, and what asks for attention."""

    moves: tuple[BandMove, ...]
    customers: int
    alarms: int
    warned: int

    @property
    def fallen(self) -> int:
        """Return how many customers lie in a worse band than before."""
        return sum(move.customers for move in self.moves if move.steps > 0)

    @property
    def risen(self) -> int:
        """Return how many customers lie in a better band than before."""
        return sum(move.customers for move in self.moves if move.steps < 0)


@of_large
def score_moves(company: Company) -> ScoreMoves:
    """Return the table of moves of all customers that have a score, in two queries."""
    scores = CustomerScore.objects.filter(company=company)
    rows = scores.order_by("band_before", "band").values_list("band_before", "band")
    counts = {(before, band): n for before, band, n in rows.annotate(n=Count("customer"))}
    totals = scores.aggregate(
        customers=Count("customer"),
        alarms=Count("customer", filter=Q(is_alarm=True)),
        warned=Count("customer", filter=~Q(warnings=[])),
    )
    bands = CustomerScore.Band.values
    moves = [
        BandMove(
            before=before,
            band=band,
            customers=counts.get((before, band), 0),
            steps=bands.index(band) - bands.index(before) if before else 0,
        )
        for before in (*bands, "")
        for band in bands
    ]
    return ScoreMoves(moves=tuple(moves), **totals)
