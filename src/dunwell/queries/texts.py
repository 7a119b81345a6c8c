"""What the messages of a plan say: the facts of each customer, put into words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

import polars as pl
from django.conf import settings

from dunwell.engine.calendars import next_business_day
from dunwell.engine.legal_blocks import LegalText, MessageScope, legal_texts, with_legal_texts
from dunwell.engine.rendering import render
from dunwell.engine.wording import DIALOGUE_LINK, LONGEST_VALUE, Facts, Wording, WordingError
from dunwell.models import Company, Payment
from dunwell.queries.charges_told import NOTHING, Told, charge_texts, charges_told
from dunwell.queries.contact_rules import contact_book
from dunwell.queries.follow_ups import LINK
from dunwell.queries.line_texts import NO_LINES, CustomerLines, customer_lines, line_blocks
from dunwell.queries.plain_texts import FEW, Said, Words, plain_messages, total_blocks
from dunwell.queries.portal_links import told_door
from dunwell.queries.reminders import ContactPlan
from dunwell.queries.text_rows import addressees, numbers_of
from dunwell.queries.wordings import (
    HOW_TO_PAY,
    WordingsInForce,
    day_text,
    every_wording_in_force,
    language_of,
    money_text,
    shipped_legal_blocks,
)

DAYS_TO_PAY = 7
"""Days a message gives to pay, moved on to a business day."""

AT_ONCE = 10_000
"""Customers whose texts are put together at once; bounds memory."""


@dataclass(frozen=True, slots=True)
class MessageText:
    """One message in words; `trouble` says why it could not be written, else it is empty.

    `wording` is the version of the texts (None: the shipped ones), `tone` and `variant` the form
    of it that was taken, `legal` the ids of what the law added.
    """

    customer_id: int
    language: str
    to: str
    subject: str
    body: str
    trouble: str = ""
    wording: int | None = None
    tone: str = ""
    variant: str = ""
    legal: tuple[str, ...] = ()


def message_texts(plan: ContactPlan, customers: pl.DataFrame) -> Iterator[MessageText]:
    """Yield one text per given customer of the plan, in order of customer."""
    if customers.is_empty():
        return
    company = plan.company
    texts = every_wording_in_force(company, as_of=plan.as_of)
    wanted = _wanted(plan, customers)
    said = {
        language: tuple(_said_to_all(company, language, as_of=plan.as_of).items())
        for language in wanted["language"].unique()
    }
    acts_as = contact_book(company, as_of=plan.as_of).policy.acts_as
    for part in wanted.iter_slices(AT_ONCE):
        yield from _of_part(plan, part, texts, said, acts_as)


def _of_part(
    plan: ContactPlan,
    wanted: pl.DataFrame,
    texts: Mapping[str, WordingsInForce],
    said: Said,
    acts_as: str,
) -> Iterator[MessageText]:
    """Yield the texts of some of the contacts, so that the lines of all are not held at once."""
    company, customers = plan.company, wanted.select("customer_id")
    forms = {language: now.document.line_forms for language, now in texts.items()}
    rows = _lines(plan, customers, wanted)
    plain = _plain(plan, wanted, rows, texts, said)
    charges = _charges(plan, wanted, texts)
    others = pl.DataFrame({"customer_id": list(plain)}, schema={"customer_id": pl.Int64})
    lines = customer_lines(
        rows.join(others, on="customer_id", how="anti", maintain_order="left"), forms
    )
    totals = _totals(plan, customers)
    for row in wanted.select(*_ADDRESSED).iter_rows(named=True):
        key, language, template = row["customer_id"], row["language"], row["template"]
        to, now = row["email"] or "", texts[language]
        try:
            words = plain.get(key) or _words(
                company,
                row,
                now=now,
                lines=lines.get(key, NO_LINES),
                totals=totals.get(key, {}),
                charges=charges.get(key, []),
                said=said[language],
            )
        except (KeyError, WordingError) as error:
            yield MessageText(key, language, to, "", "", trouble=f"{template}: {error}")
            continue
        legal = _legal(
            str(row["country"] or company.country),
            str(row["party"]),
            str(row["debt_use"]),
            acts_as,
            str(row["channel"]),
            str(template),
            language,
        )
        yield MessageText(
            key,
            language,
            to,
            words.subject,
            with_legal_texts(words.body, legal),
            wording=now.version_id,
            tone=words.chosen.tone,
            variant=words.chosen.variant,
            legal=tuple(one.id for one in legal),
        )


def _plain(
    plan: ContactPlan,
    wanted: pl.DataFrame,
    lines: pl.DataFrame,
    texts: Mapping[str, WordingsInForce],
    said: Said,
) -> dict[int, Words]:
    """Return the texts that can be put together at once, by customer."""
    if wanted.height <= FEW:
        return {}
    forms = {language: now.document.line_forms for language, now in texts.items()}
    asked = plan.totals.filter(pl.col("demand_minor") > 0).join(
        wanted.select("customer_id", "language"), on="customer_id", how="inner"
    )
    name, nothing = pl.col("name"), pl.lit("")
    rows = (
        wanted.drop("number")
        .with_columns(reference=wanted["number"])
        .join(line_blocks(lines, forms), on="customer_id", how="left")
        .join(total_blocks(asked, texts), on="customer_id", how="left")
        .with_columns(
            pl.when(pl.col("item_count").is_null())
            .then(nothing)
            .otherwise(pl.col("lines", "credits"))
            .name.keep(),
            totals=pl.col("totals").fill_null(""),
            customer_name=name,
            contact_name=_stated("contact_name", name),
            collector_name=_stated("collector", pl.lit(plan.company.name)),
            item_count=pl.col("item_count").fill_null(0).cast(pl.String),
            oldest_days_late=pl.max_horizontal(pl.col("oldest_days").fill_null(0), 0).cast(
                pl.String
            ),
        )
    )
    return plain_messages(rows, texts, said)


def _stated(column: str, otherwise: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(column).fill_null("") != "").then(column).otherwise(otherwise)


def _said_to_all(company: Company, language: str, *, as_of: date) -> dict[str, str]:
    """Return what every message of a day says alike in a language."""
    pay_by = next_business_day(as_of + timedelta(days=DAYS_TO_PAY), country=company.country)
    return {
        "company_name": company.name,
        "reply_to": company.reply_to or settings.DEFAULT_FROM_EMAIL,
        "how_to_pay": company.pay_to or HOW_TO_PAY[language],
        "today": day_text(as_of, language),
        "pay_by": day_text(pay_by, language),
        "pay_link": told_door(),
        DIALOGUE_LINK: LINK,
    }


def _wanted(plan: ContactPlan, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the contacts of the given customers with whom they go to, and in which language."""
    rows = plan.contacts.join(customers, on="customer_id", how="semi").join(
        addressees(plan.company), on="customer_id", how="left"
    )
    wishes = zip(rows["contact_language"], rows["agreed_language"], strict=True)
    spoken = [language_of(*wished, plan.company.language) for wished in wishes]
    return rows.with_columns(language=pl.Series(spoken, dtype=pl.String))


def _words(
    company: Company,
    row: Mapping[str, str | int],
    *,
    now: WordingsInForce,
    lines: CustomerLines,
    totals: Mapping[str, int],
    charges: list[dict[str, object]],
    said: tuple[tuple[str, str], ...],
) -> Words:
    """Return one text put together by itself; raises KeyError or WordingError."""
    language = now.language
    chosen = now.chosen(
        str(row["template"]), segment=str(row["segment"]), customer_id=int(row["customer_id"])
    )
    is_told = _tells_charges(chosen.wording)
    accrued = charge_texts(charges, demand=totals, language=language) if is_told else NOTHING
    items, own_credits = _whole_lines(lines.items), _whole_lines(lines.credits)
    facts = Facts(
        values={
            **accrued.values,
            "customer_name": str(row["name"]),
            "contact_name": str(row["contact_name"] or row["name"]),
            "collector_name": str(row["collector"] or company.name),
            "reference": str(row["number"]),
            "item_count": str(len(items)),
            "oldest_days_late": str(max(lines.oldest_days or 0, 0)),
        },
        said=said,
        items=items,
        credits=own_credits,
        totals={code: money_text(amount, code, language) for code, amount in totals.items()},
        charges=accrued.lines,
        charge_totals=accrued.totals,
    )
    subject, body = render(chosen.wording, facts)
    return Words(chosen, subject, body)


@lru_cache(maxsize=1024)
def _legal(
    country: str, party: str, use: str, acts_as: str, channel: str, template: str, language: str
) -> tuple[LegalText, ...]:
    """Return what the law adds to messages of a scope; the many of a day have few scopes."""
    scope = MessageScope(
        country=country, party=party, use=use, acts_as=acts_as, channel=channel, template=template
    )
    return legal_texts(shipped_legal_blocks(), scope, language=language)


@lru_cache(maxsize=1024)
def _tells_charges(wording: Wording) -> bool:
    return wording.tells_charges


def _whole_lines(lines: list[str | None]) -> list[str]:
    if None in lines:
        raise WordingError(f"the number of a line is longer than {LONGEST_VALUE} characters")
    return cast("list[str]", lines)


def _lines(plan: ContactPlan, customers: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of each customer's message, oldest first, cash not yet assigned last."""
    chosen = plan.lines.join(customers, on="customer_id", how="semi")
    numbers = numbers_of(plan.company, chosen)
    # all but the number was read for the plan
    rows = (
        chosen.join(numbers, on="item_id", how="inner")
        .join(plan.documents, on="item_id", how="inner")
        .select(*_LINE)
    )
    spoken = wanted.select("customer_id", "language")
    return (
        pl.concat([rows, _cash_lines(plan, customers)])
        .sort("customer_id", pl.col("kind") == "payment", "due_day", "number")
        .join(spoken, on="customer_id", how="inner", maintain_order="left")
    )


_ADDRESSED = (
    *("customer_id", "language", "email", "template", "segment", "name", "contact_name"),
    *("collector", "number", "country", "party", "debt_use", "channel"),
)
"""What a text is made of, besides its lines and sums."""

_LINE = (
    *("customer_id", "kind", "number", "currency", "issued_day", "due_day", "days_past_due"),
    *("open_minor", "collect_minor", "is_credit"),
)


def _cash_lines(plan: ContactPlan, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the payments that lower what is asked for, as credit lines.

    A payment and its return cancel out and are not told.
    """
    asked = plan.totals.filter(
        (pl.col("demand_minor") > 0) & (pl.col("unapplied_minor") > 0)
    ).select("customer_id", "currency")
    cash = plan.cash.join(customers, on="customer_id", how="semi").join(
        asked, on=["customer_id", "currency"], how="semi"
    )
    pair = ["customer_id", "currency", pl.col("unapplied_minor").abs()]
    told = cash.filter(pl.col("unapplied_minor").sum().over(pair) != 0)
    keys = told["payment_id"].to_list()
    numbers = dict(Payment.objects.filter(pk__in=keys).values_list("id", "number"))
    return told.select(
        "customer_id",
        kind=pl.lit("payment"),
        number=pl.col("payment_id").replace_strict(numbers, return_dtype=pl.String)
        if numbers
        else pl.lit(""),
        currency="currency",
        issued_day="value_day",
        due_day="value_day",
        days_past_due=pl.lit(0, pl.Int32),
        open_minor=-pl.col("unapplied_minor"),
        collect_minor=pl.lit(0, pl.Int64),
        is_credit=pl.lit(value=True),
    )


def _totals(plan: ContactPlan, customers: pl.DataFrame) -> dict[int, dict[str, int]]:
    """Return what is asked for per customer and currency."""
    rows = plan.totals.join(customers, on="customer_id", how="semi").filter(
        pl.col("demand_minor") > 0
    )
    found: dict[int, dict[str, int]] = {}
    for customer_id, currency, amount in rows.select(
        "customer_id", "currency", "demand_minor"
    ).iter_rows():
        found.setdefault(customer_id, {})[currency] = amount
    return found


def _charges(
    plan: ContactPlan, wanted: pl.DataFrame, texts: Mapping[str, WordingsInForce]
) -> Told:
    """Return what has accrued per customer, where a wording of the plan tells it: one query."""
    asked = set(wanted["template"].unique())
    named = [
        wording
        for now in texts.values()
        for template, wording in now.document.every_wording()
        if template in asked
    ]
    if not any(wording.tells_charges for wording in named):
        return {}
    return charges_told(plan.company, plan.lines.join(wanted, on="customer_id", how="semi"))
