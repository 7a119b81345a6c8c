"""Bank files for tests: MT940 statements, interim reports and CSV downloads, told in few words."""

from datetime import date, timedelta

from dunwell.actions.bank_files import receive_bank_file
from dunwell.actions.gate import system
from dunwell.actions.uploads import Upload
from dunwell.jobs.bank_files import read_file
from tests.conftest import AT, TODAY

ACCOUNT = "DE89370400440532013000"
MONDAY = date(2026, 3, 2)


def amount(minor):
    """An amount as SWIFT writes it."""
    return f"{abs(minor) // 100},{abs(minor) % 100:02d}"


def side(minor):
    return "C" if minor >= 0 else "D"


def line(minor, name="Acme", text="INV-1", *, ref="", on=MONDAY, value=None, kind="NTRF", e2e=""):
    """One entry: `:61:` and `:86:`."""
    value = value or on
    told = f"EREF+{e2e}" if e2e else ""
    extra = f"?20{told}?21SVWZ+{text}" if told else f"?20{text}"
    return (
        f":61:{value:%y%m%d}{on:%m%d}{side(minor)}{amount(minor)}{kind}NONREF"
        f"{'//' + ref if ref else ''}\n:86:166?00GUTSCHRIFT{extra}?32{name}\n"
    ), minor


def sta(number, opening, *lines, on=MONDAY, account=ACCOUNT, currency="EUR", closing=None):
    """An MT940 statement of one day; the opening balance bears the day before."""
    before = on - timedelta(days=1)
    end = opening + sum(minor for _, minor in lines) if closing is None else closing
    return (
        f":20:STARTUMS\n:25:{account}\n:28C:{number:05d}/001\n"
        f":60F:{side(opening)}{before:%y%m%d}{currency}{amount(opening)}\n"
        + "".join(text for text, _ in lines)
        + f":62F:{side(end)}{on:%y%m%d}{currency}{amount(end)}\n-\n"
    ).encode()


def interim(number, *lines, on=MONDAY, account=ACCOUNT, currency="EUR"):
    """An MT942 report within the day."""
    return (
        f":20:INTERIM\n:25:{account}\n:28C:{number:05d}/001\n:34F:{currency}0,\n"
        f":13D:{on:%y%m%d}1200+0100\n" + "".join(text for text, _ in lines) + "-\n"
    ).encode()


def days(count, *, first=MONDAY, each=10_00):
    """A chain of statements of successive days, each with one entry."""
    return [
        sta(
            n + 1,
            n * each,
            line(each, text=f"INV-{n}", on=first + timedelta(days=n)),
            on=first + timedelta(days=n),
        )
        for n in range(count)
    ]


def read(company, data, name="day.sta", *, as_of=TODAY, at=AT, currency=""):
    """Receive a file and read it; the record afterwards."""
    file = receive_bank_file(actor=system(company), file=Upload(name=name, data=data), at=at)
    return read_file(file_id=file.pk, as_of=as_of, at=at, currency=currency)
