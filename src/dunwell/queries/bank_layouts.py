"""Layouts of bank sheets: what was answered for a header, and what a waiting file asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dunwell.formats.bank.sheet_profile import SheetProfile, read_sheet_profile
from dunwell.formats.findings import LedgerError
from dunwell.models import BankAccount, BankFile, BankLayout, Company


@dataclass(frozen=True, kw_only=True, slots=True)
class LayoutRow:
    """One kept layout; `files` is how many files of its header were received."""

    id: int
    name: str
    account: str
    currency: str
    date_order: str
    decimal: str
    signs: str
    columns: dict[str, str]
    saved_by: str
    saved_at: datetime
    files: int


def layout_rows(company: Company) -> tuple[LayoutRow, ...]:
    """Return the layouts kept in a company, the newest first; there are few."""
    files: dict[str, int] = {}
    for header in (
        BankFile.objects.filter(company=company)
        .exclude(header="")
        .values_list("header", flat=True)
    ):
        files[header] = files.get(header, 0) + 1
    return tuple(
        LayoutRow(
            id=layout.pk,
            name=layout.name,
            **{
                name: layout.document.get(name, "")
                for name in ("account", "currency", "date_order", "decimal", "signs")
            },
            columns={
                column: field
                for column, field in layout.document.get("columns", {}).items()
                if field
            },
            saved_by=layout.saved_by,
            saved_at=layout.saved_at,
            files=files.get(layout.header, 0),
        )
        for layout in BankLayout.objects.filter(company=company).order_by("-saved_at", "-id")
    )


def layout_document(company: Company, header: str) -> dict[str, Any]:
    """Return what was answered for a header, empty where nobody was asked."""
    found = BankLayout.objects.filter(company=company, header=header).first() if header else None
    return dict(found.document) if found else {}


def sheet_profile(document: Mapping[str, Any]) -> SheetProfile:
    """Return the profile of stored answers; one of an older release that fits no more is empty."""
    try:
        return read_sheet_profile(document)
    except LedgerError:
        return SheetProfile()


def has_numbered_account(company: Company) -> bool:
    """Return whether a file that tells no account could be of several."""
    return BankAccount.objects.filter(company=company).exclude(account="").exists()


def account_numbers(company: Company) -> list[str]:
    """Return the numbers of our accounts in use, sorted."""
    found = BankAccount.objects.filter(company=company, is_active=True).exclude(account="")
    return sorted(set(found.values_list("account", flat=True)))
