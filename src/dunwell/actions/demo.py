"""The demo company: its people, and the sample ledger with everything that happened to it."""

from datetime import date, datetime, timedelta

import polars as pl
from django.db import connection, transaction

from dunwell.actions import demo_rows
from dunwell.actions.balances import refresh_batch_open_items
from dunwell.actions.bulk import quoted, staged
from dunwell.actions.companies import add_company
from dunwell.actions.entries import post_batch_entries
from dunwell.actions.events import record_event
from dunwell.actions.experiments import plan_experiment, start_experiment
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.role_rights import STAFF_ROLES
from dunwell.demo.customers import LEAD
from dunwell.demo.ledger import DemoLedger
from dunwell.demo.rates import CURRENCIES
from dunwell.engine.calendars import add_business_days, calendar_days, day_number
from dunwell.engine.promises import assess_promises
from dunwell.ml.bandit_hours import ORDINARY, SLOTS, shared
from dunwell.models import (
    Company,
    Experiment,
    Feed,
    ImportBatch,
    Membership,
    Message,
    Role,
    Task,
    User,
)
from dunwell.queries.frames import allocations_frame, items_frame, promises_frame
from dunwell.queries.reminders import native

NAME = "Dunwell Demo GmbH"
PEOPLE = {
    "anna": ("Anna", "Berger", (Role.COLLECTOR,)),
    "ben": ("Ben", "Carter", (Role.COLLECTOR,)),
    "carla": ("Carla", "Duval", (Role.COLLECTOR,)),
    "dora": ("Dora", "Ek", (Role.CREDIT_ANALYST,)),
    "felix": ("Felix", "Frei", (Role.FINANCE_DIRECTOR,)),
    LEAD: ("Lea", "Demo", STAFF_ROLES),
}
"""Who works in the demo company; nobody has a password, the lead gets a sign-in link."""

FRESH_DAYS = 14
"""Promises judged since then are left to the cycle, so that it has something to tell."""

EXPERIMENT_DAYS = 182
HELD_PPM, TRIED_PPM = 100_000, 400_000
"""Customers whose contact chance decides, and mails that try another hour."""

WINDOW, MONTH = timedelta(days=800), timedelta(days=62)
Status = Message.Status


@transaction.atomic
def add_demo_company(*, at: datetime, is_anew: bool = False) -> Company:
    """Return the demo company with its people and strategies, made on the first call.

    Only the command line of the installation makes it, so there is no actor yet. With `is_anew`
    another one is made beside it, which nobody sees until `actions.demo_resets` opens it.
    """
    known = Company.objects.filter(name=NAME, stage=Company.Stage.OPEN).first()
    if known is not None and not is_anew:
        return known
    company = add_company(
        name=NAME,
        zone="Europe/Berlin",
        country="DE",
        currency="EUR",
        language="en",
        at=at,
        is_demo=True,
        stage=Company.Stage.MAKING if is_anew else Company.Stage.OPEN,
    )
    Company.objects.filter(pk=company.pk).update(
        reply_to="credit@dunwell-demo.example",
        pay_to="Demo Bank, IBAN DE00 0000 0000 0000 0000 00, quote your customer number",
    )
    for username, (first, last, roles) in PEOPLE.items():
        user, made = User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{username}@dunwell-demo.example",
            },
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        Membership.objects.bulk_create(
            Membership(company=company, user=user, role=role) for role in roles
        )
    load_shipped_policies(company=company, at=at)
    company.refresh_from_db()
    return company


@transaction.atomic
def load_demo_ledger(*, actor: Actor, ledger: DemoLedger, at: datetime) -> bool:
    """Write the sample ledger into an empty demo company; return False when it has one already.

    Everything or nothing: every row carries the day it would have been written on, is
    posted, and the projection of open items is refreshed.
    """
    actor.require("items.import")
    company = actor.company
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if ImportBatch.objects.filter(company=company).exists():
        return False
    batch = ImportBatch.objects.create(
        company=company,
        name=f"Sample ledger of {ledger.as_of.isoformat()}",
        sha256="",
        size_bytes=0,
        status=ImportBatch.Status.DONE,
        totals=_control_totals(ledger),
        counts={name: frame.height for name, frame in ledger.frames().items()},
        progress_ppm=1_000_000,
        started_at=at,
        finished_at=at,
    )
    demo_rows.add_customers(company, ledger, at)
    demo_rows.add_items(company, ledger, batch, at)
    demo_rows.add_payments(company, ledger, batch, at)
    demo_rows.add_allocations(company, ledger, batch, at)
    demo_rows.take_back_allocations(company, batch, at)
    post_batch_entries(batch=batch)
    refresh_batch_open_items(batch=batch)
    demo_rows.add_disputes(company, ledger, at)
    demo_rows.add_promises(company, ledger, at)
    demo_rows.add_holds_and_notes(company, ledger, at)
    demo_rows.add_rates(company, ledger, at)
    _judge_old_promises(company, ledger.as_of)
    record_event(
        actor,
        "demo.loaded",
        batch,
        at=at,
        as_of=ledger.as_of.isoformat(),
        seed=ledger.seed,
        customers=ledger.customers.height,
        items=ledger.items.height,
    )
    return True


@transaction.atomic
def renew_demo_feeds(*, actor: Actor, as_of: date, at: datetime) -> None:
    """Say that bank and ledger data reach up to the last business day, as every morning."""
    actor.require("feed.record")
    if not actor.company.is_demo:
        raise Refused("Only a demo company has invented bank data.")
    covered = add_business_days(as_of + timedelta(days=1), -1, country=actor.company.country)
    names = [(Feed.Kind.BANK, f"Main account {currency}") for currency in CURRENCIES]
    for kind, name in [*names, (Feed.Kind.LEDGER, "Sample ledger")]:
        record_feed(actor=actor, kind=kind, name=name, covers_until_on=covered, as_of=as_of, at=at)


@transaction.atomic
def start_demo_experiments(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Let a holdout and a timing experiment run in the demo; return how many are new.

    They draw the same on every installation. The invented payers know of neither, so what is
    found should be no difference.
    """
    actor.require("experiment.run")
    if not actor.company.is_demo:
        raise Refused("Only a demo company has an invented past.")
    if Experiment.objects.filter(company=actor.company).exists():
        return 0
    hours = shared(
        [ORDINARY, *(name for name in SLOTS if name != ORDINARY)], explore_ppm=TRIED_PPM
    )
    for name, kind, question, arms in (
        ("Reminded or not", "holdout", "What does a contact bring?", (("chance", HELD_PPM),)),
        ("Hour of mail", "timing", "At which hour does mail bring most?", hours),
    ):
        experiment = plan_experiment(
            actor=actor,
            name=name,
            kind=kind,
            arms=arms,
            starts_on=as_of,
            ends_on=as_of + timedelta(days=EXPERIMENT_DAYS),
            question=question,
            as_of=as_of,
            at=at,
        )
        Experiment.objects.filter(pk=experiment.pk).update(salt=NAME)
        start_experiment(actor=actor, experiment=experiment, as_of=as_of, at=at)
    return 2


@transaction.atomic
def answer_demo_messages(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Say that the demo's messages of a day gone by went out and its tasks were done.

    So that the ladder of a strategy is populated up to its last step. Returns how many
    messages; nothing is handed to anybody.
    """
    actor.require("message.send")
    if not actor.company.is_demo:
        raise Refused("Only a demo company has an invented past.")
    messages = Message.objects.filter(
        company=actor.company, as_of=as_of, status__in=(Status.DRAFT, Status.READY)
    )
    keys = list(messages.values_list("id", flat=True))
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        Message.objects.filter(pk__in=part).update(status=Status.SENT, attempts=1, sent_at=at)
        Task.objects.filter(message__in=part, status=Task.Status.OPEN).update(
            status=Task.Status.DONE, done_at=at, done_by=LEAD
        )
    if keys:
        record_event(
            actor,
            "demo.answered",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            messages=len(keys),
        )
    return len(keys)


def _control_totals(ledger: DemoLedger) -> list[dict[str, str | int]]:
    """Return what came in per currency: all of it was imported."""
    sums = ledger.items.group_by("currency").agg(pl.col("amount_minor").sum()).sort("currency")
    return [
        {
            "role": "items",
            "currency": currency,
            "in_minor": amount,
            "imported_minor": amount,
            "known_minor": 0,
            "refused_minor": 0,
        }
        for currency, amount in sums.iter_rows()
    ]


def _judge_old_promises(company: Company, as_of: date) -> None:
    """Store the outcome of promises that were judged long ago; the cycle judges the others."""
    promises, allocations = promises_frame(company), allocations_frame(company)
    items = items_frame(company)
    calendar = calendar_days(
        company.country, first=as_of - WINDOW, last=as_of.replace(day=1) + MONTH
    )
    assessed = native(
        assess_promises(promises, allocations, items, as_of=as_of, calendar=calendar)
    )
    booked = (
        native(allocations)
        .join(native(promises).select("item_id", "promise_id"), on="item_id", how="inner")
        .group_by("promise_id")
        .agg(booked_day=pl.col("applied_day").max())
    )
    old = day_number(as_of) - FRESH_DAYS
    rows = (
        assessed.filter((pl.col("judged_day") <= old) & (pl.col("outcome") != "open"))
        .join(booked, on="promise_id", how="left")
        .select(
            "promise_id",
            "outcome",
            settled_on=pl.min_horizontal(
                pl.max_horizontal("judged_day", "booked_day") + 1, pl.lit(day_number(as_of))
            )
            .cast(pl.Int32)
            .cast(pl.Date),
        )
    )
    table = quoted("dunwell_promise")
    with staged("dunwell_judged", rows, key="promise_id") as stage, connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET (outcome, settled_on) = "  # noqa: S608  our own table names
            f"(SELECT j.outcome, j.settled_on FROM {stage} j WHERE j.promise_id = {table}.id) "
            f"WHERE id IN (SELECT promise_id FROM {stage})"
        )
