"""Every fact of a customer and an item computed the slow way, from its definition, for tests."""

from datetime import date, timedelta
from itertools import pairwise
from math import inf, nan, sqrt

import numpy as np
import polars as pl

from dunwell.ml.history import HISTORY_ITEMS, PAPERS, History
from dunwell.ml.past import Portfolio

EPOCH = date(1970, 1, 1)


def mean(values):
    return sum(values) / len(values)


def quantile(values, level):
    """The value at a share of the way through the ordered ones, linear between two."""
    return float(np.quantile(np.asarray(values, float), level)) if values else nan


def weekday(day):
    return (EPOCH + timedelta(days=int(day))).weekday()


def is_month_end(day):
    today = EPOCH + timedelta(days=int(day))
    return today.day <= 2 or (today + timedelta(days=3)).month != today.month


def relative_amounts(history: History):
    """Amounts by item as multiples of the mean item of their currency."""
    rows = history.items.to_dicts()
    total = {}
    for row in rows:
        total.setdefault(row["currency"], []).append(row["amount_minor"])
    return {row["item_id"]: row["amount_minor"] / mean(total[row["currency"]]) for row in rows}


def customer_facts(history: History, assumed: Portfolio, customer: int, day: int):
    """What is known of a customer at the end of a day, and its weekday shares."""
    relative = relative_amounts(history)
    every = [r for r in history.items.to_dicts() if r["issued_day"] <= day]
    own = [r for r in every if r["customer_id"] == customer]
    paid = sorted(
        (r for r in own if r["paid_day"] is not None and r["paid_day"] <= day),
        key=lambda r: (r["paid_day"], r["due_day"]),
    )
    facts = habits(paid, relative, assumed, day) | rhythm(paid)
    facts |= book(own, relative, day) | portfolio(every, day)
    shares = [
        (sum(weekday(r["paid_day"]) == n for r in paid) + 3 * assumed.weekdays[n])
        / (len(paid) + 3)
        for n in range(7)
    ]
    facts["weekday_peak"] = shares.index(max(shares))
    facts["weekday_share"] = max(shares)
    return facts, shares


def habits(paid, relative, assumed, day):
    late = [r["paid_day"] - r["due_day"] for r in paid]
    cut = [min(max(one, -60), 90) for one in late]
    n = len(paid)
    last = cut[-20:]
    weights = [0.85**back * 0.15 for back in range(len(last))]
    rest = 0.85 ** len(last)
    amounts = [relative[r["item_id"]] for r in paid]
    return {
        "n": n,
        "mean": (sum(cut) + 5 * assumed.new_mean) / (n + 5),
        "sd": sqrt(mean([(one - mean(cut)) ** 2 for one in cut])) if n else 0,
        "share_late": (sum(one > 0 for one in late) + 5 * assumed.new_rate) / (n + 5),
        "share_late7": (sum(one > 7 for one in late) + 5 * 0.1) / (n + 5),
        "fading": sum(w * one for w, one in zip(weights, reversed(last), strict=True))
        + rest * assumed.mean_late
        if n
        else assumed.new_mean,
        "fading_late": sum(w * (one > 0) for w, one in zip(weights, reversed(last), strict=True))
        + rest * assumed.late_rate
        if n
        else assumed.new_rate,
        "median": quantile(last, 0.5) if n else assumed.new_median,
        "low": quantile(last, 0.1) if n else assumed.new_low,
        "high": quantile(last, 0.9) if n else assumed.new_high,
        "mean5": mean(cut[-5:]) if n else nan,
        "last": late[-1] if n else nan,
        "before_last": late[-2] if n > 1 else nan,
        "amount_lateness": sum(a * one for a, one in zip(amounts, cut, strict=True)) / sum(amounts)
        if n
        else 0,
        "recency": day - paid[-1]["paid_day"] if n else nan,
        "month_end_share": (sum(is_month_end(r["paid_day"]) for r in paid) + 3 * 0.25) / (n + 3),
    }


def rhythm(paid):
    days = sorted({r["paid_day"] for r in paid})
    gaps = [after - before for before, after in pairwise(days)][-6:]
    return {
        "run_days": quantile(gaps, 0.5),
        "run_spread": quantile(gaps, 0.9) - quantile(gaps, 0.1) if len(gaps) > 1 else nan,
        "run_size": len(paid) / len(days) if days else nan,
    }


def book(own, relative, day):
    def is_open(row):
        return row["ended_day"] is None or row["ended_day"] > day

    opened = [r for r in own if is_open(r)]
    overdue = [r for r in opened if r["due_day"] < day]
    usual = mean([relative[r["item_id"]] for r in own]) if own else 1
    # as if the oldest were paid first
    dues = sorted(max(r["due_day"], r["issued_day"] - 1) for r in own)
    settled_late = sum(r["due_day"] < day and not is_open(r) for r in own)
    return {
        "tenure": day - min(r["issued_day"] for r in own) if own else nan,
        "n_open": len(opened),
        "open_ratio": sum(relative[r["item_id"]] for r in opened) / usual,
        "n_overdue": len(overdue),
        "overdue_ratio": sum(relative[r["item_id"]] for r in overdue) / usual,
        "oldest": day - dues[settled_late] if overdue else 0,
    }


def portfolio(every, day):
    recent = [
        r["paid_day"] - r["due_day"]
        for r in every
        if r["paid_day"] is not None and day - 28 < r["paid_day"] <= day
    ]
    cut = [min(max(one, -60), 90) for one in recent]
    return {
        "portfolio_recent": mean(cut) if recent else 0,
        "portfolio_late": mean([one > 0 for one in recent]) if recent else 0,
    }


def item_facts(history: History, assumed: Portfolio, item: dict, day: int):
    """What is known of an item at the end of a day, beside its customer's facts."""
    known, shares = customer_facts(history, assumed, item["customer_id"], day)
    usual = {
        currency: mean(history.items.filter(currency=currency)["amount_minor"].to_list())
        for currency in history.items["currency"].unique()
    }
    relative = relative_amounts(history)
    amount = item["amount_minor"] / usual.get(item["currency"], item["amount_minor"])
    paid = [
        relative[r["item_id"]]
        for r in history.items.to_dicts()
        if r["customer_id"] == item["customer_id"]
        and r["paid_day"] is not None
        and r["paid_day"] <= day
    ]
    start = max(item["issued_day"], day + 1)
    due = EPOCH + timedelta(days=item["due_day"])

    def of_item(frame, day_column):
        return [
            r
            for r in frame.to_dicts()
            if r["item_id"] == item["item_id"]
            and r[day_column] is not None
            and r[day_column] <= day
        ]

    promises = sorted(
        of_item(history.promises, "made_day"), key=lambda r: (r["made_day"], r["due_day"])
    )
    promised = inf
    if promises and (promises[-1]["withdrawn_day"] or inf) > day:
        promised = promises[-1]["due_day"]
    has_items = item["customer_id"] in history.items["customer_id"]
    contacts = {
        r["day"]
        for r in history.contacts.to_dicts()
        if has_items and r["customer_id"] == item["customer_id"] and r["day"] <= day
    }
    part = sum(r["amount_minor"] for r in of_item(history.parts, "day"))
    return known | {
        "days_to_due": item["due_day"] - start,
        "term": item["due_day"] - item["issued_day"],
        "age": max(day - item["issued_day"], -1),
        "log_amount": np.log(max(amount, 1e-4)),
        "amount_ratio": amount / max(mean(paid), 1e-3) if paid else nan,
        "due_weekday": due.weekday(),
        "due_day_of_month": due.day,
        "due_month": due.month,
        "pay_gap": (known["weekday_peak"] - due.weekday()) % 7,
        "currency": sorted(usual).index(item["currency"]) if item["currency"] in usual else -1,
        "part_paid": part / item["amount_minor"],
        "disputed": len(of_item(history.disputes, "opened_day"))
        - len(of_item(history.disputes, "closed_day")),
        "promise_wait": promised - day if promised < inf else nan,
        "promises": len(promises),
        "contacts": sum(one > day - 30 for one in contacts),
        "contact_age": day - max(contacts) if contacts else nan,
        "is_paper": next(
            (
                float(r["is_paper"])
                for r in history.papers.to_dicts()
                if r["item_id"] == item["item_id"]
            ),
            nan,
        ),
    }, shares


def odd_history(seed: int, items: int = 120, customers: int = 5) -> History:
    """A random history with what is rare: due before issue, several payments a day, mixed
    currencies, settled without money, several promises and disputes, strangers contacted."""
    random = np.random.default_rng(seed)
    as_of = 20_500
    rows, parts, disputes, promises = [], [], [], []
    for number in range(1, items + 1):
        issued = as_of - int(random.integers(0, 200))
        due = issued + int(random.choice([-4, 0, 7, 30, 30, 60]))
        amount = int(random.integers(1, 10_000))
        paid = max(issued, due + int(random.normal(3, 15)) // 3 * 3)
        fate = random.random()
        ended = None
        if fate < 0.07:
            paid, ended = None, min(paid + 9, as_of)
        elif paid > as_of or fate < 0.12:
            paid = None
        else:
            ended = paid
            parts.append((number, max(issued, paid - 8), amount // 2))
            parts.append((number, paid, amount - amount // 2))
        currency = str(random.choice(["EUR", "EUR", "USD"]))
        customer = 10 * int(random.integers(1, customers + 1))
        left = amount if ended is None else 0
        rows.append((number, customer, currency, amount, left, issued, due, paid, ended))
        for _ in range(int(random.integers(0, 3))):
            opened = min(issued + int(random.integers(0, 30)), as_of)
            closed = opened + int(random.integers(0, 20))
            disputes.append((number, opened, closed if closed <= as_of else None))
            withdrawn = opened + int(random.integers(1, 30))
            promised = opened + int(random.integers(0, 20))
            is_over = withdrawn <= as_of and random.random() < 0.5
            promises.append((number, opened, promised, withdrawn if is_over else None))
    contacts = [
        (int(random.integers(1, items)), 5 * int(random.integers(1, 14)), as_of - int(days))
        for days in random.integers(0, 200, 60)
    ]

    def frame(columns, values):
        types = {
            name: pl.Int64 if name.endswith(("_id", "minor")) else pl.Int32 for name in columns
        }
        return pl.DataFrame(values, schema=types, orient="row")

    return History(
        as_of=as_of,
        items=pl.DataFrame(rows, schema=HISTORY_ITEMS, orient="row"),
        parts=frame(("item_id", "day", "amount_minor"), parts),
        disputes=frame(("item_id", "opened_day", "closed_day"), disputes),
        promises=frame(("item_id", "made_day", "due_day", "withdrawn_day"), promises),
        contacts=frame(("item_id", "customer_id", "day"), contacts),
        countries=pl.DataFrame(schema={"customer_id": pl.Int64, "country": pl.String}),
        papers=pl.DataFrame(
            [(number, bool(random.integers(0, 2))) for number in range(1, items + 1, 2)],
            schema=PAPERS,
            orient="row",
        ),
    )
