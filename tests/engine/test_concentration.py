"""A book of credit in parts that add up, and what shocks do to it."""

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.appetite_measures import AppetiteLimit
from dunwell.engine.concentration import Slice, concentration, hhi, slices
from dunwell.engine.credit_book import PPM, CreditRow, book_of, loss
from dunwell.engine.stress import Scenario, stressed


def row(key: int, exposure: int | None, **changes: object) -> CreditRow:
    """Return a customer of class B in Germany with a PD of 2 % and an LGD of 45 %."""
    fields: dict[str, object] = {
        "limit_minor": 100_000,
        "pd_ppm": 20_000,
        "lgd_ppm": 450_000,
        "risk_class": "B",
        "country": "DE",
        "segment": "standard",
    }
    return CreditRow(key, exposure, **(fields | changes))  # type: ignore[arg-type]


BOOK = [
    row(1, 600_000),
    row(2, 300_000, country="FR"),
    row(3, 100_000, risk_class="D", pd_ppm=200_000),
    row(4, None),
    row(5, 0),
]


def test_groups_are_the_largest_first_and_add_up() -> None:
    assert slices(book_of(BOOK), by="country") == (
        Slice(
            name="DE", customers=4, exposure_minor=700_000, share_ppm=700_000, loss_minor=14_400
        ),
        Slice(name="FR", customers=1, exposure_minor=300_000, share_ppm=300_000, loss_minor=2_700),
    )


def test_the_largest_names_and_the_index() -> None:
    spread = concentration(book_of(BOOK), most=2)
    assert [one.customer_id for one in spread.largest] == [1, 2]
    assert (spread.largest_minor, spread.rest_minor, spread.share_ppm) == (
        900_000,
        100_000,
        900_000,
    )
    assert (spread.hhi_ppm, spread.equal_names) == (460_000, 2)
    assert concentration(book_of([])).equal_names == 0


def test_over_counts_only_against_a_limit() -> None:
    assert [
        one.over_minor for one in (row(1, 150_000), row(2, 1), row(3, 5, limit_minor=None))
    ] == [
        50_000,
        0,
        0,
    ]


def test_doubling_pd_doubles_the_loss_and_a_failure_costs_lgd() -> None:
    twice = stressed(book_of(BOOK), Scenario(pd_times_ppm=2 * PPM))
    assert (twice.loss_minor, twice.stressed_loss_minor, twice.failed) == (17_100, 34_200, 0)
    top = stressed(book_of(BOOK), Scenario(failing_top=1))
    assert (top.failed, top.failed_loss_minor) == (1, 270_000)
    assert top.stressed_loss_minor == 17_100 - 5_400 + 270_000
    country = stressed(book_of(BOOK), Scenario(failing_countries=("FR",), failing_ids=(3, 99)))
    assert (country.failed, country.failed_loss_minor) == (2, 135_000 + 45_000)


def test_sales_move_exposure_and_the_gauges_of_the_appetite() -> None:
    limit = AppetiteLimit(name="whole", measure="total_exposure", most=900_000)
    fell = stressed(book_of(BOOK), Scenario(sales_ppm=-200_000), appetite=[limit])
    assert (fell.exposure_minor, fell.stressed_minor) == (1_000_000, 800_000)
    assert [(one.value, one.is_reached) for one in (*fell.before, *fell.after)] == [
        (1_000_000, True),
        (800_000, False),
    ]
    assert fell.over_minor == (("whole", 0),)
    assert stressed(book_of(BOOK), Scenario(), appetite=[limit]).over_minor == (
        ("whole", 100_000),
    )


books = st.lists(
    st.builds(
        CreditRow,
        customer_id=st.integers(1, 10**6),
        exposure_minor=st.none() | st.integers(0, 10**9),
        limit_minor=st.none() | st.integers(0, 10**9),
        pd_ppm=st.integers(0, PPM),
        lgd_ppm=st.integers(0, PPM),
        risk_class=st.sampled_from(["A", "B", ""]),
        country=st.sampled_from(["DE", "FR", ""]),
        segment=st.just(""),
    ),
    max_size=12,
    unique_by=lambda one: one.customer_id,
)


@given(books)
def test_parts_sum_to_the_whole_and_the_index_lies_within_its_bounds(
    book: list[CreditRow],
) -> None:
    whole = sum(one.known_minor for one in book)
    for by in ("country", "risk_class"):
        found = slices(book_of(book), by=by)
        assert sum(one.exposure_minor for one in found) == whole
        assert sum(one.customers for one in found) == len(book)
        assert sum(one.loss_minor for one in found) == sum(one.loss_minor for one in book)
        assert sum(one.share_ppm for one in found) <= PPM
    spread = concentration(book_of(book), most=3)
    assert spread.largest_minor + spread.rest_minor == whole
    names = sum(one.known_minor > 0 for one in book)
    assert names == 0 or PPM // names <= spread.hhi_ppm <= PPM


@given(st.integers(1, 60), st.integers(1, 10**9))
def test_equal_names_have_the_least_index(names: int, amount: int) -> None:
    assert hhi([amount] * names) == PPM // names
    assert hhi([amount]) == PPM


@given(books, st.integers(PPM, 5 * PPM), st.integers(0, 3), st.integers(-PPM, 0))
def test_shocks_never_lose_more_than_the_exposure_and_calm_changes_nothing(
    book: list[CreditRow], times: int, top: int, sales: int
) -> None:
    calm = stressed(book_of(book), Scenario())
    assert Scenario().is_calm
    assert calm.stressed_loss_minor == calm.loss_minor == sum(one.loss_minor for one in book)
    worse = stressed(book_of(book), Scenario(pd_times_ppm=times, failing_top=top))
    assert worse.stressed_loss_minor >= worse.loss_minor
    both = stressed(book_of(book), Scenario(pd_times_ppm=times, failing_top=top, sales_ppm=sales))
    assert both.stressed_loss_minor <= worse.stressed_loss_minor
    for one, told in zip(book, both.rows, strict=True):
        assert told.stressed_loss_minor <= loss(told.stressed_minor, PPM, one.lgd_ppm)
    assert sum(told.more_minor for told in both.rows) == both.stressed_loss_minor - both.loss_minor
