"""What became of a bank file: how many of its entries, as they stand now."""

from datetime import timedelta

from dunwell.actions.bank_entries import decide_entry
from dunwell.actions.gate import staff
from dunwell.models import BankEntry, Payment
from dunwell.queries.bank import file_card
from dunwell.templatetags.bank import count_words
from tests.actions.bank_rows import MONDAY, line, read, sta
from tests.conftest import AT, TODAY

TUESDAY = MONDAY + timedelta(days=1)


def test_a_file_tells_what_was_decided_about_its_entries_since_it_was_read(company, clerk):
    read(company, sta(1, 0, line(50_00, "Acme", "a"), line(50_00, "Beta", "b")))
    back = line(-50_00, "Beta", "b", on=TUESDAY, e2e="X")
    file = read(company, sta(2, 100_00, back, on=TUESDAY))
    before = {"Statements": 1, "Entries": 1, "Not from a customer": 1}
    assert counted(company, file) == before

    decide_entry(
        actor=staff(clerk, company),
        entry=BankEntry.objects.get(amount_minor=-50_00),
        treatment="return",
        payment=Payment.objects.get(payer="Beta"),
        as_of=TODAY,
        at=AT,
    )
    assert counted(company, file) == {"Statements": 1, "Entries": 1, "Payments taken back": 1}


def counted(company, file):
    return dict(count_words(file_card(company, file.pk).counts))
