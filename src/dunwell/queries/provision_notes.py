"""The note on a provision: its tables as IFRS 7 and ASC 326 ask for them."""

from collections.abc import Sequence

from dunwell.engine.provisions import Hindsight
from dunwell.formats.provision_disclosure import (
    BUCKET,
    MINOR,
    POOL,
    SHARE,
    TEXT,
    WORD,
    NoteTable,
    ProvisionNote,
)
from dunwell.models import Company, ProvisionRun
from dunwell.queries.provision_hindsight import still_enforced
from dunwell.queries.provisions import ProvisionDetail, ProvisionLineRow, ProvisionRunRow, run_row

PPM = 1_000_000
IFRS9 = ProvisionRun.Standard.IFRS9
MOVES = ("charge", "release", "write_off", "recovery", "fx")
TAKEN = ("release", "write_off")
"""Movements that make the allowance smaller."""


def provision_note(company: Company, detail: ProvisionDetail, *, language: str) -> ProvisionNote:
    """Return the note on a run with the period before beside it; three queries."""
    row = detail.row
    run = (
        ProvisionRun.objects.select_related("company", "previous").defer("content").get(pk=row.id)
    )
    before = run_row(run.previous) if run.previous is not None else None
    since = run.previous.as_of if run.previous is not None else None
    pooled = [one for one in detail.lines if one.method != "individual"]
    named = [one for one in detail.lines if one.method == "individual"]
    is_ifrs = row.standard == IFRS9
    tables = [
        _matrix(pooled, "IFRS 7 35M, 35N" if is_ifrs else "ASC 326-20-50-6"),
        _moves(row, before, "IFRS 7 35H, 35I" if is_ifrs else "ASC 326-20-50-13"),
        _named(named),
        _rates(detail),
        _overlays(detail),
        NoteTable(
            name="enforced",
            columns=("line", "amount"),
            kinds=(WORD, MINOR),
            rows=(("enforced", still_enforced(run, since=since)),),
            reference="IFRS 7 35L" if is_ifrs else "",
        ),
    ]
    return ProvisionNote(
        company=company.name,
        language=language,
        as_of=row.as_of,
        standard=row.standard,
        status=row.status,
        currency=row.currency,
        is_posted=row.status == ProvisionRun.Status.POSTED,
        tables=tuple(tables),
    )


def hindsight_total(rows: Sequence[Hindsight]) -> Hindsight:
    """Return the sums over all lines."""
    names = ("gross_minor", "allowance_minor", "lost_minor", "paid_minor", "open_minor")
    sums = {name: sum(getattr(one, name) for one in rows) for name in names}
    return Hindsight(segment="", bucket="", **sums)


def _matrix(lines: Sequence[ProvisionLineRow], reference: str) -> NoteTable:
    """Return gross, rate and allowance by segment and bucket at home; they sum to the total."""
    sums: dict[tuple[str, str], list[int]] = {}
    for one in lines:
        found = sums.setdefault((one.segment, one.bucket), [0, 0])
        found[0] += one.home_gross_minor
        found[1] += one.home_allowance_minor
    rows = [
        (segment, bucket, gross, _share(allowance, gross), allowance)
        for (segment, bucket), (gross, allowance) in sums.items()
    ]
    gross, allowance = (sum(one[place] for one in sums.values()) for place in (0, 1))
    total = ("", "", gross, _share(allowance, gross), allowance)
    return NoteTable(
        name="matrix",
        columns=("segment", "bucket", "gross", "rate", "allowance"),
        kinds=(POOL, BUCKET, MINOR, SHARE, MINOR),
        rows=(*rows, total) if rows else (),
        has_total=bool(rows),
        reference=reference,
    )


def _moves(row: ProvisionRunRow, before: ProvisionRunRow | None, reference: str) -> NoteTable:
    """Return the roll-forward, what makes the allowance smaller below 0."""

    def signed(run: ProvisionRunRow | None, name: str) -> int | None:
        if run is None:
            return None
        minor: int = getattr(run, f"{name}_minor")
        return -minor if name in TAKEN else minor

    names = ("opening", *MOVES)
    rows = [(name, signed(row, name), signed(before, name)) for name in names]
    closing = ("closing", row.allowance_minor, before.allowance_minor if before else None)
    return NoteTable(
        name="moves",
        columns=("line", "now", "before"),
        kinds=(WORD, MINOR, MINOR),
        rows=(*rows, closing),
        has_total=True,
        reference=reference,
    )


def _named(lines: Sequence[ProvisionLineRow]) -> NoteTable:
    rows = [
        (one.customer_name, one.basis, one.home_gross_minor, one.home_allowance_minor)
        for one in lines
    ]
    return NoteTable(
        name="individual",
        columns=("segment", "reason", "gross", "allowance"),
        kinds=(TEXT, TEXT, MINOR, MINOR),
        rows=tuple(rows),
    )


def _rates(detail: ProvisionDetail) -> NoteTable:
    buckets = detail.tables["buckets"]
    rows = [
        (one["segment"], bucket, ppm, one["source"])
        for one in detail.tables["rates"]
        for bucket, ppm in zip(buckets, one["ppm"], strict=True)
    ]
    return NoteTable(
        name="rates",
        columns=("segment", "bucket", "rate", "source"),
        kinds=(POOL, BUCKET, SHARE, TEXT),
        rows=tuple(rows),
        reference="IFRS 7 35G" if detail.row.standard == IFRS9 else "ASC 326-20-50-11",
    )


def _overlays(detail: ProvisionDetail) -> NoteTable:
    rows = [
        (one["from_on"], scenario["name"], scenario["weight_ppm"], scenario["scalar_ppm"],
         f"{one['reason']} ({one['source']})")
        for one in detail.tables["overlays"]
        for scenario in one["scenarios"]
    ]  # fmt: skip
    return NoteTable(
        name="overlays",
        columns=("from_on", "scenario", "weight", "scalar", "reason"),
        kinds=(TEXT, TEXT, SHARE, SHARE, TEXT),
        rows=tuple(rows),
    )


def _share(part: int, whole: int) -> int | None:
    return part * PPM // whole if whole else None
