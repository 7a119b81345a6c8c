"""/bank: sheets that ask how they are read, the answers, and the layouts kept from them."""

from functools import partial
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.bank_layouts import answer_bank_file, forget_bank_layout
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import upload_path
from dunwell.api.auth import ApiRequest
from dunwell.api.bank import AT_ONCE_BYTES
from dunwell.api.fields import AnyCurrency, Body, Document, Done, Id, Plain, answers, own
from dunwell.api.writes import once
from dunwell.formats.bank.sheet_preview import SheetPreview, preview_sheet
from dunwell.jobs.background import begin
from dunwell.jobs.bank_files import read_received
from dunwell.models import BankFile, BankLayout
from dunwell.queries.bank_layouts import LayoutRow, layout_document, layout_rows, sheet_profile

router = Router(tags=["bank"])


class BankLayoutIn(Body):
    """How a sheet is read; what is left out stays to the file.

    `columns` maps a column to a field (empty: leave it out), `version` is how often the file was
    answered before. Without `keeps_account` each further file asks for its account.
    """

    version: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0
    columns: Document = Field(default_factory=dict)
    date_order: Literal["", "dmy", "mdy"] = ""
    decimal: Literal["", ".", ","] = ""
    signs: Literal["", "side", "signed", "reversed"] = ""
    currency: AnyCurrency = ""
    account: Annotated[Plain, Field(max_length=64)] = ""
    keeps_account: bool = True


@router.get("/files/{file_id}/sheet", response=answers(SheetPreview))
def show_bank_sheet(request: ApiRequest, file_id: Id) -> SheetPreview:
    """Show a sheet as it reads now: columns, open questions, first rows, control totals."""
    request.actor.require("ledger.view")
    file = own(BankFile, request.actor, file_id)
    try:
        content = upload_path(file.sha256).read_bytes()
    except FileNotFoundError as error:
        raise Refused(
            "The uploaded file is no longer in the data folder. Upload it again."
        ) from error
    known = file.profile or layout_document(request.actor.company, file.header)
    return preview_sheet(content, file.name, profile=sheet_profile(known))


@router.post("/files/{file_id}/answers", response=answers(Done))
@once
def answer_bank_sheet(
    request: ApiRequest, file_id: Id, body: BankLayoutIn
) -> tuple[int, dict[str, Any]]:
    """Answer what a sheet asks; it is read then, and so are the next files of its layout.

    Refused where an answer leaves a question open, a cell cannot be read so, or somebody
    answered meanwhile.
    """
    file = answer_bank_file(
        actor=request.actor,
        file=own(BankFile, request.actor, file_id),
        version=body.version,
        document=body.dict(exclude={"version", "keeps_account"}),
        keeps_account=body.keeps_account,
        at=request.at,
    )
    company = request.actor.company
    work = partial(read_received, company_id=company.pk, as_of=request.as_of, at=request.at)
    if file.size_bytes <= AT_ONCE_BYTES:
        work()
    else:
        begin(work, key=f"bank-{company.pk}")
    return 200, {"changed": 1}


@router.get("/layouts", response=answers(list[LayoutRow]))
def list_bank_layouts(request: ApiRequest) -> list[LayoutRow]:
    """List the layouts kept, with what was answered."""
    request.actor.require("ledger.view")
    return list(layout_rows(request.actor.company))


@router.post("/layouts/{layout_id}/forget", response=answers(Done))
@once
def forget_layout(request: ApiRequest, layout_id: Id) -> tuple[int, dict[str, Any]]:
    """Forget a layout: its next file asks again."""
    forget_bank_layout(
        actor=request.actor, layout=own(BankLayout, request.actor, layout_id), at=request.at
    )
    return 200, {"changed": 1}
