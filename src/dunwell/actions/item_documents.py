"""Papers of items: kept under their hash, told by what is in them, many at once by their names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.uploads import Upload, keep_upload
from dunwell.formats.document_archive import ArchiveError, PackedFile, numbers_in, unpacked
from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.models import Item, ItemDocument

MOST_DOCUMENTS = 30
"""Papers of one item."""

MOST_AT_ONCE = 500
"""Files of one upload, those of archives counted one by one."""

KEYS_AT_ONCE = 500
Kind = ItemDocument.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledDocument:
    """What became of one file of an upload: the item it went to, or why to none."""

    name: str
    item_id: int | None
    number: str
    is_new: bool
    trouble: str


@transaction.atomic
def add_item_document(
    *, actor: Actor, item: Item, kind: str, name: str, data: bytes, at: datetime
) -> ItemDocument:
    """Keep a file with an item; the same bytes of a kind again are the same document.

    Raises Refused for another company's item, an unknown kind, a type that is not taken, and
    for more files than an item may have.
    """
    actor.require("document.edit")
    own(actor, item, "item")
    _check_kind(kind)
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    held = item.documents.filter(removed_at=None).count()
    document, is_new = _kept(actor, item, kind=kind, name=name, data=data, held=held, at=at)
    if is_new:
        _record(actor, "document.added", document, item, at=at)
    return document


@transaction.atomic
def file_documents(
    *, actor: Actor, files: Sequence[Upload], kind: str, at: datetime
) -> tuple[FiledDocument, ...]:
    """Keep many files with the items their names mean; return what became of each, in order.

    A zip counts file by file. A name that means no item, or several, leaves its file out with
    the reason. Sending the same again adds nothing. Raises Refused for a damaged archive, an
    unknown kind, and for more than MOST_AT_ONCE files.
    """
    actor.require("document.edit")
    _check_kind(kind)
    found = _unpacked(files)
    items = _items_by_number(actor, [file.name for file in found if not file.trouble])
    held: dict[int, int] = {}
    told: list[FiledDocument] = []
    added: list[dict[str, object]] = []
    for file in found:
        item, trouble = _meant(file, items)
        if item is None:
            told.append(_left_out(file.name, trouble))
            continue
        if item.pk not in held:
            held[item.pk] = item.documents.filter(removed_at=None).count()
        try:
            document, is_new = _kept(
                actor, item, kind=kind, name=file.name, data=file.data, held=held[item.pk], at=at
            )
        except Refused as refusal:
            told.append(_left_out(file.name, str(refusal)))
            continue
        held[item.pk] += is_new
        told.append(
            FiledDocument(
                name=file.name, item_id=item.pk, number=item.number, is_new=is_new, trouble=""
            )
        )
        if is_new:
            added.append({"item": item.pk, "name": document.name, "sha256": document.sha256})
    if added:
        record_event(actor, "documents.filed", actor.company, at=at, kind=kind, documents=added)
    return tuple(told)


@transaction.atomic
def remove_item_document(*, actor: Actor, document: ItemDocument, at: datetime) -> None:
    """Take a file off its item; its bytes stay, for messages it went out with.

    Taken off already, nothing changes. Raises Refused for another company's document.
    """
    actor.require("document.edit")
    own(actor, document, "document")
    rows = ItemDocument.objects.filter(pk=document.pk, removed_at=None)
    if rows.update(removed_at=at):
        _record(actor, "document.removed", document, document.item, at=at)


def _kept(
    actor: Actor, item: Item, *, kind: str, name: str, data: bytes, held: int, at: datetime
) -> tuple[ItemDocument, bool]:
    try:
        media_type = document_type(data)
    except DocumentTypeError as error:
        raise Refused(f"{name[:80]}: {error}") from error
    if held >= MOST_DOCUMENTS:
        raise Refused(f"{item.number} has {MOST_DOCUMENTS} documents already; remove one first.")
    return ItemDocument.objects.get_or_create(
        item=item,
        kind=kind,
        sha256=keep_upload(data, by=actor, at=at),
        removed_at=None,
        defaults={
            "company": actor.company,
            "name": safe_name(name, media_type),
            "media_type": media_type,
            "size_bytes": len(data),
            "by": actor.name,
            "recorded_at": at,
        },
    )


def _unpacked(files: Sequence[Upload]) -> list[PackedFile]:
    if not files:
        raise Refused("No file was sent. Choose one or several, or a zip of them.")
    found: list[PackedFile] = []
    try:
        for file in unpacked([(one.name, one.data) for one in files]):
            found.append(file)
            if len(found) > MOST_AT_ONCE:
                raise Refused(f"Send at most {MOST_AT_ONCE} files at once.")
    except ArchiveError as error:
        raise Refused(str(error)) from error
    return found


def _items_by_number(actor: Actor, names: Iterable[str]) -> Mapping[str, list[Item]]:
    """Return the company's items by the numbers that file names may mean."""
    asked = sorted({number for name in names for number in numbers_in(name)})
    found: dict[str, list[Item]] = {}
    for start in range(0, len(asked), KEYS_AT_ONCE):
        rows = Item.objects.filter(
            company=actor.company, number__in=asked[start : start + KEYS_AT_ONCE]
        )
        for item in rows.order_by("id"):
            found.setdefault(item.number, []).append(item)
    return found


def _meant(file: PackedFile, items: Mapping[str, list[Item]]) -> tuple[Item | None, str]:
    """Return the item a file belongs to: that of the longest number its name holds."""
    if file.trouble:
        return None, file.trouble
    known = [number for number in numbers_in(file.name) if number in items]
    if not known:
        return None, "no item has a number that stands in the file's name"
    longest = max(map(len, known))
    meant = {item.pk: item for number in known if len(number) == longest for item in items[number]}
    if len(meant) > 1:
        numbers = ", ".join(sorted({item.number for item in meant.values()}))
        return None, f"{len(meant)} items are meant by {numbers}; add the file at the item itself"
    return next(iter(meant.values())), ""


def _left_out(name: str, trouble: str) -> FiledDocument:
    return FiledDocument(name=name[:200], item_id=None, number="", is_new=False, trouble=trouble)


def _check_kind(kind: str) -> None:
    if kind not in Kind.values:
        raise Refused(f"There is no kind of document {kind!r}; use {', '.join(Kind.values)}.")


def _record(actor: Actor, verb: str, document: ItemDocument, item: Item, *, at: datetime) -> None:
    record_event(
        actor,
        verb,
        document,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        item_id=item.pk,
        kind=document.kind,
        name=document.name,
        sha256=document.sha256,
    )
