"""Remittance advices as records: kept once per file and part, with their lines."""

from collections.abc import Sequence
from datetime import datetime

from dunwell.actions.banking.reading import as_found
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.remittance.advice import Advice, AdviceLine
from dunwell.models import Company, Remittance, RemittanceLine

SEPARATOR = "; "
"""Between the references of an advice, as they are stored."""


def add_advices(
    *,
    actor_id: int | None,
    company: Company,
    name: str,
    sha256: str,
    file_format: str,
    advices: Sequence[Advice],
    at: datetime,
) -> list[Remittance]:
    """Add the advices of a file that are not known yet, and return those.

    A file is known by its bytes, an advice by its place in it.
    """
    known = set(
        Remittance.objects.filter(company=company, sha256=sha256).values_list("part", flat=True)
    )
    fresh = [(part, one) for part, one in enumerate(advices) if part not in known]
    added = Remittance.objects.bulk_create(
        Remittance(
            company=company,
            user_id=actor_id,
            name=name[:200],
            sha256=sha256,
            part=part,
            format=file_format[:60],
            payer=one.payer[:200],
            reference=_references(one),
            currency=_currency(one.currency),
            total_minor=one.total_minor,
            paid_on=one.paid_on,
            findings=as_found(one.findings),
            recorded_at=at,
        )
        for part, one in fresh
    )
    RemittanceLine.objects.bulk_create(
        (
            _line(record, place, line)
            for record, (_, one) in zip(added, fresh, strict=True)
            for place, line in enumerate(one.lines, 1)
        ),
        batch_size=1_000,
    )
    return added


def _references(advice: Advice) -> str:
    """Return all references of an advice, each once, as far as they fit whole."""
    told = [*advice.references, advice.payment_id, advice.remittance_id]
    found = ""
    for reference in dict.fromkeys(filter(None, told)):
        longer = f"{found}{SEPARATOR}{reference}" if found else reference[:400]
        if len(longer) > 400:  # noqa: PLR2004  width of the column
            break
        found = longer
    return found


def _currency(code: str) -> str:
    return "" if code == UNKNOWN_CURRENCY else code


def _line(record: Remittance, place: int, line: AdviceLine) -> RemittanceLine:
    return RemittanceLine(
        remittance=record,
        place=place,
        item_ref=line.item_ref[:200],
        paid_minor=line.amount_minor,
        gross_minor=line.gross_minor,
        discount_minor=line.discount_minor,
        deduction_minor=line.deduction_minor,
        text=line.memo[:500],
    )
