"""Damaged bank files are read or refused with file, place and reason: never another exception."""

import contextlib
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dunwell.formats.bank as package
from dunwell.formats.bank.bai2 import read_bai2
from dunwell.formats.bank.camt import read_camt
from dunwell.formats.bank.mt940 import read_mt940
from dunwell.formats.bank.ofx import read_ofx
from dunwell.formats.bank.qif import read_qif
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import StatementError
from tests.formats.bank.bank_files import bank_files
from tests.formats.bank.mutations import (
    PARTS,
    check_damaged,
    check_search,
    damaged,
    judged,
    small,
    zipped,
)
from tests.formats.bank.test_bai2 import bai2
from tests.formats.bank.test_camt import balance, camt, details, entry, paid
from tests.formats.bank.test_mt940 import mt940
from tests.formats.bank.test_ofx import movement, ofx

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

LARGEST_SEED = 8_000
MOST_MEMORY = 256 * 1024**2
FOLDER = Path(package.__file__).parent

OWN = {
    "camt": [
        camt(
            entry("30.00", inner=details(paid("10", "Ann"), paid("20", "Bob")))
            + entry("7", "DBIT", "<Chrgs><Rcrd><Amt Ccy='EUR'>1</Amt></Rcrd></Chrgs>"),
            balances=balance("OPBD", 10) + balance("CLBD", 33),
        )
    ],
    "mt940": [
        mt940(
            ":61:2601050105C10,00NTRFNONREF//B1",
            ":86:166?00GUTSCHRIFT?20EREF+E1?21SVWZ+R 7?31DE02?32Ann",
            ":61:260105RD5,N102EREF",
            ":86:/EREF/E2/NAME/Bob/REMI/USTD//R 8/OCMT/USD1,5/",
            closing="C260105EUR115,00",
        )
    ],
    "bai2": [
        bai2(
            "03,1,USD,010,100,,,015,105,,,100,5,1,S,1,2,2/",
            "16,195,5,V,260108,1200,B,C,text/",
            "88,EREF: E1",
            "16,495,6,D,1,0,6,B,C,more/",
        )
    ],
    "ofx": [ofx(movement() + movement(more="<NAME>A<MEMO>B<CURRENCY><CURSYM>CAD</CURRENCY>"))],
    "qif": [
        "!Account\nNGiro\n^\n!Type:Bank\nD13/01/2026\nT-1,234.50\nPAnn\nMx\nSA\n$5\n^\nD1/2'26\nT5\n"
    ],
}
REAL = {
    "camt": ["camt_genkgo/*.xml", "mixed_bsp/golden/*.xml", "tryton/sepa/*"],
    "mt940": ["mt940_wolph/**/*.sta", "mt940_wolph/citi/*", "tryton/mt940/*"],
    "bai2": ["bai2_moov/**/*.txt"],
    "ofx": ["ofx_ofxparse/**/*.ofx", "mixed_bsp/sample.?fx", "tryton/ofx/*"],
    "qif": ["oca_camt_ofx_sheet/**/*.qif"],
}
READERS = {
    "camt": read_camt,
    "mt940": read_mt940,
    "bai2": read_bai2,
    "ofx": read_ofx,
    "qif": read_qif,
}
KINDS = list(READERS)


def seeds(kind):
    """Own and real files of a format, small ones for speed."""
    real = [path.read_bytes() for pattern in REAL[kind] for path in bank_files(pattern)]
    return small(OWN[kind], real, most=LARGEST_SEED)


def mutate(kind, rounds):
    check_damaged(READERS[kind], seeds(kind), rounds=rounds, chance=random.Random(f"bank {kind}"))


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused(kind):
    mutate(kind, 500)


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_damaged_files_are_read_or_refused(kind):
    mutate(kind, 20_000)


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_a_minute_of_search_for_new_lines_finds_no_other_exception(kind):
    check_search(READERS[kind], seeds(kind), folder=FOLDER, chance=random.Random(f"search {kind}"))


def test_damaged_files_of_all_formats_pass_the_one_door(tmp_path):
    chance = random.Random("door")
    known = [content for kind in KINDS for content in seeds(kind)]
    known.append(zipped(tmp_path / "z.zip", seeds("camt")[0]))
    for _ in range(500):
        judged(read_bank_file, damaged(known, chance))


LINES = st.lists(
    st.one_of(
        st.sampled_from([part.decode("latin-1") for part in PARTS]),
        st.text(max_size=30),
        st.sampled_from(
            [line for kind in KINDS for text in OWN[kind] for line in text.split("\n")]
        ),
    ),
    max_size=15,
)


@pytest.mark.parametrize("kind", KINDS)
@given(lines=LINES)
def test_any_lines_in_any_order_are_read_or_refused(kind, lines):
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    judged(READERS[kind], content)
    judged(read_bank_file, content)


@pytest.mark.parametrize(
    "content",
    [
        "<BkToCstmrStmt><Stmt>" + "<Ntry>" * 50 + "</Ntry>" * 50,
        "<BkToCstmrStmt><Stmt>" + "<A/>" * 60_000 + "</Stmt></BkToCstmrStmt>",
        "<BkToCstmrStmt " + " ".join(f"a{n}='1'" for n in range(5_000)) + "/>",
        "<OFX>" + "<STMTRS>" * 30_000,
        "<OFX><STMTRS>" + "</A>" * 60_000,
        "OFXHEADER:100\n" + "<" * 200_000,
        "<OFX>" + "<A<" * 60_000,
        ":20:" + ":" * 300_000,
        ":20:S\n" + ":86:\n" * 60_000,
        ":20:S\n:60F:C260101EUR0,00\n:61:2601050105C1,00NTRF\n:86:166?20" + "?20EREF+" * 30_000,
        ":20:S\n:60F:C260101EUR0,00\n:61:2601050105C1,00NTRF\n:86:" + "/EREF" * 40_000 + "/",
        ":20:S\n:60F:C260101EUR0,00\n:61:2601050105C1,00NTRF\n:86:AUFTRAGGEBER: "
        + " " * 9_000
        + "x" * 9_000,
        ":20:S\n:60F:C260101EUR0,00\n:61:2601050105C1,00NTRF\n:86:" + "RF18 " * 40_000,
        "01,A,B,260106,0800,1,80,,2/\n" + "88,x\n" * 60_000,
        "01,A,B,260106,0800,1,80,,2/\n02,,,1,260105/\n03,1,USD" + ",D,99" * 40_000,
        "!Type:Bank\n" + "A x\n" * 40_000,
        "!Type:Bank\nD1/1/26\nT" + "1," * 60_000,
    ],
    ids=lambda content: content[:24],
)
def test_hostile_files_take_little_time_and_memory(content):
    data = content.encode()
    judged(read_bank_file, data)
    tracemalloc.start()
    try:
        with contextlib.suppress(StatementError):
            read_bank_file(data, "f")
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
