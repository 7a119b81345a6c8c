"""Bank sheets that ask, as calls need them: one that waits, and a layout kept."""

from dunwell.actions.bank_files import receive_bank_file
from dunwell.actions.bank_layouts import answer_bank_file, ask_bank_file
from dunwell.actions.uploads import Upload
from dunwell.formats.bank.sheet_preview import sheet_header
from dunwell.formats.decisions import Decision
from dunwell.models import BankFile

QUESTION = Decision(
    file="waits.csv", part="", code="date_order", columns=("Date",), question="Day or month first?"
)


def keep_bank_layouts(company, actor, tag, *, at):
    """A sheet that waits for answers and a layout of another header; their keys."""
    waits = f"Date,Amount,Text {tag}\n03/04/2026,5.00,hello\n".encode()
    file = receive_bank_file(actor=actor, file=Upload(name="waits.csv", data=waits), at=at)
    header = sheet_header(waits, "waits.csv")
    ask_bank_file(actor=actor, file=file, decisions=[QUESTION], header=header, at=at)
    other = f"Date,Amount,Other {tag}\n2026-03-04,5.00,hello\n".encode()
    known = receive_bank_file(actor=actor, file=Upload(name="other.csv", data=other), at=at)
    ask_bank_file(actor=actor, file=known, decisions=[QUESTION], header="", at=at)
    document = {"date_order": "dmy", "currency": "EUR", "account": "KTO-2"}
    answer_bank_file(actor=actor, file=known, version=0, document=document, at=at)
    # nothing is left that a look at the feeds would read
    BankFile.objects.filter(pk=known.pk).update(status=BankFile.Status.REFUSED)
    layout = company.bank_layouts.get(name="other.csv")
    return {"asking_file_id": file.pk, "layout_id": layout.pk}
