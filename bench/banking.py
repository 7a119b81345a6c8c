"""Bank money: a day's file read and recorded, then matched against the book, judged by its truth.

`match` is everything from reading the books to the written settlements and proposals. An answer
is exact when its best reading pays just what the line pays, item by item to the minor unit;
unrelated money is answered exactly when nothing is posted.
"""

import os

import polars as pl
from django.db import connection
from django.db.models import QuerySet

from bench.bank_day import LINES, BankDay, bank_day
from bench.cost import Meter
from bench.desk import the_company
from bench.measures import WORK_DAY, Result
from bench.workload import Workload
from dunwell import clock
from dunwell.actions.bank_files import receive_bank_file, record_bank_file
from dunwell.actions.gate import system
from dunwell.actions.uploads import Upload
from dunwell.formats.bank.reader import read_bank_file
from dunwell.jobs.matching import match_open
from dunwell.models import Item, MatchCase, MatchProposal

ITEM_STATUS = ("disputed", "legal_hold")
"""Reasons to hold what names its items for sure: a person decides, whatever the reading."""


def import_bank(load: Workload) -> Result:
    """Receive, read and record the bank file: statement, entries, payments, entry lines."""
    day = _day(load)
    actor, data = system(the_company()), day.file.read_bytes()
    with Meter() as meter:
        at = clock.now()
        upload = Upload(name=day.file.name, data=data)
        file = receive_bank_file(actor=actor, file=upload, at=at)
        read = read_bank_file(data, day.file.name)
        file = record_bank_file(actor=actor, file=file, read=read, as_of=WORK_DAY, at=at)
    result = _per_line(Result(meter.cost()), day)
    result.expect("entries", file.counts["entries"], len(day.truth))
    result.expect("payments", file.counts["payments"], len(day.truth))
    return result


def parse_bank(load: Workload) -> Result:
    """Read the file alone, nothing recorded."""
    day = _day(load)
    data = day.file.read_bytes()
    with Meter() as meter:
        read = read_bank_file(data, day.file.name)
    entries = sum(len(statement.entries) for statement in read.statements)
    return Result(meter.cost(), {"entries": entries})


def match_lines(load: Workload) -> Result:
    """Match every payment of the file against the whole book and write what comes of it."""
    company, day = the_company(), _day(load)
    with Meter() as meter:
        done = match_open(company_id=company.pk, as_of=WORK_DAY, at=clock.now())
    result = _per_line(Result(meter.cost()), day)
    result.counts |= {"posted": done.posted, "exceptions": done.exceptions, "held": done.held}
    result.counts |= _judged(day)
    result.expect("cases", _cases().filter(payment__number__in=list(day.truth)[:500]).count(),
                  min(len(day.truth), 500))  # fmt: skip
    return result


def join_references(_load: Workload) -> Result:
    """Join the payments' texts with the items' numbers once, both read before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.number, i.id FROM dunwell_item i "
            "JOIN dunwell_openitem o ON o.item_id = i.id WHERE i.company_id = %s",
            [the_company().pk],
        )
        items = pl.DataFrame(cursor.fetchall(), schema=["reference", "item"], orient="row")
        cursor.execute("SELECT id, reference FROM dunwell_payment WHERE method = 'bank'")
        payments = pl.DataFrame(cursor.fetchall(), schema=["payment", "reference"], orient="row")
    with Meter() as meter:
        found = payments.join(items, on="reference")
    return Result(meter.cost(), {"rows": found.height})


def _day(load: Workload) -> BankDay:
    return bank_day(load, int(os.environ.get("BENCH_LINES", str(LINES))))


def _per_line(result: Result, day: BankDay) -> Result:
    lines = len(day.truth)
    result.cost["ms_per_line"] = round(result.cost["cpu_s"] * 1_000 / lines, 3)
    result.counts["lines"] = lines
    return result


def _cases() -> QuerySet[MatchCase]:
    return MatchCase.objects.filter(company=the_company())


def _judged(day: BankDay) -> dict[str, int]:
    """Return how many lines are exact, posted right by themselves, posted wrong; and held."""
    numbers = dict(Item.objects.filter(company=the_company()).values_list("pk", "number"))
    best = {
        number: frozenset((numbers[key], amount) for key, amount in allocations)
        for number, allocations in MatchProposal.objects.filter(rank=1).values_list(
            "case__payment__number", "allocations"
        )
    }
    counts = dict.fromkeys(("exact", "hands_free", "wrong", "held_by_item"), 0)
    for number, status, reason in _cases().values_list("payment__number", "status", "reason"):
        if number not in day.truth:
            continue
        is_posted = status == MatchCase.Status.POSTED
        is_exact = best.get(number, frozenset()) == day.truth[number]
        if not day.truth[number]:
            is_exact = not is_posted
        counts["exact"] += is_exact
        counts["hands_free"] += is_posted and is_exact
        counts["wrong"] += is_posted and not is_exact
        counts["held_by_item"] += reason in ITEM_STATUS
    return counts


MEASURES = {"bank_import": import_bank, "match": match_lines}
FLOORS = {"bank_import": parse_bank, "match": join_references}
"""Each measure and its floor by name."""
