"""How documents were sent: the words of headers and cells, and what is no word for it."""

import pytest

from tests.formats.ledgers import HEADER, found, items, ledger

ROW = "A1,C1,2026-01-31,2026-03-02,12.50,EUR"


@pytest.mark.parametrize(
    ("header", "cell", "is_paper"),
    [
        ("PaperlessBill", "Paper", True),
        ("PaperlessBill", "Electronic", False),
        ("Paperless Bill", "yes", False),
        ("Paperless Bill", "no", True),
        ("Paper invoice", "yes", True),
        ("Paper invoice", "no", False),
        ("E-Invoice", "x", False),
        ("Delivery method", "E-mail", False),
        ("Delivery method", "Post", True),
        ("Versandart", "Brief", True),
        ("Versandart", "per E-Mail", False),
        ("Elektronische Rechnung", "nein", True),
        ("Mode d'envoi", "courrier", True),
        ("Factura electrónica", "sí", False),
        ("Forma de envío", "correo electrónico", False),
        ("PaperlessBill", "", None),
    ],
)
def test_paper_and_electronic_are_told_apart(
    header: str, cell: str, *, is_paper: bool | None
) -> None:
    read = ledger(f"{ROW},{cell}", header=f"{HEADER},{header}")

    assert (items(read, "is_paper"), found(read)) == ([(is_paper,)], [])


@pytest.mark.parametrize("cell", ["Mail", "DHL", "by ship"])
def test_what_says_neither_is_kept_as_not_known_and_said_once(cell: str) -> None:
    read = ledger(f"{ROW},{cell}\nA2{ROW[2:]},{cell}", header=f"{HEADER},Delivery method")

    assert items(read, "is_paper") == [(None,), (None,)]
    assert found(read, "row", "code", "value", "action") == [(2, "unknown_way", cell, "kept")]


@pytest.mark.parametrize("header", ["Delivery date", "Paper weight", "PaperlessDate"])
def test_other_headers_are_not_taken_for_it(header: str) -> None:
    read = ledger(f"{ROW},2026-01-31", header=f"{HEADER},{header}")

    assert items(read, "is_paper") == [(None,)]
    assert "is_paper" not in {one.field for one in read.tables[0].columns}
