"""Financial statements from XBRL instances of three taxonomies, and what is refused."""

from datetime import date

import pytest

from dunwell.formats.financial_figures import StatementFileError
from dunwell.formats.financial_files import read_financial_file
from dunwell.formats.xbrl import CONCEPTS, read_xbrl

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance"
  xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:xbrldi="http://xbrl.org/2006/xbrldi"
  xmlns:us-gaap="http://fasb.org/us-gaap/2024" xmlns:ifrs-full="https://xbrl.ifrs.org/taxonomy/2024-03-27/ifrs-full"
  xmlns:de-gaap-ci="http://www.xbrl.de/taxonomies/de-gaap-ci-2023-04-01" xmlns:own="http://acme.example/2024">
"""
UNITS = """<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
<xbrli:unit id="eur"><xbrli:measure>iso4217:EUR</xbrli:measure></xbrli:unit>
<xbrli:unit id="share"><xbrli:divide><xbrli:unitNumerator><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unitNumerator><xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator></xbrli:divide></xbrli:unit>
"""


def context(key, *, end, start="", segment=""):
    period = (
        f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
        if start
        else f"<xbrli:instant>{end}</xbrli:instant>"
    )
    who = f"<xbrli:segment>{segment}</xbrli:segment>" if segment else ""
    return (
        f'<xbrli:context id="{key}"><xbrli:entity><xbrli:identifier scheme="x">1</xbrli:identifier>{who}'
        f"</xbrli:entity><xbrli:period>{period}</xbrli:period></xbrli:context>\n"
    )


CONTEXTS = (
    context("d24", end="2024-12-31")
    + context("y24", start="2024-01-01", end="2024-12-31")
    + context("q24", start="2024-10-01", end="2024-12-31")
    + context("d23", end="2023-12-31")
    + context("y23", start="2023-01-01", end="2023-12-31")
    + context(
        "part",
        start="2024-01-01",
        end="2024-12-31",
        segment='<xbrldi:explicitMember dimension="own:Region">own:Europe</xbrldi:explicitMember>',
    )
)


def fact(name, value, *, at, unit="usd", decimals="-3", more=""):
    return f'<{name} contextRef="{at}" unitRef="{unit}" decimals="{decimals}"{more}>{value}</{name}>\n'


def instance(*facts, contexts=CONTEXTS):
    return (HEAD + contexts + UNITS + "".join(facts) + "</xbrli:xbrl>").encode()


US = (
    fact("us-gaap:Assets", "5000000", at="d24"),
    fact("us-gaap:Assets", "4000000", at="d23"),
    fact("us-gaap:Liabilities", "3000000", at="d24"),
    fact("us-gaap:StockholdersEquity", "2000000", at="d24"),
    fact("us-gaap:Revenues", "9000000", at="y24"),
    fact("us-gaap:Revenues", "2500000", at="q24"),
    fact("us-gaap:Revenues", "8000000", at="y23"),
    fact("us-gaap:Revenues", "7000000", at="part"),
    fact("us-gaap:OperatingIncomeLoss", "-300000", at="y24"),
)


def told(file):
    return {one.statement.period_to: dict(one.statement.lines) for one in file.statements}


def test_a_us_filing_gives_a_statement_for_each_balance_day():
    file = read_xbrl(instance(*US), name="f.xml")
    assert told(file) == {
        date(2023, 12, 31): {"total_assets": 4_000_000_00, "revenue": 8_000_000_00},
        date(2024, 12, 31): {
            "total_assets": 5_000_000_00,
            "total_liabilities": 3_000_000_00,
            "equity": 2_000_000_00,
            "revenue": 9_000_000_00,
            "ebit": -300_000_00,
        },
    }
    last = file.statements[-1]
    assert (
        last.statement.period_from,
        last.statement.currency,
        last.statement.kind,
        last.statement.scale,
        last.places["ebit"],
    ) == (date(2024, 1, 1), "USD", "annual", 1_000, "line 24: OperatingIncomeLoss")


def test_ifrs_and_german_concepts_are_known():
    ifrs = instance(
        fact("ifrs-full:Assets", "100", at="d24", unit="eur", decimals="INF"),
        fact("ifrs-full:Revenue", "70.50", at="y24", unit="eur", decimals="2"),
        fact("ifrs-full:ProfitLoss", "7", at="y24", unit="eur", decimals="0"),
    )
    assert told(read_xbrl(ifrs, name="f.xml")) == {
        date(2024, 12, 31): {"total_assets": 100_00, "revenue": 70_50, "net_income": 7_00}
    }
    german = instance(
        fact("de-gaap-ci:bs.ass", "100.25", at="d24", unit="eur", decimals="2"),
        fact("de-gaap-ci:bs.eqLiab.equity", "40.25", at="d24", unit="eur", decimals="2"),
        fact("de-gaap-ci:is.netIncome", "5", at="y24", unit="eur", decimals="2"),
    )
    assert told(read_xbrl(german, name="f.xml")) == {
        date(2024, 12, 31): {"total_assets": 100_25, "equity": 40_25, "net_income": 5_00}
    }


def test_of_a_figure_told_twice_the_more_precise_counts_and_of_equals_the_last():
    file = read_xbrl(
        instance(
            fact("us-gaap:Assets", "5000000", at="d24", decimals="-6"),
            fact("us-gaap:Assets", "5012345", at="d24", decimals="0"),
            fact("us-gaap:Liabilities", "1", at="d24", decimals="0"),
            fact("us-gaap:Liabilities", "2", at="d24", decimals="0"),
        ),
        name="f.xml",
    )
    assert told(file) == {
        date(2024, 12, 31): {"total_assets": 5_012_345_00, "total_liabilities": 2_00}
    }


def test_the_concept_that_fits_best_beats_a_wider_one():
    file = read_xbrl(
        instance(
            *US[:1],
            fact("us-gaap:ProfitLoss", "9", at="y24"),
            fact("us-gaap:NetIncomeLoss", "7", at="y24"),
            fact("us-gaap:ProfitLoss", "9", at="y24"),
        ),
        name="f.xml",
    )
    assert told(file)[date(2024, 12, 31)]["net_income"] == 7_00


def test_figures_without_value_of_segments_of_own_concepts_and_per_share_are_passed_over():
    file = read_xbrl(
        instance(
            *US[:1],
            fact("us-gaap:Revenues", "7000000", at="part"),
            fact("own:Revenues", "1", at="y24"),
            fact("us-gaap:InterestExpense", "", at="y24", more=' xsi:nil="true"'),
            fact("us-gaap:NetIncomeLoss", "1.5", at="y24", unit="share"),
        ),
        name="f.xml",
    )
    assert told(file) == {date(2024, 12, 31): {"total_assets": 5_000_000_00}}


def test_of_several_currencies_the_one_asked_for_or_told_most_is_read():
    both = instance(*US, fact("us-gaap:Assets", "1", at="d24", unit="eur"))
    file = read_xbrl(both, name="f.xml")
    assert file.notes == ("Figures in EUR were passed over.",)
    assert told(read_xbrl(both, name="f.xml", currency="EUR")) == {
        date(2024, 12, 31): {"total_assets": 1_00}
    }


def test_half_a_year_is_an_interim_statement_and_midnight_ends_the_day_before():
    half = context("d", end="2024-07-01T00:00:00") + context(
        "h", start="2024-01-01", end="2024-06-30"
    )
    file = read_xbrl(
        instance(
            fact("us-gaap:Assets", "10", at="d"),
            fact("us-gaap:Revenues", "4", at="h"),
            contexts=half,
        ),
        name="f.xml",
    )
    only = file.statements[0].statement
    assert (only.period_from, only.period_to, only.kind, dict(only.lines)) == (
        date(2024, 1, 1),
        date(2024, 6, 30),
        "interim",
        {"total_assets": 10_00, "revenue": 4_00},
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "declares a document type or an entity"),
        ((HEAD + "<a></b>").encode(), "line 7: the XML is damaged or cut off"),
        (b"<Document xmlns='urn:iso'/>", "is no XBRL instance"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "this is inline XBRL"),
        (instance()[:-20], "damaged or cut off"),
        (instance(), "holds no total assets"),
        (instance(fact("us-gaap:Assets", "much", at="d24")), "'much', which is no number"),
        (instance(fact("us-gaap:Assets", "1e400000", at="d24")), "cannot be used"),
        (instance(fact("us-gaap:Assets", "NaN", at="d24")), "which is no number"),
        (instance(fact("us-gaap:Assets", "1.005", at="d24")), "more decimals than USD allows"),
        (instance(fact("us-gaap:Assets", "1", at="nowhere")), "refers to a context that is not"),
        (instance(fact("us-gaap:Assets", "1", at="d24", unit="no")), "refers to a unit that is"),
        (instance(fact("us-gaap:Assets", "1", at="d24", decimals="x")), "decimals of Assets is"),
        (instance(contexts=context("d", end="soon")), "'soon' is no day"),
        ((HEAD + "<a>" * 50).encode(), "nests deeper"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_where_and_why(content, message):
    with pytest.raises(StatementFileError, match=message):
        read_financial_file(content, name="f.xml", currency="USD")


def test_every_line_with_concepts_is_one_of_the_layout():
    from dunwell.engine.financial_statements import LINES

    assert all(set(lines) <= set(LINES) for lines in CONCEPTS.values())
