"""Data points of a credit file: what somebody found out; the latest of a name counts."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting, needed
from dunwell.engine.credit_fact_names import POINT_NAME, Value, fact_named, fits
from dunwell.engine.money import LARGEST_MINOR
from dunwell.models import CreditDataPoint, Customer

LONGEST_VALUE = 200
LONGEST_SOURCE = 200


@transaction.atomic
def record_data_point(
    *,
    actor: Actor,
    customer: Customer,
    name: str,
    value: Value,
    source: str,
    on: date,
    as_of: date,
    at: datetime,
) -> CreditDataPoint:
    """Add what is known of a customer under a name, true on the day `on`; None: not known now.

    `name` without its `point_`. What is told already, with its source and day, is returned as it
    is. Raises Refused for a name that is none, a value of another kind than the checklist's, no
    source and a day to come.
    """
    actor.require("credit_file.edit")
    open_customer(actor, customer)
    plain = name.removeprefix("point_")
    told = _value(plain, value)
    where = needed(
        text=source,
        most=LONGEST_SOURCE,
        what="source",
        missing="Say where this is from, such as: trade register, call with the owner.",
    )
    if on > as_of:
        raise Refused(f"{on} has not come yet; a data point says what was so on a day.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    same = CreditDataPoint.objects.filter(customer=customer, name=plain)
    before = same.order_by("-as_of", "-pk").first()
    # a yes is no 1, which JSON and Python would compare as equal
    if before is not None and (before.value, type(before.value), before.source, before.as_of) == (
        told,
        type(told),
        where,
        on,
    ):
        return before
    point = CreditDataPoint.objects.create(
        company=actor.company,
        customer=customer,
        name=plain,
        value=told,
        source=where,
        as_of=on,
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "credit_point.recorded",
        point,
        at=at,
        customer_id=customer.pk,
        name=plain,
        before=before.value if before else None,
        after=told,
        source=where,
        on=on.isoformat(),
    )
    return point


def _value(name: str, value: Value) -> Value:
    """Return the value as it is kept, or raise Refused."""
    fact = fact_named(f"point_{name}")
    if fact is None or not POINT_NAME.fullmatch(f"point_{name}"):
        raise Refused(
            f"{name!r} is no name of a data point; use small letters, digits and _, at most 40."
        )
    if isinstance(value, str):
        value = fitting(text=value, most=LONGEST_VALUE, what="value") or None
    if not fits(f"point_{name}", value):
        kinds = {"number": "a whole number", "text": "a text", "flag": "yes or no"}
        raise Refused(f"{fact.label} must be {kinds.get(fact.kind, 'a number, text or yes/no')}.")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and abs(int(value)) > LARGEST_MINOR:  # type: ignore[arg-type]
        raise Refused(f"{fact.label}: {value} is too large.")
    return value
