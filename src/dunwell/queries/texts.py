"""What the messages of a plan say: the facts of each customer, put into words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

import narwhals.stable.v2 as nw
import polars as pl
from django.conf import settings

from dunwell.engine.calendars import next_business_day
from dunwell.engine.legal_blocks import LegalText, MessageScope, legal_texts, with_legal_texts
from dunwell.engine.rendering import render
from dunwell.engine.schema import Column, Frame
from dunwell.engine.wording import DIALOGUE_LINK, LONGEST_VALUE, Facts, Wording, WordingError
from dunwell.models import Company, Payment
from dunwell.queries import frames
from dunwell.queries.charges_told import NOTHING, Told, charge_texts, charges_told
from dunwell.queries.contact_rules import contact_book
from dunwell.queries.follow_ups import LINK
from dunwell.queries.line_texts import NO_LINES, CustomerLines, customer_lines, line_blocks
from dunwell.queries.plain_texts import FEW, Said, Words, plain_messages, total_blocks
from dunwell.queries.portal_links import told_door
from dunwell.queries.reminders import ContactPlan, native
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

MOST_KEYS = 500
"""Keys per IN list, below what every SQLite allows."""

ADDRESSEES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "number": Column(nw.String, "the customer's number, quoted when paying"),
    "name": Column(nw.String, "the customer's name"),
    "agreed_language": Column(nw.String, "agreed language, may be empty"),
    "segment": Column(nw.String, "group of customers it belongs to"),
    "country": Column(nw.String, "where it is, may be empty"),
    "party": Column(nw.String, "kind of party, may be empty"),
    "debt_use": Column(nw.String, "use of the debt, may be empty"),
    "contact_name": Column(nw.String, "whom we write to, may be empty"),
    "contact_language": Column(nw.String, "their language, may be empty"),
    "email": Column(nw.String, "their address, may be empty"),
    "collector": Column(nw.String, "who looks after the customer, may be empty"),
}
NUMBERS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "number": Column(nw.String, "number on the document"),
}


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
    forms = {language: now.document.line_forms for language, now in texts.items()}
    said = {
        language: tuple(_said_to_all(company, language, as_of=plan.as_of).items())
        for language in wanted["language"].unique()
    }
    rows = _lines(plan, customers, wanted)
    plain = _plain(plan, wanted, rows, texts, said)
    charges = _charges(plan, wanted, texts)
    others = pl.DataFrame({"customer_id": list(plain)}, schema={"customer_id": pl.Int64})
    lines = customer_lines(
        rows.join(others, on="customer_id", how="anti", maintain_order="left"), forms
    )
    totals = _totals(plan, customers)
    acts_as = contact_book(company, as_of=plan.as_of).policy.acts_as
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
        _addressees(plan.company), on="customer_id", how="left"
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
    numbers = _numbers(plan.company, chosen["item_id"])
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


def _numbers(company: Company, items: pl.Series) -> pl.DataFrame:
    """Return the numbers of the given items.

    Those open now are read in one go; a day gone by also names items settled since.
    """
    opened = native(
        frames.read_frame(
            # in this order SQLite looks up the open ones instead of reading all items
            "SELECT i.id, i.number FROM dunwell_openitem o CROSS JOIN dunwell_item i "
            "WHERE i.id = o.item_id AND i.company_id = %s",
            [company.pk],
            NUMBERS,
        )
    )
    settled = items.filter(~items.is_in(opened["item_id"].implode())).to_list()
    parts = [opened]
    for start in range(0, len(settled), MOST_KEYS):
        keys = settled[start : start + MOST_KEYS]
        marks = ", ".join(["%s"] * len(keys))
        query = (
            "SELECT i.id, i.number FROM dunwell_item i "  # noqa: S608
            f"WHERE i.company_id = %s AND i.id IN ({marks})"
        )
        parts.append(native(frames.read_frame(query, [company.pk, *keys], NUMBERS)))
    return pl.concat(parts)


def _addressees(company: Company) -> pl.DataFrame:
    return native(
        frames.read_frame(
            "SELECT c.id, c.number, c.name, c.language, c.segment, c.country, c.party, "
            "c.debt_use, "
            "COALESCE(t.name, ''), "
            "COALESCE(t.language, ''), COALESCE(t.email, ''), "
            "COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.username, '') "
            "FROM dunwell_customer c LEFT JOIN dunwell_contact t "
            "ON t.customer_id = c.id AND t.role = 'payables' AND t.is_primary "
            "LEFT JOIN dunwell_user u ON u.id = c.collector_id WHERE c.company_id = %s",
            [company.pk],
            ADDRESSEES,
        )
    )
