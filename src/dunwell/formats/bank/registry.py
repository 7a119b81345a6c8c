"""Which bank formats there are: one line each, asked in this order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dunwell.formats.bank.aeb43 import is_aeb43, read_aeb43
from dunwell.formats.bank.bai2 import is_bai2, read_bai2
from dunwell.formats.bank.camt import is_camt, read_camt
from dunwell.formats.bank.cfonb120 import is_cfonb120, read_cfonb120
from dunwell.formats.bank.cfonb240 import is_cfonb240, read_cfonb240
from dunwell.formats.bank.coda import is_coda, read_coda
from dunwell.formats.bank.edi820 import is_edi820, read_edi820
from dunwell.formats.bank.edi823 import is_edi823, read_edi823
from dunwell.formats.bank.mt940 import is_mt940, read_mt940
from dunwell.formats.bank.nacha import is_nacha, read_nacha
from dunwell.formats.bank.ofx import is_ofx, read_ofx
from dunwell.formats.bank.qif import is_qif, read_qif
from dunwell.formats.bank.settlements import is_settlement, read_settlement
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import BankFile
from dunwell.formats.bank.table import is_bank_table, read_bank_table


class SheetReader(Protocol):
    """Reads a sheet as a profile says; raises StatementError."""

    def __call__(self, content: bytes, name: str, *, profile: SheetProfile) -> BankFile:
        """Return the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BankFormat:
    """A format: `sniff(content, name)` says whether a file is of it by looking at its beginning
    and never raises; `read(content, name)` returns the file or raises StatementError.

    `read_sheet` is there for sheets, which a profile may say how to read.
    """

    name: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[bytes, str], BankFile]
    read_sheet: SheetReader | None = None


FORMATS = (
    BankFormat(name="camt", sniff=is_camt, read=read_camt),
    BankFormat(name="ofx", sniff=is_ofx, read=read_ofx),
    BankFormat(name="mt940", sniff=is_mt940, read=read_mt940),
    BankFormat(name="bai2", sniff=is_bai2, read=read_bai2),
    BankFormat(name="qif", sniff=is_qif, read=read_qif),
    BankFormat(name="coda", sniff=is_coda, read=read_coda),
    BankFormat(name="aeb43", sniff=is_aeb43, read=read_aeb43),
    BankFormat(name="cfonb120", sniff=is_cfonb120, read=read_cfonb120),
    BankFormat(name="cfonb240", sniff=is_cfonb240, read=read_cfonb240),
    BankFormat(name="nacha", sniff=is_nacha, read=read_nacha),
    BankFormat(name="edi820", sniff=is_edi820, read=read_edi820),
    BankFormat(name="edi823", sniff=is_edi823, read=read_edi823),
    BankFormat(
        name="settlement",
        sniff=is_settlement,
        read=read_settlement,
        read_sheet=read_settlement,
    ),
    BankFormat(
        name="table", sniff=is_bank_table, read=read_bank_table, read_sheet=read_bank_table
    ),
)


def sheet_reader(content: bytes, name: str) -> SheetReader | None:
    """Return what reads a file by a profile, or None for a file that is no sheet."""
    return next((known.read_sheet for known in FORMATS if known.sniff(content, name)), None)
