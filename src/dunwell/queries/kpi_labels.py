"""The names people know the parts of a book by."""

from collections.abc import Collection

from dunwell.models import Company, Customer, User
from dunwell.queries.kpi_parts import REST

CHUNK = 500
"""Keys asked for at a time; a query takes only so many."""


def slice_labels(company: Company, dimension: str, keys: Collection[str]) -> dict[str, str]:
    """Return the name of each key of a dimension that has another one than itself."""
    if dimension == "company":
        return {str(company.pk): company.name}
    asked = (
        sorted(int(key) for key in keys if key and key != REST) if _is_numbered(dimension) else []
    )
    labels: dict[str, str] = {}
    for start in range(0, len(asked), CHUNK):
        chunk = asked[start : start + CHUNK]
        if dimension == "customer":
            found = Customer.objects.filter(company=company, pk__in=chunk)
            for key, number, name in found.values_list("pk", "number", "name"):
                labels[str(key)] = f"{number} {name}"
        else:
            people = User.objects.filter(pk__in=chunk)
            labels.update((str(key), name) for key, name in people.values_list("pk", "username"))
    return labels


def _is_numbered(dimension: str) -> bool:
    return dimension in {"customer", "collector"}
