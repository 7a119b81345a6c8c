"""What is wrong with a file or a document reads in the language of who sent it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import BankFile, ImportBatch
from tests.actions.test_policies_by_kind import text

CUT_OFF = b":20:START\r\n:25:1234/5\r\n:28C:1/1\r\n:60F:nonsense\r\n-"


@pytest.fixture
def speaks(come_in):
    """Sign a person in who reads a language."""

    def signed_in(user, language):
        client = come_in(user)
        client.cookies["django_language"] = language
        return client

    return signed_in


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "line 4: &#x27;e&#x27; is no currency code of ISO 4217"),
        ("de", "Zeile 4: &#x27;e&#x27; ist kein Währungscode nach ISO 4217"),
    ],
)
def test_a_bad_bank_file(speaks, clerk, language, said):
    client = speaks(clerk, language)

    client.post("/bank/", {"files": [SimpleUploadedFile("monday.sta", CUT_OFF)]})

    file = BankFile.objects.get()
    assert said in client.get(f"/bank/files/{file.pk}/").text
    # a record does not depend on who looked
    assert "is no currency code of ISO 4217" in file.error


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "must be a whole number, found &#x27;x&#x27;"),
        ("de", "muss eine ganze Zahl sein, gefunden wurde &#x27;x&#x27;"),
    ],
)
def test_a_bad_policy_document(speaks, manager, language, said):
    asked = {"text": text(most="x"), "check": "1"}

    page = speaks(manager, language).post("/policies/authority/draft/", asked)

    assert page.status_code == 422 and 'data-line="6"' in page.text
    assert said in page.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "ledger.csv: is JSON, not a table. Export the ledger as CSV, XLSX or Parquet."),
        (
            "de",
            (
                "ledger.csv: ist JSON, keine Tabelle. "
                "Exportieren Sie die offenen Posten als CSV, XLSX oder Parquet."
            ),
        ),
    ],
)
def test_a_bad_table(speaks, clerk, language, said):
    client = speaks(clerk, language)

    client.post("/imports/", {"files": [SimpleUploadedFile("ledger.csv", b'{"a": 1}')]})

    batch = ImportBatch.objects.get()
    assert said in client.get(f"/imports/{batch.pk}/").text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Ask whoever sent it for the file as it left their system."),
        ("de", "Bitten Sie den Absender um die Datei, wie sie sein System verlassen hat."),
    ],
)
def test_a_bad_einvoice(speaks, clerk, language, said):
    bad = SimpleUploadedFile("bill.xml", b"<Invoice")

    page = speaks(clerk, language).post("/einvoices/", {"file": bad})

    assert said in page.text


ROWS = (
    b"Customer,Name,Invoice,Date,Due date,Currency,Amount\n"
    b"K1,Acme Ltd,R1,2026-01-05,2026-02-05,EUR,100.00\n"
    b"K1,Acme Ltd,R2,2026-01-05,2026-02-05,EUR,nonsense\n"
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "is not an amount. Correct it and import again"),
        ("de", "ist kein Betrag. Berichtigen Sie ihn und importieren Sie erneut"),
    ],
)
def test_a_finding_of_one_row(speaks, clerk, language, said):
    client = speaks(clerk, language)

    client.post("/imports/", {"files": [SimpleUploadedFile("ledger.csv", ROWS)]})

    batch = ImportBatch.objects.get()
    assert said in client.get(f"/imports/{batch.pk}/findings/").text
