"""How past provisions came out: what was lost of what they were measured on."""

from collections.abc import Iterable
from datetime import date

import polars as pl
from django.db.models import Q

from dunwell.engine.money import part
from dunwell.engine.provisions import Hindsight, shares
from dunwell.models import Adjustment, Company, OpenItem, ProvisionLine, ProvisionRun
from dunwell.queries.provision_measures import read_content

KINDS = (Adjustment.Kind.WRITE_OFF, Adjustment.Kind.RECOVERY)


def hindsight(company: Company, run_id: int, *, as_of: date) -> tuple[Hindsight, ...]:
    """Return what became of each line's items since a run, at that run's exchange rates.

    Lost is what was written off after its day less what was recovered. Amounts are converted once
    a line, as on the run, so that they sum to what it was measured on; four queries.
    """
    run = ProvisionRun.objects.get(company=company, pk=run_id)
    content = read_content(run.content)
    lost = _minor(
        Adjustment.objects.filter(
            company=company, kind__in=KINDS, effective_on__gt=run.as_of, effective_on__lte=as_of
        ).values_list("item", "amount_minor"),
        "lost_minor",
    )
    still = _minor(
        OpenItem.objects.filter(company=company, open_minor__gt=0).values_list(
            "item", "open_minor"
        ),
        "open_minor",
    )
    # an item with parts that are due later stands in several lines: what became of it is shared
    whole = pl.col("gross_minor").sum().over("item_id")
    rows = (
        content.with_columns(whole_minor=whole)
        .join(lost, on="item_id", how="left")
        .join(still, on="item_id", how="left")
        .fill_null(0)
    )
    became: dict[int, list[int]] = {}
    for row in rows.iter_rows(named=True):
        gross = row["gross_minor"]
        of_item = [min(row[name], row["whole_minor"]) for name in ("lost_minor", "open_minor")]
        gone, left = (part(max(one, 0), gross, row["whole_minor"]) for one in of_item)
        left = min(left, gross - gone)
        of_line = became.setdefault(row["place"], [0, 0, 0])
        for place, minor in enumerate((gone, gross - gone - left, left)):
            of_line[place] += minor
    sums: dict[tuple[str, str], list[int]] = {}
    for line in ProvisionLine.objects.filter(run=run).order_by("place"):
        found = sums.setdefault((line.segment, line.bucket), [0, 0, 0, 0, 0])
        of_home = shares(line.home_gross_minor, became.get(line.place, (0, 0, 0)))
        for place, minor in enumerate(
            (line.home_gross_minor, *of_home, line.home_allowance_minor)
        ):
            found[place] += minor
    return tuple(
        Hindsight(
            segment=segment,
            bucket=bucket,
            gross_minor=found[0],
            lost_minor=found[1],
            paid_minor=found[2],
            open_minor=found[3],
            allowance_minor=found[4],
        )
        for (segment, bucket), found in sums.items()
    )


def still_enforced(run: ProvisionRun, *, since: date | None) -> int:
    """Return what was written off since a day up to a run and is still asked for (IFRS 7 35L).

    In minor units of the company's currency's items alone; nothing ends a claim but its payment.
    """
    found = Adjustment.objects.filter(
        Q(effective_on__gt=since) if since is not None else Q(),
        company=run.company,
        kind__in=KINDS,
        effective_on__lte=run.as_of,
        item__currency=run.currency,
    )
    return max(sum(found.values_list("amount_minor", flat=True)), 0)


def _minor(rows: Iterable[tuple[int, int]], name: str) -> pl.DataFrame:
    """Return sums of an amount by item as a frame."""
    frame = pl.DataFrame(list(rows), schema={"item_id": pl.Int64, name: pl.Int64}, orient="row")
    return frame.group_by("item_id").agg(pl.col(name).sum())
