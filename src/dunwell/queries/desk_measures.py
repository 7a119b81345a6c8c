"""What an operator's monitoring asks of a desk: how much waits, for how long, and what broke."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max, Min

from dunwell.models import ChainHead, Feed, ImportBatch, Message, Run, WebhookDelivery
from dunwell.queries.mirror_status import mirror_moments

WAITING = (Message.Status.READY, Message.Status.CLAIMED, Message.Status.FAILED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One gauge: its name without prefix, what it means, and a value per labels."""

    name: str
    means: str
    labels: tuple[str, ...]
    values: tuple[tuple[tuple[str, ...], float], ...]


def desk_measures(at: datetime) -> Iterator[Measure]:
    """Yield every gauge as of a moment; the number of queries does not grow with the desk.

    Labels are keys of companies and names of states, never a customer's or a person's words.
    """
    yield _measure(
        "messages", "Messages by status.", ("company", "status"),
        Message.objects.values_list("company_id", "status").annotate(Count("pk")),
    )  # fmt: skip
    oldest = Message.objects.filter(status__in=WAITING).values_list("company_id")
    yield _ages(
        "oldest_waiting_message_seconds", "Age of the oldest message that is to leave.",
        oldest.annotate(Min("recorded_at")), at,
    )  # fmt: skip
    yield _ages(
        "last_step_age_seconds", "Time since a step of the day's cycle was done.",
        Run.objects.values_list("company_id").annotate(Max("finished_at")), at,
    )  # fmt: skip
    today = at.date()
    feeds = Feed.objects.values_list("company_id", "kind").annotate(Max("covers_until_on"))
    yield _measure(
        "feed_age_days", "Days since the last one that a feed covers.", ("company", "kind"),
        ((company, kind, (today - until).days) for company, kind, until in feeds),
    )  # fmt: skip
    yield _measure(
        "imports", "Ledger imports by status.", ("company", "status"),
        ImportBatch.objects.values_list("company_id", "status").annotate(Count("pk")),
    )  # fmt: skip
    deliveries = WebhookDelivery.objects.values_list("endpoint__company_id", "status")
    yield _measure(
        "webhook_deliveries", "Webhook deliveries by status.", ("company", "status"),
        deliveries.annotate(Count("pk")),
    )  # fmt: skip
    yield _measure(
        "events", "Events in the chain of a company.", ("company",),
        ChainHead.objects.values_list("company_id", "seq"),
    )  # fmt: skip
    yield _measure(
        "mirror_age_seconds", "Age of the columnar mirror of a company's ledger.", ("company",),
        ((company, (at - then).total_seconds()) for company, then in mirror_moments()),
    )  # fmt: skip
    yield Measure(
        name="free_bytes",
        means="Free bytes on the disk of the data folder.",
        labels=(),
        values=(((), float(shutil.disk_usage(settings.DATA_DIR).free)),),
    )


def _measure(
    name: str, means: str, labels: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> Measure:
    values = tuple((tuple(map(str, row[:-1])), float(str(row[-1]))) for row in rows)
    return Measure(name=name, means=means, labels=labels, values=tuple(sorted(values)))


def _ages(name: str, means: str, rows: Iterable[tuple[int, datetime]], at: datetime) -> Measure:
    ages = ((company, (at - then).total_seconds()) for company, then in rows if then)
    return _measure(name, means, ("company",), ages)
