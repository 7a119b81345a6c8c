"""Whether an action against a cause of disputes worked, by the interval of the drop."""

import pytest

from dunwell.engine.cause_effects import effect


def told(before, after, *, is_last=False):
    found = effect(
        cases_before=before[0],
        invoices_before=before[1],
        cases_after=after[0],
        invoices_after=after[1],
        is_last=is_last,
    )
    figures = (found.drop_ppm, found.low_ppm, found.high_ppm)
    return found.verdict, *(round(ppm / 100) for ppm in figures)


@pytest.mark.parametrize(
    ("before", "after", "is_last", "expected"),
    [
        # Newcombe 1998, table II, method 10, to its four digits
        ((56, 70), (48, 80), False, ("effective", 2_000, 524, 3_339)),
        ((9, 10), (3, 10), False, ("effective", 6_000, 1_705, 8_090)),
        ((5, 56), (0, 29), False, ("open", 893, -381, 1_926)),
        ((5, 56), (0, 29), True, ("not_effective", 893, -381, 1_926)),
        ((3, 10), (9, 10), False, ("not_effective", -6_000, -8_090, -1_705)),
        ((5, 50), (0, 0), False, ("open", 0, -10_000, 10_000)),
    ],
)
def test_the_drop_of_cases_per_invoice_with_its_interval(before, after, is_last, expected):
    assert told(before, after, is_last=is_last) == expected


def test_more_cases_than_invoices_are_counted_wrongly():
    with pytest.raises(ValueError, match="count each disputed invoice once"):
        told((2, 1), (0, 1))
