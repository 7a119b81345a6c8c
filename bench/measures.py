"""What is measured: each function does one piece of work and returns its cost and its counts.

Counts prove that the work was done; `problems`
name every count that is not what the oracle says.
"""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from django.db import connection

from bench.cost import Meter
from bench.desk import ladder, make_company, the_company
from bench.workload import AS_OF, Workload
from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.imports import start_import
from dunwell.actions.reminders import write_reminders
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.cli import main
from dunwell.engine.aging import aging
from dunwell.engine.dunning import REACHED
from dunwell.engine.items import open_items
from dunwell.engine.kpi_tables import kpi_table
from dunwell.formats.frames import kept
from dunwell.formats.ledger import read_ledger
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.imports import run_batch
from dunwell.models import Company, Message, MessageItem, OpenItem, WorklistEntry
from dunwell.queries.kpi_slices import derived_figures
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native, plan_contacts
from dunwell.queries.verify import verify_books

WORK_DAY = AS_OF + timedelta(days=2)
"""The Tuesday after the ledger's day: no holiday in any of its countries, data still fresh."""


@dataclass(slots=True)
class Result:
    """Cost of the work, counts that prove it, and what is wrong with them."""

    cost: dict[str, float]
    counts: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def expect(self, name: str, found: object, wanted: object) -> None:
        """Keep a count, and a problem when it is not what it has to be."""
        self.counts[name] = found
        if found != wanted:
            self.problems.append(f"{name} is {found}, expected {wanted}")


def read_files(load: Workload) -> Result:
    """Read the export's files: detection, typing, findings, control totals; no database."""
    with Meter() as meter:
        ledger = read_ledger(load.files, default_currency="EUR")
    result = Result(meter.cost())
    result.expect("decisions", len(ledger.decisions), 0)
    result.expect("items", ledger.items.height, load.oracle()["items"])
    result.counts |= {
        "rows_read": ledger.rows_read,
        "rows_refused": ledger.rows_refused,
        "findings": ledger.findings.height,
    }
    return result


def age_files(load: Workload) -> Result:
    """Answer `dunwell age FILE --as-of D --format json`."""
    text, errors = io.StringIO(), io.StringIO()
    arguments = ["age", str(load.items_file), "--as-of", AS_OF.isoformat(), "--format", "json"]
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(errors), Meter() as meter:
        code = main([*arguments, "--default-currency", "EUR"])
    result = Result(meter.cost())
    if code:
        result.problems.append(errors.getvalue().strip()[:300])
        return result
    told = json.loads(text.getvalue())["currencies"]
    wanted = load.oracle()
    result.expect("items", sum(row["items"] for row in told), wanted["items"])
    opened = {row["currency"]: row["open_minor"] for row in told}
    result.expect("open_minor", opened, wanted["open_minor"])
    return result


def prepare(load: Workload) -> Result:
    """Make the database and its company; not a measure."""
    with Meter() as meter:
        make_company(rates=load.rates_file)
    return Result(meter.cost())


def import_files(load: Workload) -> Result:
    """Import the files as a job does: upload, read, merge, post, project, findings."""
    return _import(load.files, load, is_new=True)


def import_again(load: Workload) -> Result:
    """Import the same rows from files that differ in one byte: every row is known already."""
    return _import(load.files, load, is_new=False)


def _import(paths: list[Path], load: Workload, *, is_new: bool) -> Result:
    company = the_company()
    actor = system(company)
    with Meter() as meter:
        at = clock.now()
        uploads = [Upload(name=path.name, data=path.read_bytes()) for path in paths]
        if not is_new:
            first, *others = uploads
            uploads = [Upload(name=first.name, data=first.data + b"\n"), *others]
        batch = receive_upload(actor=actor, files=uploads, at=at)
        start_import(actor=actor, batch=batch, at=at)
        batch = run_batch(batch_id=batch.pk, as_of=clock.today(company.zone), at=at)
    result = Result(meter.cost())
    if batch.error:
        result.problems.append(batch.error)
        return result
    wanted = load.oracle()
    counts = {name: value for name, value in batch.counts.items() if value}
    result.counts |= counts
    items = wanted["items"]
    result.expect("items_imported", counts.get("items_imported", 0), items if is_new else 0)
    if not is_new:
        result.expect("items_known", counts.get("items_known", 0), items)
        result.expect("allocations_added", counts.get("allocations_added", 0), 0)
    result.expect("open_minor", open_by_currency(company), wanted["open_minor"])
    return result


def open_by_currency(company: Company) -> dict[str, int]:
    """Return what is open in each currency, in minor units."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, CAST(SUM(open_minor) AS bigint) FROM dunwell_openitem "
            "WHERE company_id = %s GROUP BY currency ORDER BY currency",
            [company.pk],
        )
        return dict(cursor.fetchall())


def ageing(load: Workload) -> Result:
    """Age every customer's open items from the database: customer, currency, bucket."""
    company = the_company()
    with Meter() as meter:
        ledger = Books(company).still_open(as_of=WORK_DAY)
        rows = native(aging(open_items(ledger.items, ledger.allocations, as_of=WORK_DAY)))
    result = Result(meter.cost(), {"rows": rows.height})
    sums = rows.group_by("currency").agg(pl.col("open_minor").sum()).sort("currency")
    result.expect("open_minor", dict(sums.iter_rows()), load.oracle()["open_minor"])
    return result


def kpis(load: Workload) -> Result:
    """Work out every KPI of every currency from the whole ledger."""
    company = the_company()
    with Meter() as meter:
        values = kpi_table(Books(company).whole(), as_of=WORK_DAY, keep=kept)
    result = Result(meter.cost(), {"values": len(values)})
    currencies = {value.currency for value in values}
    result.expect("currencies", len(currencies), len(dict(load.oracle()["open_minor"])))  # type: ignore[call-overload]
    return result


def kpi_slices(load: Workload) -> Result:
    """Work out every figure of every part of the book, as the cycle keeps them."""
    company = the_company()
    with Meter() as meter:
        slices = derived_figures(Books(company), as_of=WORK_DAY)
    result = Result(meter.cost(), {"slices": len(slices)})
    whole = {one.currency for one in slices if one.dimension == "company" and one.currency}
    result.expect("currencies", len(whole), len(dict(load.oracle()["open_minor"])))  # type: ignore[call-overload]
    return result


def verify(load: Workload) -> Result:
    """Prove the books: every check of `dunwell verify`."""
    company = the_company()
    with Meter() as meter:
        verification = verify_books(company)
    result = Result(meter.cost(), {"checks": len(verification.proofs), "items": load.size})
    result.expect("broken", verification.broken, 0)
    return result


def reminders(load: Workload) -> Result:
    """Decide on every item and create the reminders: gate, reasons, texts, messages, audit."""
    result, decided = _reminders()
    result.expect("decided", decided, load.oracle()["reminders_due"])
    company = the_company()
    wanted = {row[0] for row in _owing(company)}
    messages = Message.objects.filter(company=company)
    got = set(messages.values_list("customer_id", flat=True))
    result.expect("messages", messages.count(), len(wanted))
    if got != wanted:
        result.problems.append(f"{len(got ^ wanted)} customers are not those of the oracle")
    result.counts["lines"] = MessageItem.objects.filter(message__company=company).count()
    return result


def reminders_again(load: Workload) -> Result:
    """Decide again on the same day: nothing is created."""
    company = the_company()
    before = Message.objects.filter(company=company).count()
    result, _ = _reminders()
    result.expect("messages", Message.objects.filter(company=company).count(), before)
    result.counts["items"] = load.size
    return result


def _reminders() -> tuple[Result, int]:
    """Return the cost, and how many items were decided on."""
    company = the_company()
    policy = ladder(days_later=(WORK_DAY - AS_OF).days)
    with Meter() as meter:
        plan = plan_contacts(
            company, books=Books(company), strategies=[policy.strategy], as_of=WORK_DAY
        )
        changed = write_reminders(
            actor=system(company), plan=plan, policies=[policy], at=clock.now()
        )
    decisions = dict(plan.decisions.group_by("decision").len().sort("decision").iter_rows())
    decided = plan.steps.filter(pl.col("state").is_in(REACHED)).height
    return Result(meter.cost(), {"changed": changed, "decisions": decisions}), decided


_OWING = """
SELECT customer_id FROM (
    SELECT o.customer_id, o.currency, SUM(
        CASE WHEN o.open_minor < 0 THEN o.open_minor
             WHEN o.due_on <= %s THEN o.open_minor - CASE
                 WHEN COALESCE(d.amount, 0) > o.open_minor THEN o.open_minor
                 ELSE COALESCE(d.amount, 0) END
             ELSE 0 END) AS net
    FROM dunwell_openitem o
    LEFT JOIN (SELECT item_id, SUM(amount_minor) AS amount FROM dunwell_dispute
               WHERE closed_on IS NULL GROUP BY item_id) d ON d.item_id = o.item_id
    WHERE o.company_id = %s GROUP BY o.customer_id, o.currency
) owed LEFT JOIN (
    SELECT p.customer_id, p.currency, SUM(p.amount_minor - COALESCE(u.used, 0)) AS spare
    FROM dunwell_payment p LEFT JOIN (
        SELECT payment_id, SUM(amount_minor) AS used FROM dunwell_allocation
        WHERE payment_id IS NOT NULL GROUP BY payment_id) u ON u.payment_id = p.id
    GROUP BY p.customer_id, p.currency
) cash USING (customer_id, currency)
WHERE net - CASE WHEN COALESCE(spare, 0) > 0 THEN spare ELSE 0 END > 0
  AND customer_id IN (SELECT customer_id FROM dunwell_contact
                      WHERE role = 'payables' AND is_primary AND email <> '')
GROUP BY customer_id
"""


def _owing(company: Company) -> list[tuple[int]]:
    """Return who owes overdue money after disputes, credits and cash, and can be written to."""
    with connection.cursor() as cursor:
        cursor.execute(_OWING, [AS_OF - timedelta(days=7), company.pk])
        return list(cursor.fetchall())


def cycle(_load: Workload) -> Result:
    """Run the day's cycle the first time."""
    result = _cycle(WORK_DAY)
    company = the_company()
    entries = WorklistEntry.objects.filter(company=company)
    ranks = list(entries.order_by("rank").values_list("rank", flat=True))
    result.expect("last_rank", ranks[-1:], [len(set(ranks))] if ranks else [])
    result.counts |= {
        "worklist": len(ranks),
        "messages": Message.objects.filter(company=company).count(),
        "items": OpenItem.objects.filter(company=company).count(),
    }
    return result


def cycle_again(load: Workload) -> Result:
    """Run the same day again: nothing changes."""
    result = _cycle(WORK_DAY)
    result.expect("changed", result.counts["changed"], 0)
    result.counts["items"] = load.size
    return result


def cycle_next_day(load: Workload) -> Result:
    """Run the day after: only what differs is written."""
    result = _cycle(WORK_DAY + timedelta(days=1))
    result.counts["items"] = load.size
    return result


def _cycle(day: date) -> Result:
    company = the_company()
    with Meter() as meter:
        done = run_cycle(company.pk, day)
    steps = {step.step: step.changed for step in done.steps}
    return Result(meter.cost(), {"changed": done.changed, "steps": steps})


MEASURES: dict[str, Callable[[Workload], Result]] = {
    "prepare": prepare,
    "read_files": read_files,
    "age_files": age_files,
    "import": import_files,
    "import_again": import_again,
    "ageing": ageing,
    "kpis": kpis,
    "kpi_slices": kpi_slices,
    "verify": verify,
    "reminders": reminders,
    "reminders_again": reminders_again,
    "cycle": cycle,
    "cycle_again": cycle_again,
    "cycle_next_day": cycle_next_day,
}
"""By name; pages are in `bench.pages`, the least each could cost in `bench.floors`."""
