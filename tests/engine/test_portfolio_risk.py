"""The appetite form, shocks, rebalancing, sectors, signals and sections: tables in, tables out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.appetite_form import Answer, AppetiteError, CompanyFigures, appetite_lines
from dunwell.engine.appetite_measures import AppetiteLimit
from dunwell.engine.concentration import currency_slices, gini, lorenz
from dunwell.engine.credit_book import CreditRow, book_of
from dunwell.engine.exposure import ExposureRate, Part, split_by_currency
from dunwell.engine.rebalancing import COVER, CUT, LeverTerms, rebalanced
from dunwell.engine.sectors import DIVISIONS, SECTIONS, read_sector, section_of
from dunwell.engine.signal_matches import Known, SignalAbout, relevance, signal_hits
from dunwell.engine.stress import PPM, Scenario, stressed
from dunwell.formats.policies import read_policy
from dunwell.formats.policy_sections import with_field, with_section
from dunwell.formats.signal_rows import SignalFileError, read_feed, read_signals
from tests.conftest import TODAY


def row(key, exposure, **changes):
    fields = {"pd_ppm": 20_000, "lgd_ppm": 500_000, "risk_class": "B", "country": "DE"}
    return CreditRow(key, exposure, **(fields | changes))


BOOK = [
    row(1, 600_00, sector="41", currencies=(("EUR", 600_00),)),
    row(2, 300_00, country="FR", sector="46", currencies=(("EUR", 100_00), ("USD", 200_00))),
    row(3, 100_00, sector="F", currencies=(("USD", 100_00),)),
]


@pytest.mark.parametrize(
    ("scenario", "figures"),
    [
        # 1 % of 1,000.00 is lost; carrying at 8 % costs 80.00
        (Scenario(carry_ppm=80_000), (1_000_00, 10_00, 80_00, 0)),
        (Scenario(pd_times_ppm=2 * PPM), (1_000_00, 20_00, 0, 0)),
        (Scenario(lgd_add_ppm=100_000), (1_000_00, 12_00, 0, 0)),
        # the largest loses half of 600.00, and all of it is missing
        (Scenario(failing_top=1), (1_000_00, 304_00, 0, 600_00)),
        (Scenario(failing_sectors=("F",)), (1_000_00, 353_00, 0, 700_00)),
        (Scenario(fx=(("USD", -200_000),)), (940_00, 9_40, 0, 0)),
        (Scenario(inflation_ppm=100_000, sales_ppm=-100_000), (990_00, 9_90, 0, 0)),
        # 8 + 2 % of 1,000.00, and a third longer
        (
            Scenario(carry_ppm=80_000, rate_add_ppm=20_000, delay_days=10),
            (1_000_00, 10_00, 133_33, 333_33),
        ),
    ],
)
def test_shocks_come_to_what_paper_says(scenario, figures):
    found = stressed(book_of(BOOK), scenario)
    loss = pytest.approx(found.stressed_loss_minor, abs=1)
    carry = pytest.approx(found.stressed_carry_minor, abs=1)
    assert (figures[0], figures[1], figures[2], figures[3]) == (
        found.stressed_minor, loss, carry, pytest.approx(found.missing_minor, abs=1)
    )  # fmt: skip


def test_answers_become_limits_with_the_steps_between():
    figures = CompanyFigures(
        country="DE", currency="EUR", exposure_minor=1_000_00, weak_classes=("D", "E")
    )
    lines = appetite_lines(
        {
            "yearly_loss": Answer(value=101),
            "country": Answer(value=250_000, then="stop"),
            "weak_classes": Answer(value=100_000),
            "insured": Answer(value=300_000, then="watch"),
        },
        figures,
    )
    assert [dict(line.row) for line in lines] == [
        {"name": "Expected loss of a year", "measure": "expected_loss", "most_minor": 50,
         "then": "refer"},
        {"name": "Largest country abroad", "measure": "country_share", "most_ppm": 250_000,
         "then": "stop", "excluding": ["DE"]},
        {"name": "Weak risk classes", "measure": "class_share", "most_ppm": 100_000,
         "then": "refer", "classes": ["D", "E"]},
        {"name": "Not covered", "measure": "uncovered_share", "most_ppm": 700_000,
         "then": "watch"},
    ]  # fmt: skip
    assert lines[3].steps == (
        ("whole", PPM, "ppm"), ("insured", 300_000, "ppm"), ("most", 700_000, "ppm")
    )  # fmt: skip
    assert lines[1].worth_minor == 250_00
    for answers in ({}, {"sector": Answer(value=PPM + 1)}):
        with pytest.raises(AppetiteError):
            appetite_lines(answers, figures)


def test_the_cheapest_lever_is_used_as_far_as_it_is_needed():
    limit = AppetiteLimit(name="name", measure="top_1_share", most=500_000)
    found = rebalanced(book_of(BOOK), [limit], terms=LeverTerms())
    # 600 - x over 1,000 - x is a half at 200: cover costs 3 % less 1 % that is not lost
    (step,) = found.steps
    assert (step.lever, step.customer_id, step.less_minor, step.cost_minor) == (
        COVER, 1, 200_00, 4_00
    )  # fmt: skip
    assert (step.before, step.after, found.stuck) == (600_000, 500_000, ())
    only = LeverTerms(most={CUT: 100_000})
    stuck = rebalanced(book_of(BOOK), [limit], terms=only)
    assert (stuck.stuck, stuck.steps[0].limit_minor) == (("name",), 540_00)


@given(st.lists(st.integers(0, 10**9), max_size=12), st.integers(100_000, PPM))
def test_rebalancing_never_worsens_what_it_is_for_and_ends(amounts, most):
    rows = [row(key, amount) for key, amount in enumerate(amounts, 1)]
    limit = AppetiteLimit(name="name", measure="top_1_share", most=most)
    found = rebalanced(book_of(rows), [limit], terms=LeverTerms())
    assert all(step.less_minor <= step.exposure_minor for step in found.steps)
    assert found.after[0].value <= max(found.before[0].value, most)
    assert bool(found.stuck) == found.after[0].is_reached


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=30))
def test_a_lorenz_curve_rises_to_the_whole_below_the_diagonal(amounts):
    points = lorenz(amounts)
    assert (points[0], points[-1]) == ((0, 0), (PPM, PPM))
    assert all(y <= x for x, y in points)
    assert list(points) == sorted(points)
    assert 0 <= gini(amounts) < PPM


def test_parts_by_currency_add_up_to_the_exposure():
    rates = {"USD": ExposureRate("USD", 900_000, TODAY)}
    parts = (Part("EUR", open_minor=100), Part("USD", open_minor=101))
    found = split_by_currency(parts, rates, home="EUR", exposure_minor=97)
    assert (found, sum(amount for _code, amount in found)) == ((("EUR", 51), ("USD", 46)), 97)
    slices = currency_slices(book_of(BOOK))
    assert [(one.name, one.exposure_minor, one.customers) for one in slices] == [
        ("EUR", 700_00, 2), ("USD", 300_00, 2)
    ]  # fmt: skip
    assert sum(one.loss_minor for one in slices) == sum(one.loss_minor for one in BOOK)


def test_sectors_are_read_as_books_write_them():
    assert (len(SECTIONS), len(DIVISIONS)) == (21, 88)
    told = ["46", "G", "46.21", "G46.2", "g 46", "1", "01.11", ""]
    assert [read_sector(one) for one in told] == ["46", "G", "46", "46", "46", "01", "01", ""]
    assert (section_of("46"), section_of("G"), section_of("xx")) == ("G", "G", "")
    for wrong in ("F46", "04", "retail", "1x"):
        with pytest.raises(ValueError, match="is no sector"):
            read_sector(wrong)


def test_signals_touch_who_is_named_else_who_fits_everything():
    known = [
        Known(number="K1", vat_id="DE 123", row=BOOK[0]),
        Known(number="K2", vat_id="", row=BOOK[1]),
        Known(number="K3", vat_id="", row=BOOK[2]),
    ]
    about = [
        SignalAbout(key=1, severity=3, vat_id="DE123"),
        SignalAbout(key=2, severity=3, party="somebody"),
        SignalAbout(key=3, severity=1, region="DE", sector="F"),
        SignalAbout(key=4, severity=2, currency="USD"),
        SignalAbout(key=5, severity=2),
    ]
    hits = signal_hits(about, known, alike={2: {3: 900_000}})
    assert [(one.key, one.customer_id, one.how, one.exposure_minor) for one in hits] == [
        (1, 1, "vat", 600_00), (2, 3, "name", 100_00),
        (3, 1, "sector", 600_00), (3, 3, "sector", 100_00),
        (4, 2, "currency", 200_00), (4, 3, "currency", 100_00),
    ]  # fmt: skip
    # a tenth of the book counts in full, nothing for a quarter
    assert relevance(3, likeness_ppm=PPM, exposure_minor=100, total_minor=1_000) == PPM
    assert relevance(3, likeness_ppm=PPM, exposure_minor=0, total_minor=1_000) == 250_000


RSS = b"""<rss version="2.0"><channel><title>x</title><item><guid>g1</guid>
<title>A &lt;b&gt;bold&lt;/b&gt; title</title><link>https://x.example/1</link>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a1</id><title>T</title>
<updated>2026-03-02T10:00:00Z</updated><link href="javascript:alert(1)"/></entry></feed>"""


def test_feeds_are_read_without_markup_and_without_traps():
    (one,) = read_feed(RSS, "x", standard={"kind": "rule", "region": "DE"})
    assert (one.external_id, one.title, one.kind, one.region, one.published_on.isoformat()) == (
        "g1", "A bold title", "rule", "DE", "2026-03-02"
    )  # fmt: skip
    (two,) = read_signals(ATOM, "x")
    assert (two.external_id, two.url, two.problem) == ("a1", "", "")
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'
    for wrong in (bomb, b"<html/>", b"<rss", b"[1]", b"{}"):
        with pytest.raises(SignalFileError):
            read_signals(wrong, "x")
    (bad,) = read_signals(b'[{"title": "x", "published_on": "soon", "sector": "zz"}]', "x")
    assert "is no day" in bad.problem
    assert "is no sector" in bad.problem


def test_a_section_is_written_anew_and_every_other_line_stays():
    text = (
        "# top\ncredit:\n  name: a\n  # old\n  appetite:\n    - {a: 1}\n\n  # next\n  terms: []\n"
    )
    rows = [{"name": 'x "y"', "most_ppm": 5}]
    new = with_section(text, part="credit", section="appetite", rows=rows, note="n")
    assert new == (
        "# top\ncredit:\n  name: a\n  # n\n  appetite:\n"
        '    - {name: "x \\"y\\"", most_ppm: 5}\n\n  # next\n  terms: []\n'
    )
    assert read_policy(new).document["credit"]["appetite"] == rows
    added = with_section(new, part="credit", section="orders", rows=rows)
    assert read_policy(added).document["credit"]["orders"] == rows
    assert "name: b\n" in with_field(added, part="credit", name="name", value="b")
