"""What was kept long enough is erased, each kind after its own years; a legal hold stops it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import Model, QuerySet

from dunwell.actions.erased_rows import ERASED, left_of, replace_rows
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.models import Customer, Erasure
from dunwell.models.sealed import with_marks
from dunwell.queries.personal import (
    AFTER,
    BOOKS,
    KEPT,
    PersonalField,
    dated_fields,
    personal_fields,
)
from dunwell.queries.persons import held_customers, kept_counts, legal_hold

Status = Erasure.Status


@transaction.atomic
def end_retentions(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Erase what has been kept long enough; return how many persons and kinds of rows ended.

    Of erased customers each kind goes on the day after its last year; their erasure is finished
    when nothing is left that the database keeps as it was written, and the salt of its digest
    goes all the same. Rows with a clock of their own (`personal.SINCE`) go when that has run
    out. A legal hold stops both. A second time does nothing.
    """
    actor.require("privacy.edit")
    ended = 0
    for model, fields in dated_fields().items():
        ended += _end_rows(actor, model, fields, as_of=as_of, at=at)
    soonest = min(one.years for one in personal_fields() if one.goes == AFTER)
    due = Erasure.objects.select_for_update(no_key=True, of=("self",)).filter(
        company=actor.company,
        status=Status.RESTRICTED,
        keep_until_on__lt=date(as_of.year + BOOKS - soonest, 1, 1),
    )
    for one in due.select_related("customer").order_by("pk"):
        ended += _end_one(actor, one, as_of=as_of, at=at)
    return ended


def _end_one(actor: Actor, one: Erasure, *, as_of: date, at: datetime) -> int:
    """End the kinds whose years are over for one erased person; 1 when the erasure is finished."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=one.customer_id)
    if legal_hold(customer, as_of=as_of):
        return 0
    newest = one.keep_until_on.year - BOOKS
    gone: dict[str, int] = {}
    if one.contact_id is None:
        over = {
            field.years
            for field in personal_fields()
            if field.goes == AFTER and newest + field.years < as_of.year
        }
        gone = replace_rows(customer, AFTER, words=None, ended=over)
    is_over = one.keep_until_on < as_of
    is_finished = (
        is_over and one.contact_id is None and not kept_counts(customer, KEPT, words=None)
    )
    if not gone and not is_finished and not (is_over and one.salt):
        return 0  # nothing is over, or it was told before
    if is_finished:
        one.status, one.finished_on = Status.FINISHED, as_of
    if is_over:
        one.salt = ""
    one.save(update_fields=["status", "finished_on", "salt"])
    record_event(
        actor, "person.retention_ended", one, at=at, customer_id=one.customer_id, gone=gone
    )
    return int(is_finished)


def _end_rows(
    actor: Actor, model: type[Model], fields: Sequence[PersonalField], *, as_of: date, at: datetime
) -> int:
    """Erase the rows of a model whose own clock has run out; 1 when there were any."""
    first = fields[0]
    over: QuerySet[Model] = (
        QuerySet(model)
        .filter(
            **{
                f"{first.since}__lt": _year_begins(first.since, as_of.year - first.years),
                first.path.removesuffix("customer") + "company": actor.company,
            }
        )
        .exclude(**{f"{first.field}__startswith": ERASED})
    )
    theirs = over.values(first.path)
    locked = Customer.objects.select_for_update(no_key=True).filter(
        company=actor.company, pk__in=theirs
    )
    list(locked.order_by("pk").values_list("pk"))
    held = held_customers(theirs, as_of=as_of)
    count = 0
    for row in over.exclude(**{f"{first.path}__in": held}).order_by("pk"):
        filled = [one for one in fields if getattr(row, one.field)]
        values = {one.field: left_of(row, one, None) for one in filled}
        if any(getattr(row, name) != value for name, value in values.items()):
            QuerySet(model).filter(pk=row.pk).update(**with_marks(model, values))
            count += 1
    if not count:
        return 0
    record_event(
        actor, "retention.ended", actor.company, at=at, kind=model._meta.model_name, rows=count,
        years=first.years,
    )  # fmt: skip
    return 1


def _year_begins(since: str, year: int) -> date | datetime:
    """Return the first day or moment of a year, as the field of the clock counts."""
    return datetime(year, 1, 1, tzinfo=UTC) if since.endswith("_at") else date(year, 1, 1)
