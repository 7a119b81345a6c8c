"""How an import's files are read: roles and columns, open questions, saved profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.imports import save_profile, set_profile
from dunwell.actions.uploads import upload_path
from dunwell.formats.profile import ALL_OPEN, DATE_ORDERS, DECIMALS
from dunwell.formats.roles import ROLE_FIELDS
from dunwell.jobs.imports import check_batch
from dunwell.models import ImportBatch, ImportProfile
from dunwell.queries.import_batches import header_hash
from dunwell.queries.import_previews import (
    LARGEST,
    BothReadings,
    ImportPreview,
    both_readings,
    columns_as,
    head_of,
)
from dunwell.web.answers import done, refused
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Heads = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnView:
    """One column of a file: what it was taken for, how sure, why, and some of its values."""

    place: int
    column: str
    field: str
    confidence: int
    reason: str
    content: str
    samples: tuple[str, ...]

    @property
    def tone(self) -> str:
        """Return how the confidence is coloured; the number beside it says it."""
        if not self.field:
            return ""
        return "chip-good" if self.confidence >= 85 else "chip-warn"  # noqa: PLR2004 -- a full match


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """An open question about a table, with the answers and what each would mean."""

    code: str
    text: str
    options: tuple[str, ...]
    examples: tuple[str, ...]
    column: str
    readings: tuple[BothReadings, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableView:
    """One table of the files with everything that can be corrected about it."""

    place: int
    file: str
    part: str
    role: str
    reason: str
    rows: int
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ColumnView, ...]
    fields: tuple[str, ...]
    missing: tuple[str, ...]
    questions: tuple[Question, ...]
    date_order: str
    decimal: str

    @property
    def asks(self) -> frozenset[str]:
        """Return the kinds of question that are open."""
        return frozenset(question.code for question in self.questions)


def file_heads(batch: ImportBatch) -> list[tuple[str, bytes | None]]:
    """Return the beginnings of a batch's files, None for one that can only be read whole."""
    heads: list[tuple[str, bytes | None]] = []
    for file in batch.files:
        path = upload_path(file["sha256"])
        try:
            with path.open("rb") as source:
                data = source.read(LARGEST)
        except OSError:
            heads.append((file["name"], None))
        else:
            heads.append((file["name"], head_of(data, is_whole=file["size"] <= LARGEST)))
    return heads


def table_views(batch: ImportBatch, heads: Heads, preview: ImportPreview) -> tuple[TableView, ...]:
    """Return the tables found in a batch's files, in the order of the files."""
    return tuple(
        _table_view(batch, heads, preview, place, table)
        for place, table in enumerate(batch.detected)
    )


@needs("items.import")
@require_POST
def import_map(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Read the files again as the person says; an answer is part of how they are read."""
    batch = get_object_or_404(ImportBatch, pk=batch_id, company=request.actor.company)
    back = reverse("import", args=[batch.pk])
    try:
        batch = set_profile(
            actor=request.actor,
            batch=batch,
            document=_document(request, batch),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    check_batch(batch_id=batch.pk, at=clock.now())
    return redirect(back)


@needs("profile.save")
@require_POST
def import_profile(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Keep how the files are read under a name, for the next export of the same system."""
    batch = get_object_or_404(ImportBatch, pk=batch_id, company=request.actor.company)
    back = reverse("import", args=[batch.pk])
    name = request.POST.get("name", "").strip()
    try:
        save_profile(
            actor=request.actor,
            name=name,
            document=_as_read(batch),
            header_hash=header_hash(batch.detected),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Profile %(name)s is kept.") % {"name": name}, back=back)


def _table_view(
    batch: ImportBatch,
    heads: Heads,
    preview: ImportPreview,
    place: int,
    table: Mapping[str, Any],
) -> TableView:
    key = (table["file"], table["part"])
    samples = preview.samples.get(key, {})
    told = batch.profile.get("roles", {}).get(table["role"], {})
    mine = [one for one in batch.decisions if (one["file"], one["part"]) == key]
    undecided = {name for one in mine if one["code"] == "date_order" for name in one["columns"]}
    return TableView(
        place=place,
        file=table["file"],
        part=table["part"],
        role=table["role"],
        reason=table["reason"],
        rows=table["rows"],
        facts=tuple(
            (name, str(value))
            for name, value in table["detected"].items()
            if name.removeprefix("dates of ") not in undecided
        ),
        columns=tuple(
            ColumnView(
                place=number,
                column=match["column"],
                field=match["field"],
                confidence=match["confidence"],
                reason=match["reason"],
                content=match["content"],
                samples=samples.get(match["column"], ()),
            )
            for number, match in enumerate(table["columns"])
        ),
        fields=ROLE_FIELDS.get(table["role"], ()),
        missing=tuple(table["missing"]),
        questions=tuple(_question(batch, heads, decision) for decision in mine),
        date_order=told.get("date_order", "") or batch.profile.get("date_order", ""),
        decimal=told.get("decimal", "") or batch.profile.get("decimal", ""),
    )


def _question(batch: ImportBatch, heads: Heads, decision: Mapping[str, Any]) -> Question:
    column = next(iter(decision["columns"]), "")
    readings: tuple[BothReadings, ...] = ()
    if decision["code"] == "date_order":
        readings = both_readings(
            heads,
            profile=batch.profile,
            file=decision["file"],
            part=decision["part"],
            column=column,
        )
    return Question(
        code=decision["code"],
        text=decision["question"],
        options=tuple(decision["options"]),
        examples=tuple(decision["examples"]),
        column=column,
        readings=readings,
    )


def _document(request: StaffRequest, batch: ImportBatch) -> dict[str, Any]:
    """Return the profile a form asks for: a saved one, or the present one with its changes.

    Raises Refused for a saved profile that does not exist.
    """
    typed = request.POST
    if typed.get("profile"):
        saved = ImportProfile.objects.filter(
            company=request.actor.company, pk=read_key(typed["profile"]) or 0
        ).first()
        if saved is None:
            raise Refused(gettext("This profile does not exist any more; choose another."))
        return dict(saved.document)
    document = dict(batch.profile)
    currency = typed.get("default_currency")
    if currency is not None:
        document["default_currency"] = currency.strip().upper()
        # a box that is not ticked is not sent
        document[ALL_OPEN] = "lists_all_open" in typed
    roles = {name: dict(told) for name, told in document.get("roles", {}).items()}
    for place, table in enumerate(batch.detected):
        _apply(roles, typed, place, table, batch)
    kept = {name: told for name, told in roles.items() if told}
    return {
        **{name: value for name, value in document.items() if value and name != "roles"},
        **({"roles": kept} if kept else {}),
    }


def _apply(
    roles: dict[str, dict[str, Any]],
    typed: QueryDict,
    place: int,
    table: Mapping[str, Any],
    batch: ImportBatch,
) -> None:
    """Put what the form says about one table into the roles of a profile."""
    role = typed.get(f"role-{place}", table["role"])
    if role not in ROLE_FIELDS:
        role = table["role"]
    columns = {match["column"]: match["field"] for match in table["columns"]}
    if role != table["role"]:
        # another role has other fields: recognise the columns anew, the person corrects then
        chosen = columns_as(
            file_heads(batch),
            profile=batch.profile,
            file=table["file"],
            part=table["part"],
            role=role,
        ) or dict.fromkeys(columns, "")
        _forget(roles.get(table["role"], {}), columns)
    else:
        chosen = {
            column: typed.get(f"field-{place}-{number}", field)
            for number, (column, field) in enumerate(columns.items())
        }
        chosen = {
            column: field if field in ROLE_FIELDS[role] else "" for column, field in chosen.items()
        }
    told = roles.setdefault(role, {})
    if chosen != columns or role != table["role"]:
        told["columns"] = {**told.get("columns", {}), **chosen}
    for name, allowed in (("date_order", DATE_ORDERS), ("decimal", DECIMALS)):
        value = typed.get(f"{name}-{place}")
        if value is not None and value in allowed:
            told[name] = value
            if not value:
                del told[name]


def _forget(told: dict[str, Any], columns: Mapping[str, str]) -> None:
    left = {name: field for name, field in told.get("columns", {}).items() if name not in columns}
    if left:
        told["columns"] = left
    else:
        told.pop("columns", None)


def _as_read(batch: ImportBatch) -> dict[str, Any]:
    """Return the profile that reads such files again as they were read."""
    document = {name: value for name, value in batch.profile.items() if name != "roles"}
    roles = {name: dict(told) for name, told in batch.profile.get("roles", {}).items()}
    for table in batch.detected:
        role = table["role"]
        if role == "other" or role not in ROLE_FIELDS:
            continue
        told = roles.setdefault(role, {})
        found = {match["column"]: match["field"] for match in table["columns"] if match["field"]}
        told["columns"] = {**found, **told.get("columns", {})}
    return {**document, "roles": roles}
