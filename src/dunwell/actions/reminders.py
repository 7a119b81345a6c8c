"""The reminders of a day: messages with their decision, and tasks for what a person must do."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

import polars as pl
from django.db import transaction

from dunwell.actions.bulk import insert_rows
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.outbox import SENT_AS_TEXT, SENT_BY_MAIL
from dunwell.engine.items import open_items
from dunwell.formats.short_messages import phone_number
from dunwell.models import Company, Contact, Message, Task
from dunwell.queries.channel_carriers import active_channels, kind_of
from dunwell.queries.debit_notices import ASKING_NOTHING
from dunwell.queries.deliveries import LONGEST_WAIT
from dunwell.queries.ledgers import Books
from dunwell.queries.message_decisions import message_decisions
from dunwell.queries.policies import PolicyInForce
from dunwell.queries.promise_confirmations import BY_CONFIRMATION
from dunwell.queries.reminders import ContactPlan, native
from dunwell.queries.texts import MessageText, message_texts
from dunwell.queries.trial_mails import TEST
from dunwell.queries.waiting_lines import waiting_lines

TASK_KINDS = {"call": Task.Kind.CALL, "sms": Task.Kind.CALL, "letter": Task.Kind.LETTER}

UNREACHABLE = ("no_contact", "bounced")
Status = Message.Status
WAITING = (Status.DRAFT, Status.READY, Status.FAILED)
AT_ONCE = 10_000
"""Messages that are written together; bounds memory."""


@transaction.atomic
def drop_stale_messages(*, actor: Actor, books: Books, as_of: date, at: datetime) -> int:
    """Cancel what waits without need; return how many messages.

    That is what was paid before it went out, and what has waited too long to be true. The
    level does not count as taken, so the customer is asked again, with today's amounts.
    """
    actor.require("cycle.run")
    ledger = books.still_open(as_of=as_of)
    opened = native(open_items(ledger.items, ledger.allocations, as_of=as_of))
    debits = opened.filter(pl.col("open_minor") > 0).select("item_id")
    waiting = list(
        Message.objects.filter(company=actor.company, status__in=WAITING, as_of__lt=as_of)
        .filter(author="")  # what a person composed is judged when it is handed over
        .exclude(template__in=ASKING_NOTHING)  # stands and falls with its debit
        .exclude(channel__in=BY_CONFIRMATION)  # with its promise
        .order_by("id")
        .values_list("id", "channel", "as_of")
    )
    # asked beside: as a condition SQLite may look through all tasks for every message
    done = Task.objects.filter(
        company=actor.company, status=Task.Status.DONE, message__status__in=WAITING
    )
    seen_to = set(done.values_list("message_id", flat=True))
    waiting = [one for one in waiting if one[0] not in seen_to]
    lines = waiting_lines(actor.company, statuses=WAITING)
    asking = set(lines.join(debits, on="item_id", how="semi")["message_id"].unique().to_list())
    settled = [key for key, _, _ in waiting if key not in asking]
    gone = set(settled)
    late = [
        key
        for key, channel, on in waiting
        if key not in gone and channel not in {"call", "sms"} and as_of - on > LONGEST_WAIT
    ]
    for keys, reason in (
        (settled, "nothing it asks for is open any more"),
        (late, f"not sent within {LONGEST_WAIT.days} days"),
    ):
        _cancel(actor, keys, reason=reason, as_of=as_of, at=at)
    return len(settled) + len(late)


@transaction.atomic
def write_reminders(
    *, actor: Actor, plan: ContactPlan, policies: Sequence[PolicyInForce], at: datetime
) -> int:
    """Write the messages and tasks the plan allows; return how many were new.

    One message per customer, whatever its channel, with the facts the gate looked at.
    What needs approval waits as a draft with a task; calls and letters are tasks.
    Customers that cannot be reached get a task to find a contact.
    """
    actor.require("cycle.run")
    return _write(actor, plan, policies, at=at)


@transaction.atomic
def review_reminders(
    *, actor: Actor, plan: ContactPlan, policies: Sequence[PolicyInForce], at: datetime
) -> int:
    """Write the contacts of a plan as drafts, each with a task to approve it; return how many.

    For who wants to see them before they go: nothing goes out without a second person. Who was
    given a message of the same day meanwhile is left out, so doing it twice changes nothing.
    """
    actor.require("message.send")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    going = plan.decisions.filter(pl.col("decision") != "blocked").select("customer_id")
    drafts = replace(
        plan,
        decisions=going.with_columns(decision=pl.lit("needs_approval")),
        reasons=plan.reasons.clear(),
    )
    written = Message.objects.filter(company=actor.company, as_of=plan.as_of)
    before = written.count()
    _write(actor, drafts, policies, at=at)
    return written.count() - before


def _write(
    actor: Actor, plan: ContactPlan, policies: Sequence[PolicyInForce], *, at: datetime
) -> int:
    """Write what a plan allows; return how many messages and tasks were new."""
    company = actor.company
    written_to = Message.objects.filter(company=company, as_of=plan.as_of).exclude(
        template__in=(*ASKING_NOTHING, TEST)
    )
    taken = list(written_to.values_list("customer_id", flat=True).distinct())
    allowed = plan.decisions.filter(
        pl.col("decision") != "blocked", ~pl.col("customer_id").is_in(taken)
    ).sort("customer_id")
    done, texts = _Written(), message_texts(plan, allowed.select("customer_id"))
    while part := list(islice(texts, AT_ONCE)):
        _write_part(plan, part, allowed, policies, done, at=at)
    tasks = done.tasks + _contact_tasks(plan, at=at)
    Task.objects.bulk_create(tasks, batch_size=1000)
    if done.messages or tasks or done.failed:
        record_event(
            actor,
            "reminders.written",
            company,
            at=at,
            as_of=plan.as_of.isoformat(),
            messages=done.messages,
            drafts=done.drafts,
            tasks=len(tasks),
            blocked=plan.decisions.filter(pl.col("decision") == "blocked").height,
            failed=done.failed,
        )
    return done.messages + len(tasks)


@dataclass(slots=True)
class _Written:
    """What was written so far, and the tasks that come of it."""

    messages: int = 0
    drafts: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)


def _write_part(
    plan: ContactPlan,
    texts: Sequence[MessageText],
    allowed: pl.DataFrame,
    policies: Sequence[PolicyInForce],
    done: _Written,
    *,
    at: datetime,
) -> None:
    """Write some of the messages, so that the texts of all are never held at once."""
    company, written = plan.company, [text for text in texts if not text.trouble]
    names = pl.Series([text.customer_id for text in written], dtype=pl.Int64)
    by_text = plan.contacts.filter(
        pl.col("channel") == "sms", pl.col("customer_id").is_in(names.implode())
    )
    numbers = _numbers(company, by_text["customer_id"])
    rows = _messages(
        plan,
        written,
        drafts=allowed.filter(pl.col("decision") == "needs_approval")["customer_id"],
        versions={policy.name: policy.version_id for policy in policies},
        numbers=numbers,
        at=at,
    )
    keys = _insert_messages(company, rows, plan.as_of)
    _insert_lines(plan, keys)
    done.tasks += _tasks(plan, rows, keys, at=at)
    done.messages += rows.height
    done.drafts += rows.filter(pl.col("status") == str(Status.DRAFT)).height
    done.failed |= {str(text.customer_id): text.trouble for text in texts if text.trouble}


def _messages(
    plan: ContactPlan,
    texts: Sequence[MessageText],
    *,
    drafts: pl.Series,
    versions: Mapping[str, int | None],
    numbers: Mapping[int, str],
    at: datetime,
) -> pl.DataFrame:
    """Return the rows of the messages, in the order of their texts, a column at a time."""
    said = pl.DataFrame(
        {
            "customer_id": [text.customer_id for text in texts],
            "language": [text.language for text in texts],
            "mail": [text.to for text in texts],
            "number": [numbers.get(text.customer_id, "") for text in texts],
            "subject": [text.subject[:200] for text in texts],
            "body": [text.body for text in texts],
            "body_sha256": [hashlib.sha256(text.body.encode()).hexdigest() for text in texts],
            "variant": [text.variant for text in texts],
            "decision": list(message_decisions(plan, texts)),
        },
        schema={"customer_id": pl.Int64, **dict.fromkeys(_SAID, pl.String)},
    )
    contacts = plan.contacts.select("customer_id", "channel", "strategy", "level", "template")
    key, channel = pl.col("customer_id"), pl.col("channel")
    names = (f"<{plan.company.pk}.", key, f".{plan.as_of.isoformat()}.", channel, "@dunwell>")
    return said.join(contacts, on="customer_id", how="left", maintain_order="left").select(
        "customer_id", "channel", "strategy", "level", "template", *_WRITTEN,
        company_id=pl.lit(plan.company.pk, pl.Int64),
        status=pl.when(key.is_in(drafts.implode()))
        .then(pl.lit(str(Status.DRAFT)))
        .otherwise(pl.lit(str(Status.READY))),
        strategy_version=pl.col("strategy").replace_strict(
            list(versions), list(versions.values()), default=None, return_dtype=pl.Int64
        ),
        to=pl.when(channel.is_in(list(SENT_BY_MAIL))).then("mail").otherwise("number"),
        message_id=pl.concat_str(
            *[pl.lit(part) if isinstance(part, str) else part for part in names]
        ),
        as_of=pl.lit(plan.as_of),
        attempts=pl.lit(0, pl.Int32),
        error=pl.lit(""),
        recorded_at=pl.lit(at.replace(tzinfo=None), pl.Datetime("us")),  # frames hold UTC
    )  # fmt: skip


_WRITTEN = ("language", "subject", "body", "body_sha256", "variant", "decision")
_SAID = ("language", "mail", "number", "subject", "body", "body_sha256", "variant", "decision")


def _insert_messages(company: Company, rows: pl.DataFrame, as_of: date) -> dict[int, int]:
    """Add the messages; return the key of each by customer."""
    if rows.is_empty():
        return {}
    insert_rows(table="dunwell_message", rows=rows)
    wanted = set(rows["message_id"].to_list())
    first, last = rows["customer_id"].min(), rows["customer_id"].max()
    found = Message.objects.filter(
        company=company, as_of=as_of, customer__gte=first, customer__lte=last
    ).values_list("customer_id", "id", "message_id")
    return {customer: key for customer, key, name in found.iterator() if name in wanted}


def _numbers(company: Company, customers: pl.Series) -> dict[int, str]:
    """Return the numbers short messages go to, where a channel of the company carries them.

    Who has no number that can be dialled is left to a person.
    """
    if customers.is_empty() or not kind_of("sms", active_channels(company)):
        return {}
    found = Contact.objects.filter(
        customer__company=company,
        customer__in=customers.to_list(),
        role=Contact.Role.PAYABLES,
        is_primary=True,
    ).values_list("customer_id", "phone", "customer__country")
    return {
        key: phone_number(phone, country=country or company.country)
        for key, phone, country in found
    }


def _insert_lines(plan: ContactPlan, keys: Mapping[int, int]) -> None:
    """Add the items each message names, with the level that counts as taken for each.

    An item that is only listed keeps the level it had; being named still counts as a
    contact, so that it is not asked for again the next day.
    """
    messages = pl.DataFrame(
        {"customer_id": list(keys), "message_id": list(keys.values())},
        schema={"customer_id": pl.Int64, "message_id": pl.Int64},
    )
    lines = (
        plan.lines.join(messages, on="customer_id", how="inner")
        .join(plan.steps.select("item_id", "last_level"), on="item_id", how="left")
        .sort("message_id", "item_id")
        .select(
            "message_id",
            "item_id",
            level=pl.coalesce("step_level", "last_level", pl.lit(0)),
            open_minor="open_minor",
        )
    )
    insert_rows(table="dunwell_messageitem", rows=lines)


def _tasks(
    plan: ContactPlan, rows: pl.DataFrame, keys: Mapping[int, int], *, at: datetime
) -> list[Task]:
    """Return the tasks of messages that a person must approve, call or post."""
    tasks: list[Task] = []
    by_person = (pl.col("status") == str(Status.DRAFT)) | pl.col("channel").is_in(list(TASK_KINDS))
    for row in rows.filter(by_person).iter_rows(named=True):
        channel, is_draft = str(row["channel"]), row["status"] == Status.DRAFT
        kind = Task.Kind.APPROVE if is_draft else TASK_KINDS.get(channel)
        is_carried = channel in SENT_AS_TEXT and row["to"] and not is_draft
        if kind is None or is_carried:
            continue
        customer_id = int(str(row["customer_id"]))
        tasks.append(
            Task(
                company=plan.company,
                customer_id=customer_id,
                message_id=keys[customer_id],
                kind=kind,
                reason=f"{row['strategy']}, level {row['level']}: {row['subject']}"[:300],
                due_on=plan.as_of,
                as_of=plan.as_of,
                recorded_at=at,
            )
        )
    return tasks


def _contact_tasks(plan: ContactPlan, *, at: datetime) -> list[Task]:
    """Return a task for every customer that cannot be reached and has none open yet."""
    why = dict(
        plan.reasons.filter(pl.col("reason").is_in(UNREACHABLE))
        .select("customer_id", "reason")
        .sort("customer_id", "reason")
        .iter_rows()
    )
    open_tasks = Task.objects.filter(
        company=plan.company, kind=Task.Kind.CONTACT_MISSING, status=Task.Status.OPEN
    )
    known = set(open_tasks.values_list("customer_id", flat=True))
    told = {"no_contact": "No usable address or number.", "bounced": "The e-mail bounced."}
    return [
        Task(
            company=plan.company,
            customer_id=customer_id,
            kind=Task.Kind.CONTACT_MISSING,
            reason=f"{told[reason]} A reminder is due and cannot be sent.",
            due_on=plan.as_of,
            as_of=plan.as_of,
            recorded_at=at,
        )
        for customer_id, reason in why.items()
        if customer_id not in known
    ]


def _cancel(actor: Actor, keys: Sequence[int], *, reason: str, as_of: date, at: datetime) -> None:
    """Cancel waiting messages and their tasks, with one event for all of them."""
    if not keys:
        return
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        Message.objects.filter(pk__in=part, status__in=WAITING).update(
            status=Status.CANCELLED, error=reason
        )
        Task.objects.filter(message__in=part, status=Task.Status.OPEN).update(
            status=Task.Status.CANCELLED, done_at=at, done_by=actor.name
        )
    record_event(
        actor,
        "reminders.dropped",
        actor.company,
        at=at,
        as_of=as_of.isoformat(),
        reason=reason,
        messages=list(keys),
    )
