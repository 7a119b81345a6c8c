"""Statements of account for many customers: made in the background into one zip, safe to rerun.

A run is kept as a small file beside its zip in the data folder. What it issues is issued once
whatever runs twice, so a run whose process died is begun again and comes out the same.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.statements import issue_statements
from dunwell.engine.money import from_minor
from dunwell.formats.account_statement import AccountDocument
from dunwell.formats.account_statement_files import KINDS, file_name
from dunwell.formats.exports import ExportError, Value, write_csv
from dunwell.formats.typesetting import TypesettingError
from dunwell.formats.zip_entries import zip_entry
from dunwell.jobs.file_locks import claimed_file
from dunwell.jobs.file_notes import write_note
from dunwell.models import AccountStatement, Company, Customer
from dunwell.queries.account_documents import Span
from dunwell.queries.statements import (
    SCOPES,
    customers_to_state,
    letterhead,
)

AT_ONCE = 100
"""Customers that are stated in one transaction, and between two notes of progress."""
INDEX = "index.csv"
INDEX_COLUMNS = (
    *("statement", "customer_number", "customer", "currency", "opening", "movements", "closing"),
    *("language", "sha256"),
)
RUNNING, DONE, REFUSED = "running", "done", "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementRun:
    """One run over many customers: what was asked for, and how far it is."""

    id: str
    from_on: date
    to_on: date
    known_on: date
    scope: str
    segment: str
    language: str
    kinds: tuple[str, ...]
    user: str
    user_id: int | None
    begun_at: datetime
    status: str = RUNNING
    total: int = 0
    done: int = 0
    error: str = ""

    @property
    def span(self) -> Span:
        """Return the span with what was known."""
        return Span(from_on=self.from_on, to_on=self.to_on, known_on=self.known_on)

    @property
    def percent(self) -> int:
        """Return how far it is, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


def begin_run(
    *,
    actor: Actor,
    span: Span,
    scope: str,
    segment: str = "",
    language: str = "",
    kinds: Sequence[str],
    at: datetime,
) -> StatementRun:
    """Note a run to be done by `run_statements`; the same request again replaces the one before.

    Raises Refused without the right to make statements, without a kind of file, and when there
    is no customer to state.
    """
    actor.require("statement.make")
    chosen = tuple(kind for kind in KINDS if kind in kinds)
    if not chosen:
        raise Refused(f"Choose at least one kind of file: {', '.join(KINDS)}.")
    if scope not in SCOPES:
        raise Refused(f"There is no choice {scope}; use {', '.join(SCOPES)}.")
    total = customers_to_state(actor.company, scope=scope, segment=segment, span=span).count()
    if not total:
        raise Refused("No customer fits this choice. Choose another span, segment or scope.")
    asked = [str(span), scope, segment, language, *chosen]
    run = StatementRun(
        id=hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16],
        from_on=span.from_on,
        to_on=span.to_on,
        known_on=span.known_on,
        scope=scope,
        segment=segment,
        language=language,
        kinds=chosen,
        user=actor.name,
        user_id=actor.user_id,
        begun_at=at,
        total=total,
    )
    _note(actor.company, run)
    return run


def run_statements(*, company_id: int, run_id: str, as_of: date, at: datetime) -> None:
    """Issue a run's statements and put their files into its zip; a finished run stays as it is.

    One process works on a run at a time: the lock ends with its process, however it ends.
    """
    company = Company.objects.get(pk=company_id)
    with _claimed(company, run_id) as is_ours:
        run = read_run(company, run_id)
        if not is_ours or run is None or run.status != RUNNING:
            return
        actor = Actor(
            company=company,
            name=run.user,
            user_id=run.user_id,
            rights=frozenset({"statement.make"}),
        )
        path = _path(company, run_id, "zip")
        partial = path.with_suffix(".part")
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                write_statements(
                    actor=actor,
                    run=run,
                    put=lambda name, data: _put(archive, name, data, on=run.to_on),
                    note=lambda done: _note(company, replace(run, done=done)),
                    as_of=as_of,
                    at=at,
                )
        except Refused as refusal:
            partial.unlink(missing_ok=True)
            _note(company, replace(run, status=REFUSED, error=str(refusal)))
            return
        partial.replace(path)
        _note(company, replace(run, status=DONE, done=run.total))


def write_statements(
    *,
    actor: Actor,
    run: StatementRun,
    put: Callable[[str, bytes], None],
    note: Callable[[int], None],
    as_of: date,
    at: datetime,
) -> int:
    """Issue a run's statements and hand every file to `put`, an index of them last.

    `note` is told how many customers are done. Returns how many statements there are. Raises
    Refused when a statement cannot be issued, or a file of it cannot be written.
    """
    company, done = actor.company, 0
    found = customers_to_state(company, scope=run.scope, segment=run.segment, span=run.span)
    keys = list(found.values_list("pk", flat=True))
    index: list[tuple[Value, ...]] = []
    for at_key in range(0, len(keys), AT_ONCE):
        chunk = Customer.objects.filter(pk__in=keys[at_key : at_key + AT_ONCE])
        customers = {row.pk: row for row in chunk.order_by("number", "pk")}
        issued = issue_statements(
            actor=actor,
            customers=list(customers.values()),
            from_on=run.from_on,
            to_on=run.to_on,
            known_on=run.known_on,
            language=run.language,
            as_of=as_of,
            at=at,
        )
        for statement, document in issued:
            customer = customers[statement.customer_id]
            index += _index_rows(statement, document, customer)
            for kind in run.kinds:
                put(file_name(document, kind), _file(kind, document, company, customer))
        done += len(customers)
        note(done)
    put(INDEX, write_csv(INDEX_COLUMNS, index))
    return done


def read_run(company: Company, run_id: str) -> StatementRun | None:
    """Return a run of the company by its id, None when there is none."""
    path = _path(company, run_id, "json")
    if not run_id.isalnum() or not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    days = {name: date.fromisoformat(data[name]) for name in ("from_on", "to_on", "known_on")}
    begun_at = datetime.fromisoformat(data["begun_at"])
    return StatementRun(**{**data, **days, "begun_at": begun_at, "kinds": tuple(data["kinds"])})


def runs_of(company: Company, *, most: int = 10) -> list[StatementRun]:
    """Return the company's runs, the newest first."""
    found = [read_run(company, path.stem) for path in _folder(company).glob("*.json")]
    runs = sorted((run for run in found if run), key=lambda run: run.begun_at, reverse=True)
    return runs[:most]


def run_zip(company: Company, run_id: str) -> Path | None:
    """Return the zip of a finished run, None while there is none."""
    run = read_run(company, run_id)
    path = _path(company, run_id, "zip")
    return path if run and run.status == DONE and path.is_file() else None


def _index_rows(
    statement: AccountStatement, document: AccountDocument, customer: Customer
) -> Iterator[tuple[Value, ...]]:
    """Yield a row per currency; one without amounts for an account where nothing happened."""
    who = (statement.number, customer.number, customer.name)
    proof = (statement.language, statement.sha256)
    for account in document.accounts:
        minors = (account.opening_minor, account.movements_minor, account.closing_minor)
        amounts = [from_minor(minor, account.currency) for minor in minors]
        yield (*who, account.currency, *amounts, *proof)
    if not document.accounts:
        yield (*who, "", None, None, None, *proof)


def _file(kind: str, document: AccountDocument, company: Company, customer: Customer) -> bytes:
    """Return a file of a statement; raise Refused naming the statement it cannot be made of."""
    try:
        return KINDS[kind].write(document, letterhead(company, customer))
    except (TypesettingError, ExportError) as error:
        raise Refused(
            f"Statement {document.number} of customer {customer.number} as {kind.upper()}: {error}"
        ) from error


def _put(archive: zipfile.ZipFile, name: str, data: bytes, *, on: date) -> None:
    """Add a file under the last day of the span, so that the same run gives the same bytes."""
    archive.writestr(zip_entry(name, on=on), data)


def _folder(company: Company) -> Path:
    return Path(settings.DATA_DIR) / "statements" / str(company.pk)


def _path(company: Company, run_id: str, end: str) -> Path:
    return _folder(company) / f"{run_id}.{end}"


def _note(company: Company, run: StatementRun) -> None:
    """Write how far a run is."""
    _folder(company).mkdir(parents=True, exist_ok=True)
    write_note(_path(company, run.id, "json"), run)


def _claimed(company: Company, run_id: str) -> AbstractContextManager[bool]:
    """Hold the run for this process; yields False when another one holds it."""
    return claimed_file(_folder(company) / f"{run_id}.lock")
