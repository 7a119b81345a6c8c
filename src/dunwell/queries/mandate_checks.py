"""Lines of a file of mandates against the records: new, known from before, or refused and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dunwell.formats.mandate_rows import MandateLine
from dunwell.formats.sepa_accounts import SepaError, mandate_reference, sepa_account
from dunwell.models import Company, Customer, Mandate

NEW, KNOWN, REFUSED = "new", "known", "refused"
MOST_DEBTOR = 70


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedLine:
    """A line with its customer and checked account; `state` is new, known or refused."""

    row: int
    reference: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    debtor: str
    iban: str
    bic: str
    scheme: str
    is_recurring: bool
    signed_on: date | None
    state: str
    reason: str = ""


def checked_lines(
    company: Company, lines: Sequence[MandateLine], *, as_of: date
) -> tuple[CheckedLine, ...]:
    """Return every line with what would become of it; three queries whatever their number.

    A line is refused for what `MandateLine.problem` says, an unknown customer, an account or
    reference SEPA cannot use, a reference that is another mandate's, a signature in the future,
    and a second active mandate of one customer.
    """
    numbers = {line.customer_number for line in lines}
    customers = {
        number: (key, name)
        for key, number, name in Customer.objects.filter(
            company=company, number__in=numbers
        ).values_list("pk", "number", "name")
    }
    known = {
        mandate.reference: mandate
        for mandate in Mandate.objects.filter(
            company=company, reference__in={line.reference.strip() for line in lines}
        )
    }
    active: dict[int, str] = dict(
        Mandate.objects.filter(
            company=company,
            customer__number__in=numbers,
            status=Mandate.Status.ACTIVE,
        ).values_list("customer_id", "reference")
    )
    told: dict[str, int] = {}
    checked = []
    for line in lines:
        key, name = customers.get(line.customer_number, (None, ""))
        one = _accounted(line, key, name)
        if one.state == NEW:
            one = _against(one, known.get(one.reference), active, told, as_of=as_of)
        if one.state == NEW:
            told[one.reference] = one.row
            if one.signed_on is not None and one.customer_id is not None:
                active[one.customer_id] = one.reference
        checked.append(one)
    return tuple(checked)


def _accounted(line: MandateLine, key: int | None, name: str) -> CheckedLine:
    """Return the line with its account as banks want it, or refused for what it says itself."""
    debtor = (line.debtor or name)[:MOST_DEBTOR]
    one = CheckedLine(
        row=line.row,
        reference=line.reference.strip(),
        customer_id=key,
        customer_number=line.customer_number,
        customer_name=name,
        debtor=debtor,
        iban=line.iban,
        bic=line.bic,
        scheme=line.scheme,
        is_recurring=line.is_recurring,
        signed_on=line.signed_on,
        state=NEW,
    )
    if line.problem:
        return _refused(one, f"{line.problem}.")
    if key is None:
        return _refused(one, f"There is no customer {line.customer_number}.")
    if len(line.debtor) > MOST_DEBTOR:
        return _refused(one, f"The account holder has more than {MOST_DEBTOR} characters.")
    try:
        iban, bic = sepa_account(line.iban, line.bic)
        return replace(one, reference=mandate_reference(line.reference), iban=iban, bic=bic)
    except SepaError as error:
        return _refused(one, str(error))


def _against(
    one: CheckedLine,
    other: Mandate | None,
    active: dict[int, str],
    told: dict[str, int],
    *,
    as_of: date,
) -> CheckedLine:
    """Return the line judged by what is recorded and by the lines before it."""
    if one.reference in told:
        return _refused(
            one, f"Row {told[one.reference]} has the reference too; a reference is given once."
        )
    if other is not None:
        same = ("customer_id", "debtor", "iban", "bic", "scheme", "is_recurring")
        if all(getattr(other, name) == getattr(one, name) for name in same) and (
            one.signed_on in {None, other.signed_on}
        ):
            return replace(one, state=KNOWN)
        return _refused(
            one,
            f"There is another mandate {one.reference} already, with other figures; a mandate "
            "is never changed.",
        )
    if one.signed_on is not None and one.signed_on > as_of:
        return _refused(one, f"The mandate cannot be signed on {one.signed_on}: the future.")
    busy = active.get(one.customer_id or 0)
    if one.signed_on is not None and busy:
        return _refused(one, f"{one.customer_name} has the active mandate {busy}; end it first.")
    return one


def _refused(one: CheckedLine, reason: str) -> CheckedLine:
    return replace(one, state=REFUSED, reason=reason)
