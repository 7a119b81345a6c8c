"""What payers say they pay is read for the payments that wait, and for no others."""

import polars as pl
import pytest

from dunwell.models import MatchCase, Remittance, RemittanceLine
from dunwell.queries.match_remittances import remitted_lines
from tests.actions.match_desk import advised, case_of, money, run
from tests.conftest import AT, add_customer


@pytest.mark.parametrize(
    ("status", "is_read"),
    [
        ("exception", True),
        ("held", True),
        ("parked", False),
        ("posted", False),
        ("decided", False),
    ],
)
def test_lists_of_payments_that_are_done_are_not_read(company, status, is_read):
    add_customer(company, "K1")
    with_advice, with_list = money(company, "B1", 50_00), money(company, "B2", 60_00)
    remittance = Remittance.objects.create(
        company=company,
        payment=with_advice,
        name="a.pdf",
        sha256="0",
        format="pdf",
        recorded_at=AT,
    )
    RemittanceLine.objects.create(remittance=remittance, place=1, item_ref="R1", paid_minor=50_00)
    advised(with_list)
    asked = pl.DataFrame(
        [(one.pk, one.number, "EUR", "", "", "") for one in (with_advice, with_list)],
        schema=["id", "payment_id", "currency", "reference", "text", "end_to_end_id"],
        orient="row",
    )

    def read():
        rows = remitted_lines(company, asked).select("payment_id", "item_ref").rows()
        return sorted(rows)

    assert read() == [("B1", "R1"), ("B2", "R9")]
    run(company)
    keys = [case_of(one).pk for one in (with_advice, with_list)]
    MatchCase.objects.filter(pk__in=keys).update(status=status)
    assert read() == ([("B1", "R1"), ("B2", "R9")] if is_read else [])
