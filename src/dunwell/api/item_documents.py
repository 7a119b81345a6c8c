"""/documents: papers of items, listed, kept, many at once by their names, and as bytes."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from dunwell.actions.gate import Refused
from dunwell.actions.item_documents import (
    FiledDocument,
    add_item_document,
    file_documents,
    remove_item_document,
)
from dunwell.actions.uploads import Upload, upload_path
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Created,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Problem,
    Word,
    answers,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Item, ItemDocument
from dunwell.queries.item_documents import ItemDocumentRow, item_document_rows
from dunwell.queries.pages import Page

router = Router(tags=["documents"])

DocumentKind = Literal["invoice", "order", "delivery", "contract", "correspondence", "other"]


class FiledFile(Schema):
    """What became of one file: the item it went to, or why to none."""

    name: str
    item_id: int | None
    number: str
    is_new: bool
    trouble: str


class DocumentsFiled(Schema):
    """What became of each file, in the order they came."""

    files: list[FiledFile]


@router.get("", response=answers(Page[ItemDocumentRow]))
def list_item_documents(
    request: ApiRequest,
    item_id: Key | None = None,
    customer_id: Key | None = None,
    kind: DocumentKind | Literal[""] = "",
    search: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ItemDocumentRow]:
    """List the papers of items, the newest first; sizes are bytes."""
    request.actor.require("ledger.view")
    return item_document_rows(
        request.actor.company,
        item_id=item_id,
        customer_id=customer_id,
        kind=kind,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.post("/items/{item_id}", response={**answers(Created, 201), 413: Problem})
@once
def new_item_document(
    request: ApiRequest,
    item_id: Id,
    files: File[list[UploadedFile]],
    kind: Annotated[DocumentKind, Form()] = "invoice",
) -> tuple[int, dict[str, Any]]:
    """Keep one file with an item; the same bytes of a kind again are the same document."""
    if len(files) != 1:
        raise Refused("Send one file for one item.")
    document = add_item_document(
        actor=request.actor,
        item=own(Item, request.actor, item_id),
        kind=kind,
        name=files[0].name or "file",
        data=files[0].read(),
        at=request.at,
    )
    return 201, {"id": document.pk}


@router.post("/filed", response={**answers(DocumentsFiled, 201), 413: Problem})
@once
def file_item_documents(
    request: ApiRequest,
    files: File[list[UploadedFile]],
    kind: Annotated[DocumentKind, Form()] = "invoice",
) -> tuple[int, dict[str, Any]]:
    """Keep files, or zips of them, with the items whose numbers stand in their names."""
    found = file_documents(
        actor=request.actor,
        files=_uploads(files),
        kind=kind,
        at=request.at,
    )
    return 201, {"files": [_filed(one) for one in found]}


@router.get(
    "/{item_document_id}/file",
    response=answers(None),
    openapi_extra=of_file("*/*", told="The bytes of the paper, of the type they were taken for."),
)
def get_item_document(request: ApiRequest, item_document_id: Id) -> HttpResponse:
    """Return the bytes of a paper."""
    request.actor.require("ledger.view")
    document = _there(request, item_document_id)
    path = upload_path(document.sha256)
    if not path.exists():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=document.media_type)
    response["Content-Disposition"] = f'attachment; filename="{document.name}"'
    return response


@router.post("/{item_document_id}/remove", response=answers(Done))
@once
def drop_item_document(request: ApiRequest, item_document_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a paper off its item; messages that carried it keep it."""
    document = own(ItemDocument, request.actor, item_document_id)
    remove_item_document(actor=request.actor, document=document, at=request.at)
    return 200, {"changed": 1}


def _uploads(files: list[UploadedFile]) -> list[Upload]:
    return [Upload(name=file.name or "file", data=file.read()) for file in files]


def _there(request: ApiRequest, key: int) -> ItemDocument:
    document = own(ItemDocument, request.actor, key)
    if document.removed_at is not None:
        raise Http404
    return document


def _filed(one: FiledDocument) -> dict[str, Any]:
    return {
        "name": one.name,
        "item_id": one.item_id,
        "number": one.number,
        "is_new": one.is_new,
        "trouble": one.trouble,
    }
