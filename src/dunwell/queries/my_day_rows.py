"""The rows behind each figure of a person's day: their amounts and numbers are the figure's."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from dunwell.models import Company, Promise, WorklistEntry
from dunwell.queries.calls import standing_calls
from dunwell.queries.my_day import (
    REACHED,
    cash_of_contacted,
    due_promises,
    due_tasks,
    failed_promises,
    own_drafts,
    own_entries,
    own_notes,
    put_to,
)
from dunwell.queries.promises import got_promises
from dunwell.queries.workforce import covered_users


@dataclass(frozen=True, kw_only=True, slots=True)
class DayRow:
    """One row behind a figure; `place` is where to look: (name of a page, key), empty for none.

    `what` says how it went or what kind it is, of a message its channel, of a payment its number;
    `on` is its day; an amount has its currency.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    what: str
    text: str
    on: date
    currency: str
    amount_minor: int | None
    place: tuple[str, int] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DayFigure:
    """A figure: its rows, and their sum by currency where they have amounts."""

    name: str
    rows: tuple[DayRow, ...]
    totals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Person:
    company: Company
    user_id: int | None
    name: str
    roles: Collection[str]
    users: list[int]
    as_of: date


def day_figure(
    company: Company,
    figure: str,
    *,
    user_id: int | None,
    person: str,
    roles: Collection[str],
    as_of: date,
    currency: str = "",
) -> DayFigure:
    """Return the rows of one of FIGURES, of one currency if named; KeyError for another name."""
    read = _FIGURES[figure]
    users = covered_users(company, user_id=user_id, as_of=as_of)
    asked = _Person(
        company=company, user_id=user_id, name=person, roles=roles, users=users, as_of=as_of
    )
    rows = tuple(row for row in read(asked) if not currency or row.currency == currency)
    totals: dict[str, int] = {}
    for row in rows:
        if row.amount_minor is not None:
            totals[row.currency] = totals.get(row.currency, 0) + row.amount_minor
    return DayFigure(name=figure, rows=rows, totals=tuple(sorted(totals.items())))


def _calls(asked: _Person, results: Collection[str] | None = None) -> Iterable[DayRow]:
    for call in standing_calls(asked.company, as_of=asked.as_of):
        if call.by == asked.name and (results is None or call.result in results):
            yield _row(call, what=call.get_result_display(), text=call.text, on=call.on)


def _reached(asked: _Person) -> Iterable[DayRow]:
    return _calls(asked, [*REACHED])


def _notes(asked: _Person) -> Iterable[DayRow]:
    notes = own_notes(asked.company, asked.name, as_of=asked.as_of).select_related("customer")
    for note in notes.order_by("id"):
        yield _row(note, what=note.get_kind_display(), text=note.text, on=note.on)


def _cash(asked: _Person) -> Iterable[DayRow]:
    money = cash_of_contacted(asked.company, asked.name, as_of=asked.as_of)
    for one in money.select_related("customer").order_by("currency", "-amount_minor", "id"):
        yield _row(
            one,
            what=one.number,
            text=one.reference,
            on=one.value_on,
            currency=one.currency,
            amount_minor=one.amount_minor,
            place=("payment", one.pk),
        )


def _owed(name: str) -> Callable[[_Person], Iterable[DayRow]]:
    """Return the reader of one amount of the worklist."""

    def rows(asked: _Person) -> Iterable[DayRow]:
        found: QuerySet[WorklistEntry] = own_entries(asked.company, asked.users)
        for entry in found.select_related("customer").order_by("rank").iterator():
            amount = int(getattr(entry, name))
            if amount:
                yield _row(
                    entry,
                    what="",
                    text="",
                    on=entry.as_of,
                    currency=entry.currency,
                    amount_minor=amount,
                )

    return rows


def _promises(found: QuerySet[Promise]) -> Iterable[DayRow]:
    told = found.select_related("customer").annotate(
        code=Coalesce("lines__item__currency", F("currency")),
        total=Sum(Coalesce("lines__amount_minor", F("amount_minor"))),
        n=Count("pk"),
    )
    for promise in told.order_by("due_on", "id"):
        values = vars(promise)
        yield _row(
            promise,
            what=promise.get_outcome_display(),
            text=promise.note,
            on=promise.due_on,
            currency=values["code"],
            amount_minor=int(values["total"]),
        )


def _got(asked: _Person) -> Iterable[DayRow]:
    return _promises(got_promises(asked.company, on=asked.as_of, person=asked.name))


def _due(asked: _Person) -> Iterable[DayRow]:
    return _promises(due_promises(asked.company, asked.users, as_of=asked.as_of))


def _failed(asked: _Person) -> Iterable[DayRow]:
    return _promises(failed_promises(asked.company, asked.users, as_of=asked.as_of))


def _tasks(asked: _Person) -> Iterable[DayRow]:
    tasks = due_tasks(asked.company, asked.users, as_of=asked.as_of).select_related("customer")
    for task in tasks.order_by("due_on", "id"):
        yield _row(task, what=task.get_kind_display(), text=task.reason, on=task.due_on)


def _drafts(asked: _Person) -> Iterable[DayRow]:
    drafts = own_drafts(asked.company, asked.users).select_related("customer")
    for message in drafts.order_by("as_of", "id"):
        yield _row(
            message,
            what=message.channel,
            text=message.subject,
            on=message.as_of,
            place=("message", message.pk),
        )


def _escalations(asked: _Person) -> Iterable[DayRow]:
    found = put_to(asked.company, user_id=asked.user_id, roles=asked.roles)
    for one in found.select_related("customer").order_by("answer_by_on", "id"):
        yield _row(
            one,
            what=one.get_kind_display(),
            text=one.reason,
            on=one.answer_by_on,
            place=("escalation", one.pk),
        )


_FIGURES: Mapping[str, Callable[[_Person], Iterable[DayRow]]] = {
    "calls": _calls,
    "reached": _reached,
    "notes": _notes,
    "promises": _got,
    "cash_in": _cash,
    "to_collect": _owed("to_collect_minor"),
    "promised": _owed("promised_minor"),
    "disputed": _owed("disputed_minor"),
    "dunned": _owed("dunned_minor"),
    "due_today": _due,
    "failed_today": _failed,
    "escalations": _escalations,
    "drafts": _drafts,
    "tasks": _tasks,
}
FIGURES = tuple(_FIGURES)
"""The figures of a day that have rows of their own; approvals have a page."""


def _row(
    record: Any,
    *,
    what: str,
    text: str,
    on: date,
    currency: str = "",
    amount_minor: int | None = None,
    place: tuple[str, int] | None = None,
) -> DayRow:
    customer = record.customer
    return DayRow(
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        what=str(what),
        text=text,
        on=on,
        currency=currency,
        amount_minor=amount_minor,
        place=place,
    )
