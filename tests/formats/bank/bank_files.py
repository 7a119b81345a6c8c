"""Bank files of others for the tests, and entries in short form."""

from pathlib import Path

import pytest

from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import BankFile, Entry, StatementError

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "bank"


def bank_file(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"test data {path} is absent")
    return path


def bank_files(pattern: str) -> list[Path]:
    """Files of a pattern for parametrising; nothing where the data is absent."""
    return sorted(path for path in DATA.glob(pattern) if path.is_file())


def read(name: str) -> BankFile:
    path = bank_file(name)
    return read_bank_file(path.read_bytes(), path.name)


def read_text(text: str, name: str = "f") -> BankFile:
    return read_bank_file(text.encode(), name)


def refusal(content: bytes | str) -> tuple[str, str, str]:
    """File, place and reason of the refusal that reading must end in."""
    with pytest.raises(StatementError) as caught:
        read_bank_file(content if isinstance(content, bytes) else content.encode(), "f")
    return caught.value.file, caught.value.place, caught.value.reason


def short(entries: tuple[Entry, ...]) -> list[tuple[str, int, str]]:
    return [(e.value_on.isoformat(), e.amount_minor, e.currency) for e in entries]


def codes(file: BankFile) -> list[str]:
    found = [f.code for f in file.findings]
    return found + [f.code for s in file.statements for f in s.findings]
