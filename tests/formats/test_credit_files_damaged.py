"""Files of statements and bureau feeds that are cut off, changed or made up: one typed error each."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.bureau_answers import BureauError, read_bureau_answer, read_bureau_feed
from dunwell.formats.financial_figures import StatementFileError
from dunwell.formats.financial_files import read_financial_file
from tests.formats.test_statement_sheets import GERMAN
from tests.formats.test_xbrl import US, instance

XBRL = instance(*US)
FEED = b'customer_number;score;flags;reported_on\n1001;5;"a|b";2026-01-01\n'
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30))


def statements(data):
    with suppress(StatementFileError):
        for one in read_financial_file(data, name="f", currency="EUR").statements:
            assert one.statement.lines


def feed(data):
    with suppress(BureauError):
        for row in read_bureau_feed(data, name="f"):
            read_bureau_answer(row, bureau="Alpha")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    statements(data)
    feed(data)
    feed(b"[" + data)


@given(st.integers(min_value=0, max_value=len(XBRL)), st.binary(max_size=6))
def test_a_damaged_instance_is_read_or_refused(at, junk):
    statements(XBRL[:at] + junk + XBRL[at + len(junk) :])
    statements(XBRL[:at])


@given(st.integers(min_value=0, max_value=len(GERMAN.encode())), st.binary(max_size=6))
def test_a_damaged_table_is_read_or_refused(at, junk):
    data = GERMAN.encode()
    statements(data[:at] + junk + data[at:])


@given(st.integers(min_value=0, max_value=len(FEED)), st.binary(max_size=6))
def test_a_damaged_feed_is_read_or_refused(at, junk):
    feed(FEED[:at] + junk + FEED[at:])


@given(
    st.fixed_dictionaries(
        {"reported_on": st.one_of(st.just("2026-01-01"), values)},
        optional=dict.fromkeys(
            (
                "score",
                "pd_ppm",
                "probability_of_default",
                "limit",
                "limit_minor",
                "currency",
                "is_insolvent",
                "flags",
                "risk_class",
                "external_id",
            ),
            values,
        ),
    )
)
def test_any_fields_are_an_answer_or_refused(told):
    with suppress(BureauError):
        answer = read_bureau_answer(told, bureau="Alpha")
        assert answer.pd_ppm is None or 0 <= answer.pd_ppm <= 1_000_000
        assert answer.limit_minor is None or answer.currency
