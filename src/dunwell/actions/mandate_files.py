"""Mandates in numbers, as a file tells them: all chosen lines are added, or none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.row_batches import refuse_lines
from dunwell.actions.uploads import Upload, keep_upload
from dunwell.formats.mandate_rows import (
    MOST_BYTES,
    MOST_LINES,
    MandateFileError,
    MandateLine,
    read_mandates,
)
from dunwell.formats.sealing import hinted
from dunwell.models import Company, Customer, Mandate
from dunwell.queries.mandate_checks import KNOWN, REFUSED, CheckedLine, checked_lines

Status = Mandate.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedMandates:
    """How many mandates were added, and how many were known from before and stay as they are."""

    added: int
    known: int


@transaction.atomic
def receive_mandate_file(*, actor: Actor, file: Upload, at: datetime) -> str:
    """Keep a file of mandates byte for byte until its lines are chosen; return its hash.

    Nothing is added. Raises Refused for a file that is no table of mandates: file, place, reason.
    """
    actor.require("mandate.edit")
    if not file.data:
        raise Refused(f"{file.name} is empty. Export it again.")
    if len(file.data) > MOST_BYTES:
        raise Refused(
            f"{file.name} has more than {MOST_BYTES // 1024**2} MB. Send fewer lines at once."
        )
    try:
        read_mandates(file.data, file.name)
    except MandateFileError as error:
        raise Refused(str(error)) from error
    return keep_upload(file.data, by=actor, at=at)


@transaction.atomic
def add_mandates(
    *,
    actor: Actor,
    lines: Sequence[MandateLine],
    rows: Collection[int] | None = None,
    as_of: date,
    at: datetime,
) -> AddedMandates:
    """Add the mandates of the chosen rows (None: all) in one step; those known change nothing.

    A line with a signature is active at once, one without waits for it. Raises Refused, naming
    the first row and its reason, when any chosen line cannot be added: then none is.
    """
    actor.require("mandate.edit")
    if len(lines) > MOST_LINES:
        raise Refused(f"{len(lines)} lines are too many at once; send at most {MOST_LINES}.")
    chosen = [line for line in lines if rows is None or line.row in rows]
    if not chosen:
        raise Refused("No line was chosen. Choose at least one.")
    # one file at a time, and no other mandate of these customers is signed meanwhile
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    numbers = {line.customer_number for line in chosen}
    list(
        Customer.objects.select_for_update(no_key=True)
        .filter(company=company, number__in=numbers)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    checked = checked_lines(company, chosen, as_of=as_of)
    refuse_lines([(one.row, one.reason) for one in checked if one.state == REFUSED])
    new = [one for one in checked if one.state != KNOWN]
    added = Mandate.objects.bulk_create(
        [_mandate(actor, one, one.customer_id, at) for one in new if one.customer_id is not None],
        batch_size=1_000,
    )
    record_events(actor, [fact for mandate in added for fact in _facts(mandate)], at=at)
    return AddedMandates(added=len(added), known=len(checked) - len(new))


def _mandate(actor: Actor, one: CheckedLine, customer_id: int, at: datetime) -> Mandate:
    return Mandate(
        company=actor.company,
        customer_id=customer_id,
        reference=one.reference,
        scheme=one.scheme,
        is_recurring=one.is_recurring,
        debtor=one.debtor,
        iban=one.iban,
        bic=one.bic,
        status=Status.DRAFT if one.signed_on is None else Status.ACTIVE,
        signed_on=one.signed_on,
        recorded_by=actor.name,
        recorded_at=at,
    )


def _facts(mandate: Mandate) -> list[Fact]:
    """Return the events of adding a mandate and of its signature, as by hand."""
    told = {"reference": mandate.reference}
    account = {**told, "scheme": mandate.scheme, "iban": hinted(mandate.iban)}
    facts = [_fact("mandate.added", mandate, account)]
    if mandate.signed_on is not None:
        signed = {**told, "signed_on": str(mandate.signed_on)}
        facts.append(_fact("mandate.signed", mandate, signed))
    return facts


def _fact(verb: str, mandate: Mandate, data: dict[str, str]) -> Fact:
    return Fact(
        verb=verb,
        subject="mandate",
        subject_id=mandate.pk,
        customer_id=mandate.customer_id,
        data=data,
    )
