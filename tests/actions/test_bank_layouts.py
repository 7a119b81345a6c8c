"""Bank sheets that ask: they wait, one clerk answers, the next file of the layout reads itself."""

import io
import zipfile

import pytest

from dunwell.actions.bank_files import receive_bank_file
from dunwell.actions.bank_layouts import answer_bank_file, forget_bank_layout
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.uploads import Upload
from dunwell.jobs.bank_files import read_file, read_received
from dunwell.models import BankAccount, BankEntry, BankFile, BankLayout, Event
from tests.actions.bank_rows import ACCOUNT, line, read, sta
from tests.actions.desk import acting
from tests.conftest import AT, TODAY

HEAD = "Date,Amount,Payer\n"
FIRST = f"{HEAD}03/01/2026,5.00,Acme\n04/01/2026,-2.50,Grocer\n".encode()
NEXT = f"{HEAD}05/01/2026,7.00,Acme\n".encode()
ANSWERS = {"date_order": "dmy", "currency": "EUR"}


def answer(user, file, **changes):
    told = {"version": 0, "document": ANSWERS, "at": AT, **changes}
    return answer_bank_file(actor=acting(user), file=file, **told)


def take_up(company):
    return read_received(company_id=company.pk, as_of=TODAY, at=AT)


def days():
    return [
        str(day) for day in BankEntry.objects.order_by("pk").values_list("booked_on", flat=True)
    ]


def test_a_sheet_that_leaves_a_question_open_waits_and_nothing_of_it_is_recorded(company):
    file = read(company, FIRST, "first.csv")
    assert (file.status, BankEntry.objects.count()) == ("asks", 0)
    assert file.error.startswith("first.csv: whole file: Dates such as 03/01/2026 fit day-month")
    event = Event.objects.get(verb="bank_file.asked")
    assert event.data["questions"] == ["date_order"]
    # the same bytes again are the same file
    assert read(company, FIRST, "again.csv").pk == file.pk
    assert BankFile.objects.count() == 1


def test_answers_read_the_file_and_the_next_of_its_layout_reads_by_itself(company, clerk):
    file = read(company, FIRST, "first.csv")
    answered = answer(clerk, file)
    assert (answered.status, answered.version, answered.answered_by) == ("received", 1, "carla")
    assert take_up(company) == 1
    assert days() == ["2026-01-03", "2026-01-04"]
    following = read(company, NEXT, "next.csv")
    assert (following.status, days()[-1]) == ("read", "2026-01-05")
    layout = BankLayout.objects.get()
    assert (layout.document, layout.name, layout.saved_by) == (ANSWERS, "first.csv", "carla")
    # the first file again adds nothing
    assert read(company, FIRST, "first.csv").pk == file.pk
    assert BankEntry.objects.count() == 3


def test_files_of_the_layout_that_wait_are_taken_up_with_the_first(company, clerk):
    first, second = read(company, FIRST, "a.csv"), read(company, NEXT, "b.csv")
    assert second.status == "asks"
    answer(clerk, first)
    assert take_up(company) == 2
    assert days() == ["2026-01-03", "2026-01-04", "2026-01-05"]


def test_the_second_of_two_clerks_is_told_who_was_first(company, clerk, manager):
    file = read(company, FIRST, "first.csv")
    answer(clerk, file)
    with pytest.raises(Refused, match="carla has answered for first.csv meanwhile"):
        answer(clerk, file, document={**ANSWERS, "date_order": "mdy"})
    take_up(company)
    with pytest.raises(Refused, match="was read already; its entries stay as they are"):
        answer(clerk, file, version=1)
    assert days() == ["2026-01-03", "2026-01-04"]
    with pytest.raises(Forbidden):
        answer(manager, file)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({}, "first.csv: Dates such as 03/01/2026 fit"),
        ({"date_order": "dmy"}, "the file tells no currency"),
        ({**ANSWERS, "date_order": "ymd"}, "date_order 'ymd' must be one of dmy, mdy"),
        (
            {**ANSWERS, "columns": {"Payer": "amount"}},
            "first.csv: whole file: the table holds no entries",
        ),
        (
            {**ANSWERS, "columns": {"Payer": "amount", "Amount": "amount"}},
            "Columns 'Payer' and 'Amount' are both taken for amount",
        ),
        ({**ANSWERS, "columns": {"Amount": ""}}, "No column of this table is known as the amount"),
        ({**ANSWERS, "account": "X" * 65}, "more than 64 characters"),
    ],
)
def test_answers_that_do_not_do_are_refused_and_change_nothing(company, clerk, document, sentence):
    file = read(company, FIRST, "first.csv")
    with pytest.raises(Refused, match=sentence):
        answer(clerk, file, document=document)
    file.refresh_from_db()
    assert (file.status, file.version, file.profile) == ("asks", 0, {})
    assert BankLayout.objects.count() == 0


def test_a_sheet_without_an_account_asks_where_there_are_several(company, clerk):
    read(company, sta(1, 0, line(1_00)))
    told = f"{HEAD}2026-01-15,5.00 EUR,Acme\n".encode()
    file = read(company, told, "told.csv")
    assert file.status == "asks" and "the file tells no account" in file.error
    with pytest.raises(Refused, match="Say which one it is of"):
        answer(clerk, file, document={})
    answer(clerk, file, document={"account": ACCOUNT}, keeps_account=False)
    take_up(company)
    assert BankEntry.objects.latest("pk").account == BankAccount.objects.get()
    # the account was not kept: only that is asked of the next
    after = read(company, told.replace(b"5.00", b"6.00"), "after.csv")
    assert after.status == "asks"
    answer(clerk, after, document={"account": ACCOUNT})
    take_up(company)
    assert read(company, told.replace(b"5.00", b"8.00"), "third.csv").status == "read"
    assert BankEntry.objects.filter(account__account=ACCOUNT).count() == 4


def test_a_kept_account_never_goes_before_what_the_file_tells(company, clerk):
    text = "Date,Amount,Payer,Account\n{day},5.00,Acme,{account}\n"
    file = read(company, text.format(day="03/01/2026", account="K1").encode(), "a.csv")
    answer(clerk, file, document={**ANSWERS, "account": "K9"})
    take_up(company)
    read(company, text.format(day="04/01/2026", account="K2").encode(), "b.csv")
    accounts = BankEntry.objects.order_by("pk").values_list("account__account", flat=True)
    assert list(accounts) == ["K1", "K2"]


def test_a_file_a_layout_does_not_fit_is_refused_and_can_be_answered(company, clerk):
    answer(clerk, read(company, FIRST, "first.csv"), document={**ANSWERS, "decimal": "."})
    take_up(company)
    odd = f'{HEAD}06/01/2026,"7,5",Acme\n07/01/2026,"1.000,50",Acme\n'.encode()
    file = read(company, odd, "odd.csv")
    assert file.status == "refused" and file.error.startswith("odd.csv: row 2, column Amount")
    answer(clerk, file, document={**ANSWERS, "decimal": ","})
    take_up(company)
    amounts = BankEntry.objects.order_by("pk").values_list("amount_minor", flat=True)
    assert list(amounts)[-2:] == [7_50, 1000_50]


def test_a_forgotten_layout_asks_again_and_what_was_read_stays(company, clerk, manager):
    answer(clerk, read(company, FIRST, "first.csv"))
    take_up(company)
    layout = BankLayout.objects.get()
    with pytest.raises(Forbidden):
        forget_bank_layout(actor=acting(manager), layout=layout, at=AT)
    forget_bank_layout(actor=acting(clerk), layout=layout, at=AT)
    with pytest.raises(Refused, match="does not exist any more"):
        forget_bank_layout(actor=acting(clerk), layout=layout, at=AT)
    assert read(company, NEXT, "next.csv").status == "asks"
    assert BankEntry.objects.count() == 2
    assert Event.objects.filter(verb="bank_layout.forgotten").count() == 1


def test_a_lost_file_cannot_be_answered_for(company, clerk, settings, tmp_path):
    file = receive_bank_file(actor=acting(clerk), file=Upload(name="first.csv", data=FIRST), at=AT)
    read_file(file_id=file.pk, as_of=TODAY, at=AT)
    settings.DATA_DIR = tmp_path / "elsewhere"
    with pytest.raises(Refused, match="no longer in the data folder"):
        answer(clerk, file)


def test_a_sheet_in_a_zip_reads_by_its_layout_and_is_asked_for_alone_without_one(company, clerk):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.csv", NEXT)
    file = read(company, packed.getvalue(), "all.zip")
    assert file.status == "refused" and "Send this sheet by itself, not in the zip" in file.error
    answer(clerk, read(company, FIRST, "first.csv"))
    take_up(company)
    again = read_file(file_id=file.pk, as_of=TODAY, at=AT)
    assert (again.status, days()[-1]) == ("read", "2026-01-05")


def test_a_payment_service_asks_for_the_order_of_days_only(company, clerk):
    report = (
        b"Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,"
        b"To Email Address,Transaction ID\n"
        b"03/01/2026,10:00:00,UTC,Acme,Payment,Completed,EUR,5.00,-0.50,4.50,a@x.example,"
        b"us@x.example,T1\n"
    )
    file = read(company, report, "paypal.csv")
    assert file.status == "asks"
    answer(clerk, file, document={"date_order": "dmy"})
    take_up(company)
    entry = BankEntry.objects.get()
    assert (str(entry.booked_on), entry.account.account) == ("2026-01-03", "us@x.example")
