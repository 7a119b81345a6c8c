"""The part `worth` of the authority policy: what is assumed when ways out are compared."""

from collections.abc import Mapping

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.settlement_worth import PPM, Recovery, WorthPolicy

WHERE = "authority, worth"
LONGEST_DAYS = 3_650
_FIELDS = {
    *("discount_rate_ppm", "paid_ppm", "waiting", "agency", "commission_ppm"),
    *("legal_ppm", "legal_days", "legal_cost_minor", "legal_cost_ppm"),
}


def read_worth(value: object) -> WorthPolicy:
    """Return what is assumed; a field left out keeps the standard. Raises DocumentError."""
    stated = documents.fields({} if value is None else value, WHERE)
    documents.known(stated, _FIELDS, WHERE)
    standard = WorthPolicy()
    return WorthPolicy(
        discount_rate_ppm=_rate(stated, "discount_rate_ppm", standard.discount_rate_ppm),
        paid_ppm=_rate(stated, "paid_ppm", standard.paid_ppm),
        waiting=_table(stated, "waiting", standard.waiting),
        agency=_table(stated, "agency", standard.agency),
        commission_ppm=_rate(stated, "commission_ppm", standard.commission_ppm),
        legal_ppm=_rate(stated, "legal_ppm", standard.legal_ppm),
        legal_days=documents.number(
            stated, "legal_days", WHERE, default=standard.legal_days, largest=LONGEST_DAYS
        ),
        legal_cost_minor=documents.number(
            stated, "legal_cost_minor", WHERE, default=standard.legal_cost_minor
        ),
        legal_cost_ppm=_rate(stated, "legal_cost_ppm", standard.legal_cost_ppm),
    )


def _rate(stated: Mapping[str, object], name: str, default: int) -> int:
    return documents.number(stated, name, WHERE, default=default, largest=PPM)


def _table(
    stated: Mapping[str, object], name: str, standard: tuple[Recovery, ...]
) -> tuple[Recovery, ...]:
    """Return a recovery table by age: from 0 days, ascending."""
    if name not in stated:
        return standard
    rows = tuple(
        _recovery(row, f"{WHERE}, {name}") for row in documents.rows(stated[name], name, WHERE)
    )
    days = [row.from_days for row in rows]
    if not days or days[0] != 0 or days != sorted(set(days)):
        raise DocumentError(
            f"{WHERE}: {name} begins at {days or 'nothing'}; list from_days upwards from 0, "
            "each once"
        )
    return rows


def _recovery(row: object, where: str) -> Recovery:
    stated = documents.fields(row, where)
    documents.known(stated, {"from_days", "rate_ppm", "days"}, where)
    return Recovery(
        from_days=documents.number(stated, "from_days", where, largest=LONGEST_DAYS),
        rate_ppm=documents.number(stated, "rate_ppm", where, largest=PPM),
        days=documents.number(stated, "days", where, largest=LONGEST_DAYS),
    )
