"""Payment terms in four languages to due days."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.terms import Terms, due_days, read_terms


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Net 30", 30), ("net30", 30), ("NT30", 30), ("N30", 30), ("n/30", 30), ("30", 30),
        ("30 days", 30), ("30 days net", 30), ("within 14 days", 14), ("30 Tage netto", 30),
        ("Zahlungsziel: 30 Tage", 30), ("innerhalb 14 Tagen ohne Abzug", 14),
        ("zahlbar innerhalb von 14 Tagen", 14), ("30 jours", 30), ("45 jours nets", 45),
        ("à 30 jours", 30), ("a 30 días", 30), ("60 días fecha factura", 60), ("due on receipt", 0),
        ("COD", 0), ("sofort", 0), ("sofort ohne Abzug", 0), ("à réception", 0), ("comptant", 0),
        ("al contado", 0), ("a la vista", 0),
    ],
)  # fmt: skip
def test_plain_terms_are_days_after_issue(text: str, days: int) -> None:
    assert read_terms(text) == Terms(days=days)


@pytest.mark.parametrize(
    ("text", "ppm", "within", "days"),
    [
        ("2/10 net 30", 20_000, 10, 30),
        ("2% 10, net 30", 20_000, 10, 30),
        ("1.5/10 n30", 15_000, 10, 30),
        ("14 Tage 2 % Skonto, 30 Tage netto", 20_000, 14, 30),
        ("3% 7 Tage, netto 30 Tage", 30_000, 7, 30),
    ],
)
def test_a_discount_is_kept_beside_the_net_days(
    text: str, ppm: int, within: int, days: int
) -> None:
    assert read_terms(text) == Terms(days=days, discount_ppm=ppm, discount_days=within)


ISSUED = date(2026, 1, 20)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("EOM", "2026-01-31"), ("EOM + 15", "2026-02-15"), ("end of month + 10", "2026-02-10"),
        ("30 EOM", "2026-02-28"), ("net 30 EOM", "2026-02-28"), ("30 jours fin de mois", "2026-02-28"),
        ("fin de mois + 30 jours", "2026-03-02"), ("30 Tage zum Monatsende", "2026-02-28"),
        ("30 jours fin de mois le 15", "2026-03-15"), ("15th prox", "2026-02-15"),
        ("31st prox", "2026-02-28"), ("10 MFI", "2026-02-10"), ("Net 30", "2026-02-19"),
        ("sofort", "2026-01-20"), ("NAA8", None), ("as agreed", None), ("999 days", None),
    ],
)  # fmt: skip
def test_due_days_follow_the_terms(text: str, due: str | None) -> None:
    issued = pl.Series([(ISSUED - date(1970, 1, 1)).days])
    found = due_days(pl.Series([text]), issued).cast(pl.Date).to_list()
    assert found == [None if due is None else date.fromisoformat(due)]


@given(st.dates(date(1980, 1, 1), date(2090, 1, 1)), st.integers(0, 365))
def test_due_is_never_before_issue(day: date, days: int) -> None:
    number = (day - date(1970, 1, 1)).days
    texts = [
        f"net {days}",
        f"{days} EOM",
        f"EOM + {days}",
        "15th prox",
        f"{days} jours fin de mois le 5",
    ]
    found = due_days(pl.Series(texts), pl.Series([number] * len(texts))).to_list()
    assert found[0] == number + days
    assert all(due >= number for due in found)
    assert all((date(1970, 1, 1) + timedelta(days=due + 1)).day == 1 for due in found[1:2])


@given(st.text(max_size=130))
def test_any_text_is_terms_or_none(text: str) -> None:
    assert read_terms(text) is None or isinstance(read_terms(text), Terms)
