"""Issuing statements of account: numbered without gaps, hashed, and never twice the same."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.account_statement import AccountDocument, account_totals, digest
from dunwell.formats.account_statement_words import LANGUAGES
from dunwell.models import AccountStatement, Company, Customer
from dunwell.queries.account_documents import Span, account_documents, checked_span
from dunwell.queries.account_rows import Through, newest_rows
from dunwell.queries.statements import spoken_language

MOST_AT_ONCE = 1000
"""Customers that are stated in one transaction; a run over more goes on with the next ones."""

PREFIX = "ST-"


@transaction.atomic
def make_statement(
    *,
    actor: Actor,
    customer: Customer,
    from_on: date,
    to_on: date,
    known_on: date | None = None,
    language: str = "",
    as_of: date,
    at: datetime,
) -> AccountStatement:
    """Issue a customer's statement over a span, both days within it, as known on a day.

    `known_on` is today unless given, the language the customer's. Asked again for the same
    span, knowledge and language, the statement issued before is returned, unless something
    recorded on that same day makes it say more. Raises Refused for a span that ends before it
    begins, for days to come, and for another company's customer.
    """
    actor.require("statement.make")
    [made] = make_statements(
        actor=actor,
        customers=[customer],
        from_on=from_on,
        to_on=to_on,
        known_on=known_on,
        language=language,
        as_of=as_of,
        at=at,
    )
    return made


@transaction.atomic
def make_statements(
    *,
    actor: Actor,
    customers: Sequence[Customer],
    from_on: date,
    to_on: date,
    known_on: date | None = None,
    language: str = "",
    as_of: date,
    at: datetime,
) -> list[AccountStatement]:
    """Issue a statement to each customer as `make_statement` does, all in one go.

    Returns them in the order of the customers; raises Refused as `issue_statements` does.
    """
    actor.require("statement.make")
    issued = issue_statements(
        actor=actor,
        customers=customers,
        from_on=from_on,
        to_on=to_on,
        known_on=known_on,
        language=language,
        as_of=as_of,
        at=at,
    )
    return [statement for statement, _ in issued]


@transaction.atomic
def issue_statements(
    *,
    actor: Actor,
    customers: Sequence[Customer],
    from_on: date,
    to_on: date,
    known_on: date | None = None,
    language: str = "",
    as_of: date,
    at: datetime,
) -> list[tuple[AccountStatement, AccountDocument]]:
    """Issue statements as `make_statements` does; return each with the document it stands for.

    The number of queries does not grow with the customers. Raises Refused as `make_statement`
    does, and for more than MOST_AT_ONCE customers.
    """
    actor.require("statement.make")
    span = _span(from_on=from_on, to_on=to_on, known_on=known_on, as_of=as_of)
    if len(customers) > MOST_AT_ONCE:
        raise Refused(f"Make statements for at most {MOST_AT_ONCE} customers at once.")
    if language and language not in LANGUAGES:
        raise Refused(
            f"Statements are written in {', '.join(LANGUAGES)}; {language} is none of them."
        )
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if strangers := [row.number for row in customers if row.company_id != company.pk]:
        raise Refused(f"Customer {strangers[0]} does not belong to {company.name}.")
    wanted = {row.pk: spoken_language(company, row, language) for row in customers}
    through = newest_rows()
    documents = account_documents(company, wanted, span=span, through=through)
    _check(documents.values())
    known = _issued(company, documents, span=span)
    new = [key for key in wanted if key not in known]
    first = _next_number(company) if new else 0
    made = AccountStatement.objects.bulk_create(
        _statement(
            documents[key].issued(f"{PREFIX}{first + place:06}"),
            actor=actor,
            customer_id=key,
            through=through,
            at=at,
        )
        for place, key in enumerate(new)
    )
    if made:
        _record(actor, made, span=span, at=at)
    found = known | {row.customer_id: row for row in made}
    # one issued before has the hash of this very document (`_issued`), so nothing is read again
    return [(found[row.pk], documents[row.pk].issued(found[row.pk].number)) for row in customers]


def _span(*, from_on: date, to_on: date, known_on: date | None, as_of: date) -> Span:
    try:
        return checked_span(from_on=from_on, to_on=to_on, known_on=known_on, as_of=as_of)
    except ValueError as error:
        raise Refused(str(error)) from error


def _check(documents: Iterable[AccountDocument]) -> None:
    """Refuse to issue a statement that does not add up: the books need looking at first."""
    for document in documents:
        if broken := document.breaks():
            raise Refused(
                f"The account of customer {document.customer} does not add up, so no statement "
                f"was made: {broken[0]}. Verify the books."
            )


def _issued(
    company: Company, documents: dict[int, AccountDocument], *, span: Span
) -> dict[int, AccountStatement]:
    """Return the statements issued before that say the same, by customer."""
    rows = AccountStatement.objects.filter(
        company=company,
        customer__in=documents,
        from_on=span.from_on,
        to_on=span.to_on,
        known_on=span.known_on,
    ).order_by("pk")
    return {
        row.customer_id: row
        for row in rows
        if row.language == documents[row.customer_id].language
        and row.sha256 == digest(documents[row.customer_id].issued(row.number))
    }


def _next_number(company: Company) -> int:
    """Return what the next number counts from; the company is locked, so none is left out."""
    last = AccountStatement.objects.filter(company=company).order_by("-pk").first()
    return int(last.number.removeprefix(PREFIX)) + 1 if last else 1


def _statement(
    document: AccountDocument, *, actor: Actor, customer_id: int, through: Through, at: datetime
) -> AccountStatement:
    return AccountStatement(
        company=actor.company,
        customer_id=customer_id,
        number=document.number,
        from_on=document.from_on,
        to_on=document.to_on,
        known_on=document.known_on,
        language=document.language,
        totals={"currencies": account_totals(document), "through": through.as_dict()},
        sha256=digest(document),
        made_by=actor.name,
        made_at=at,
    )


def _record(actor: Actor, made: Sequence[AccountStatement], *, span: Span, at: datetime) -> None:
    """Record one event: about the statement, or about the company when there are many."""
    days = {name: getattr(span, name).isoformat() for name in ("from_on", "to_on", "known_on")}
    if len(made) == 1:
        record_event(
            actor,
            "statement.made",
            made[0],
            at=at,
            customer_id=made[0].customer_id,
            number=made[0].number,
            sha256=made[0].sha256,
            **days,
        )
        return
    record_event(
        actor,
        "statements.made",
        actor.company,
        at=at,
        count=len(made),
        first=made[0].number,
        last=made[-1].number,
        **days,
    )
