"""What debits of a run ask for, item by item: checked under lock, written, added up."""

from collections.abc import Collection, Mapping, Sequence

from dunwell.actions.allocations import locked_items, money_text
from dunwell.actions.gate import Refused
from dunwell.engine.debits import CURRENCY
from dunwell.models import Company, Debit, DebitItem, DebitRun, Item, Mandate
from dunwell.queries.debit_plans import LIVE, PlannedLine
from dunwell.queries.debits import CAME_BACK

CHANGING = ("mandate", "sequence", "amount_minor", "attempt", "retry_of")
"""What preparing a draft again may change of its debits."""


def check_debits(run: DebitRun, debits: Sequence[Debit]) -> None:
    """Lock the items and raise Refused when a debit asks for more than is owed by now.

    Also when a mandate is not active any more. What else is under way on an item counts.
    """
    if not debits:
        raise Refused(f"Run {run.number} holds no debit any more; cancel it.")
    lines = [line for debit in debits for line in debit.lines.all()]
    locked = locked_items(company=run.company, items=[line.item for line in lines])
    other = under_way(locked, besides=run)
    for debit in debits:
        if debit.mandate.status != Mandate.Status.ACTIVE:
            raise Refused(
                f"Mandate {debit.mandate.reference} of {debit.customer.name} is not active any "
                "more. Take the debit out of the run."
            )
        for line in debit.lines.all():
            left = locked[line.item_id].open_minor - other.get(line.item_id, 0)
            if line.amount_minor > left:
                raise Refused(
                    f"{debit.customer.name}: {line.item.number} is to be debited with "
                    f"{money_text(line.amount_minor, CURRENCY)}, but only "
                    f"{money_text(max(left, 0), CURRENCY)} is open now. Take the debit out of the "
                    "run; what is left goes into the next one."
                )


def still_open(
    company: Company, lines: Sequence[PlannedLine], *, besides: DebitRun | None
) -> list[PlannedLine]:
    """Lock the items; return the lines that still fit, now that nobody can change them."""
    items = Item.objects.in_bulk([line.item_id for line in lines])
    locked = locked_items(company=company, items=items.values())
    other = under_way(locked, besides=besides)
    return [
        line
        for line in lines
        if line.amount_minor <= locked[line.item_id].open_minor - other.get(line.item_id, 0)
    ]


def under_way(items: Collection[int], *, besides: DebitRun | None) -> dict[int, int]:
    """Return what planned and sent debits ask for of each item, those of one run left out."""
    found: dict[int, int] = {}
    lines = DebitItem.objects.filter(item__in=list(items), debit__status__in=LIVE)
    if besides is not None:
        lines = lines.exclude(debit__run=besides)
    for key, amount in lines.values_list("item_id", "amount_minor"):
        found[key] = found.get(key, 0) + amount
    return found


def write_debits(
    run: DebitRun,
    lines: Sequence[PlannedLine],
    retries: Mapping[int, int],
    *,
    customer_ids: Collection[int] | None,
) -> bool:
    """Make a draft hold exactly these lines, one debit a customer; return whether it changed.

    Debits of customers that were not asked about (`customer_ids`) stay as they are.
    """
    wanted: dict[int, dict[int, int]] = {}
    under: dict[int, PlannedLine] = {}
    for line in lines:
        wanted.setdefault(line.customer_id, {})[line.item_id] = line.amount_minor
        under[line.customer_id] = line
    present = {
        debit.customer_id: debit
        for debit in Debit.objects.filter(run=run, status=Debit.Status.PLANNED).prefetch_related(
            "lines"
        )
        if customer_ids is None or debit.customer_id in customer_ids
    }
    gone = [debit.pk for key, debit in present.items() if key not in wanted]
    Debit.objects.filter(pk__in=gone).update(status=Debit.Status.CANCELLED, retry_of=None)
    waiting = Debit.objects.in_bulk(
        {retries[one.item_id] for one in lines if one.item_id in retries}
    )
    number = Debit.objects.filter(run=run).count()
    changed: list[tuple[Debit, dict[int, int]]] = []
    for customer_id, amounts in sorted(wanted.items()):
        line, debit = under[customer_id], present.get(customer_id)
        if debit is not None and _holds(debit, line, amounts):
            continue
        if debit is None:
            number += 1
            debit = Debit(
                run=run,
                customer_id=customer_id,
                end_to_end=f"DD{run.company_id}-{run.number}-{number}",
            )
        again = [waiting[key] for key in sorted({retries[k] for k in amounts if k in retries})]
        debit.sequence = _sequence(debit, line)
        debit.mandate_id = line.mandate_id
        debit.amount_minor = sum(amounts.values())
        debit.attempt = 1 + max((one.attempt for one in again), default=0)
        debit.retry_of = again[0] if again else None
        changed.append((debit, amounts))
    _write_changed(changed)
    return bool(gone or changed)


def _holds(debit: Debit, line: PlannedLine, amounts: Mapping[int, int]) -> bool:
    """Return whether a debit of a draft is what a plan asks for: mandate, sequence and items."""
    return (
        debit.mandate_id == line.mandate_id
        and debit.sequence == _sequence(debit, line)
        and amounts == {one.item_id: one.amount_minor for one in debit.lines.all()}
    )


def _sequence(debit: Debit, line: PlannedLine) -> str:
    """Return the sequence of a debit; one marked as the last stays so under the same mandate."""
    is_last = debit.sequence == "FNAL" and debit.mandate_id == line.mandate_id
    return debit.sequence if is_last else line.sequence


def _write_changed(changed: Sequence[tuple[Debit, Mapping[int, int]]]) -> None:
    """Write new and changed debits with their items; as many queries for a thousand as for one."""
    known = [debit for debit, _ in changed if debit.pk is not None]
    Debit.objects.bulk_update(known, CHANGING, batch_size=500)
    DebitItem.objects.filter(debit__in=[debit.pk for debit in known]).delete()
    Debit.objects.bulk_create([debit for debit, _ in changed if debit.pk is None])
    DebitItem.objects.bulk_create(
        DebitItem(debit=debit, item_id=key, amount_minor=amount)
        for debit, amounts in changed
        for key, amount in sorted(amounts.items())
    )


def close_retries(debits: Sequence[Debit]) -> None:
    """Let returned debits go whose items a handed-over debit took along with those of another."""
    items = [line.item_id for debit in debits for line in debit.lines.all()]
    Debit.objects.filter(
        lines__item__in=items, status__in=CAME_BACK, retry_on__isnull=False
    ).exclude(retried_by__in=[debit.pk for debit in debits]).update(retry_on=None)


def write_total(run: DebitRun) -> None:
    """Write how many debits the run holds and their sum."""
    amounts = Debit.objects.filter(run=run).exclude(status=Debit.Status.CANCELLED)
    figures = list(amounts.values_list("amount_minor", flat=True))
    DebitRun.objects.filter(pk=run.pk).update(lines_count=len(figures), total_minor=sum(figures))
    run.refresh_from_db(fields=["lines_count", "total_minor"])
