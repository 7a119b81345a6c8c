"""Risk classes on a day, as expected losses are measured by them."""

from datetime import date
from fractions import Fraction

from dunwell.engine.credit_classes import RiskClass
from dunwell.engine.provisions import expected_loss
from dunwell.models import Company
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.credit_ratings import ratings

PPM = 1_000_000
DEFAULTED = ", defaulted"


class RatedClasses:
    """In which class each customer is, and what one loses: PD x LGD, of a default LGD alone."""

    def __init__(self, company: Company, *, as_of: date) -> None:
        known = credit_policy_in_force(company, as_of=as_of).policy.classes
        self._table: dict[str, RiskClass] = {one.name: one for one in known.table}
        self._unscored = known.unscored
        rated = ratings(company, as_of=as_of, with_reasons=False)
        self._of = {key: one.risk_class for key, one in rated.items()}

    def bucket(self, customer_id: int, *, is_default: bool) -> str:
        """Return the class of a customer, told apart where the item has defaulted."""
        name = self._of.get(customer_id, self._unscored)
        name = name if name in self._table else self._unscored
        return f"{name}{DEFAULTED}" if is_default else name

    def rate(self, bucket: str) -> Fraction:
        """Return what of a bucket is lost."""
        one, pd_ppm = self._of_bucket(bucket)
        return expected_loss(pd_ppm=pd_ppm, lgd_ppm=one.lgd_ppm)

    def basis(self, bucket: str) -> str:
        """Return how the rate comes about, in figures."""
        one, pd_ppm = self._of_bucket(bucket)
        return f"PD {pd_ppm / 10_000:g} % x LGD {one.lgd_ppm / 10_000:g} %"

    def _of_bucket(self, bucket: str) -> tuple[RiskClass, int]:
        one = self._table[bucket.removesuffix(DEFAULTED)]
        return one, PPM if bucket.endswith(DEFAULTED) else one.pd_ppm
