"""/benchmarks: own past, own segments, and figures of industries with their source."""

from typing import Annotated, Any

from ninja import File, Router, Schema, UploadedFile
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.industry_figures import (
    add_industry_figure,
    import_industry_figures,
    withdraw_industry_figure,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    AnyCurrency,
    Body,
    Created,
    Day,
    Done,
    Id,
    Plain,
    Word,
    answers,
    only_file,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.industry_rows import IndustryFileError, read_industry_figures
from dunwell.models import IndustryFigure
from dunwell.queries.benchmarks import (
    HistoryRow,
    IndustryRow,
    SegmentTable,
    history_rows,
    industry_rows,
    segment_table,
)

router = Router(tags=["analyses"])


class IndustryFigureIn(Body):
    """A published figure; `value` is decimal text in the unit of the KPI's catalogue."""

    kpi: Annotated[Plain, Field(max_length=40)]
    value: Annotated[Plain, Field(max_length=20)]
    industry: Word
    region: Word
    period: Annotated[Plain, Field(max_length=40)]
    source: Annotated[Plain, Field(max_length=300)]
    published_on: Day


class OwnBenchmarks(Schema):
    """The company beside its own months, and its segments against each other."""

    currency: str
    history: list[HistoryRow]
    segments: SegmentTable | None


@router.get("", response=answers(OwnBenchmarks))
def show_own_benchmarks(request: ApiRequest, currency: AnyCurrency = "") -> dict[str, Any]:
    """Return figures beside the twelve months before, and segments with enough customers."""
    request.actor.require("ledger.view")
    company = request.actor.company
    chosen = currency or company.currency
    return {
        "currency": chosen,
        "history": list(history_rows(company, currency=chosen, until=request.as_of)),
        "segments": segment_table(company, currency=chosen, until=request.as_of),
    }


@router.get("/industry-figures", response=answers(list[IndustryRow]))
def list_industry_figures(
    request: ApiRequest, currency: AnyCurrency = "", *, with_withdrawn: bool = False
) -> list[IndustryRow]:
    """List published figures beside ours of the last kept day, with source and date."""
    request.actor.require("ledger.view")
    company = request.actor.company
    rows = industry_rows(
        company,
        currency=currency or company.currency,
        until=request.as_of,
        with_withdrawn=with_withdrawn,
    )
    return list(rows)


@router.post("/industry-figures", response=answers(Created, 201))
@once
def new_industry_figure(request: ApiRequest, body: IndustryFigureIn) -> tuple[int, dict[str, Any]]:
    """Keep one published figure with its source."""
    found = add_industry_figure(
        actor=request.actor, as_of=request.as_of, at=request.at, **body.dict()
    )
    return 201, {"id": found.pk}


@router.post("/industry-figures/files", response=answers(Done, 201))
@once
def upload_industry_figures(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Keep the figures of one CSV or XLSX, all or none; those there already stay."""
    told = only_file(files)
    try:
        found = read_industry_figures(told["data"], told["name"])
    except IndustryFileError as refusal:
        raise Refused(str(refusal)) from refusal
    if found.problems:
        raise Refused(" ".join(found.problems[:10]))
    new = import_industry_figures(
        actor=request.actor, rows=found.rows, as_of=request.as_of, at=request.at
    )
    return 201, {"changed": new}


@router.post("/industry-figures/{figure_id}/withdraw", response=answers(Done))
@once
def end_industry_figure(request: ApiRequest, figure_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a figure out of every comparison; it stays on record."""
    figure = own(IndustryFigure, request.actor, figure_id)
    withdraw_industry_figure(actor=request.actor, figure=figure, at=request.at)
    return 200, {"changed": 1}
