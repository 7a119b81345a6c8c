from datetime import date

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.rates import NewRate, RatesLoaded, load_rates, set_rate
from dunwell.models import FxRate
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def rate(currency="USD", from_on=JANUARY, rate_ppm=920_000):
    return NewRate(currency=currency, from_on=from_on, rate_ppm=rate_ppm)


def load(user, *rates, source="ECB"):
    return load_rates(actor=acting(user), rates=rates, source=source, at=AT)


def stored():
    return list(
        FxRate.objects.order_by("currency", "from_on").values_list(
            "currency", "from_on", "rate_ppm", "source"
        )
    )


def test_one_rate_is_recorded_once_and_another_value_replaces_it_with_a_trace(company, manager):
    for ppm in (920_000, 920_000, 930_000):
        set_rate(
            actor=acting(manager),
            currency=" usd ",
            from_on=JANUARY,
            rate_ppm=ppm,
            source="ECB",
            at=AT,
        )

    assert stored() == [("USD", JANUARY, 930_000, "ECB")]
    assert verbs(company) == ["rates.loaded", "rates.loaded"]
    assert last_event(company) == (
        "rates.loaded",
        "mona",
        None,
        {"source": "ECB", "added": 0, "changed": [["USD", "2026-01-01", 920_000, 930_000]]},
    )


def test_loading_says_what_was_new_changed_and_known(company, manager):
    first = load(manager, rate(), rate("JPY", rate_ppm=6_200))
    second = load(manager, rate(), rate("JPY", rate_ppm=6_300), rate(from_on=FEBRUARY))
    third = load(manager, rate(), rate("JPY", rate_ppm=6_300), rate(from_on=FEBRUARY))

    assert (first, second, third) == (
        RatesLoaded(added=2, changed=0, known=0),
        RatesLoaded(added=1, changed=1, known=1),
        RatesLoaded(added=0, changed=0, known=3),
    )
    assert [row[:3] for row in stored()] == [
        ("JPY", JANUARY, 6_300),
        ("USD", JANUARY, 920_000),
        ("USD", FEBRUARY, 920_000),
    ]
    assert verbs(company) == ["rates.loaded", "rates.loaded"]


@pytest.mark.parametrize(
    ("rates", "source", "sentence"),
    [
        ([], "ECB", "There is no rate to record."),
        ([rate()], " ", "Say where the rates come from."),
        ([rate("usd")], "ECB", "The rate: usd is no currency code such as USD."),
        ([rate(), rate("")], "ECB", "Rate 2: nothing is no currency code such as USD."),
        ([rate("EUR")], "ECB", "The rate: EUR is the company's own currency and has no rate."),
        (
            [rate(rate_ppm=0)],
            "ECB",
            "The rate: 0 ppm is outside 1 to 1000000000000000.",
        ),
        ([rate(), rate(rate_ppm=1)], "ECB", "Rate 2: USD has two rates from 2026-01-01."),
    ],
)
def test_wrong_rates_are_refused_and_none_is_kept(company, manager, rates, source, sentence):
    with pytest.raises(Refused) as refusal:
        load(manager, *rates, source=source)

    assert (str(refusal.value), stored(), verbs(company)) == (sentence, [], [])


def test_each_company_has_its_own_rates(company, manager, rival):
    load(manager, rate())

    assert load(rival, rate(rate_ppm=1)) == RatesLoaded(added=1, changed=0, known=0)
    assert [row[2] for row in stored()] == [920_000, 1]


def test_rates_need_the_right(collector):
    with pytest.raises(Forbidden, match="rates.edit"):
        load(collector, rate())
