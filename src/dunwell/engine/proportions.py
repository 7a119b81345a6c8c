"""How sure a share of counted cases is: Wilson's interval, the one shown everywhere."""

from math import sqrt


def wilson(right: int, cases: int, *, z: float) -> tuple[float, float]:
    """Return the lower and upper end of the share `right` of `cases`; 0 and 1 without a case.

    `z` is the normal quantile of the confidence wanted: 1.96 for 95 % on both sides, 1.645 on one.
    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference.
    """
    if not cases:
        return 0.0, 1.0
    share = right / cases
    middle = share + z * z / (2 * cases)
    spread = z * sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    whole = 1 + z * z / cases
    return max((middle - spread) / whole, 0.0), min((middle + spread) / whole, 1.0)
