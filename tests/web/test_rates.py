from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.formats.rates import RatesError, ReadRate, rate_ppm, read_rates
from dunwell.models import FxRate

RATES = "/settings/rates/"
ONE = {
    "currency": "usd",
    "from_on": "2026-03-01",
    "rate": "0,92",
    "quote": "home",
    "source": "desk",
}


def kept():
    return list(FxRate.objects.order_by("currency", "from_on").values_list("currency", "rate_ppm"))


def load(client, text, **changes):
    form = {
        "file": SimpleUploadedFile("r.csv", text.encode()),
        "quote": "foreign",
        "source": "ECB",
        **changes,
    }
    return client.post(f"{RATES}load/", form)


def test_a_rate_is_set_and_shown(come_in, manager):
    client = come_in(manager)
    client.post(f"{RATES}add/", ONE)
    assert kept() == [("USD", 920_000)]
    page = client.get(RATES).text
    assert "USD" in page and "0.92" in page and "in force" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("rate", "abc", "abc is not a rate; write it like 1.0853."),
        ("rate", "0", "is not above 0"),
        ("rate", "NaN", "is not a rate"),
        ("currency", "EUR", "is the company&#x27;s own currency"),
        ("currency", "1€x", "is no currency code"),
    ],
)
def test_a_wrong_rate_stands_at_the_form(come_in, manager, field, value, words):
    page = come_in(manager).post(f"{RATES}add/", {**ONE, field: value})
    assert page.status_code == 422 and words in page.text
    assert kept() == []


def test_both_layouts_of_a_file_are_read(come_in, manager):
    client = come_in(manager)
    load(client, "Date,USD,JPY,EUR\n2026-03-02,1.25,160,1\n2026-03-03,N/A,200,1\n")
    assert kept() == [("JPY", 625_000), ("JPY", 500_000), ("USD", 800_000)]
    load(client, "currency;date;rate\nGBP;2026-03-02;1,15\n", quote="home")
    assert ("GBP", 1_150_000) in kept()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The submitted file is empty."),
        ("a,b\n1,2\n", "there is no column for the day"),
        ("date,USD\n31.01.2026,1\n", "Row 2: 31.01.2026 is no day"),
        ("currency,date,rate\nQQQ,2026-01-01,1\n", "Row 2: QQQ is no currency code"),
        ("date,USD\n2026-01-01,-1\n", "Row 2: The rate -1 is not above 0."),
        ("date,USD\n2026-01-01,1\n2026-01-01,2\n", "USD has two rates from 2026-01-01"),
    ],
)
def test_a_wrong_file_loads_nothing_and_names_the_row(come_in, manager, text, words):
    page = load(come_in(manager), text)
    assert page.status_code == 422 and words in page.text
    assert kept() == []


def test_only_who_may_edit_rates_sets_them(come_in, collector):
    client = come_in(collector)
    assert client.get(RATES).status_code == 200
    assert client.post(f"{RATES}add/", ONE).status_code == 403
    assert load(client, "date,USD\n2026-01-01,1\n").status_code == 403


def test_rates_between_currencies_of_other_digits_count_minor_units():
    assert rate_ppm(Decimal("0.0061"), currency="JPY", home="EUR", quote="home") == 610_000
    assert rate_ppm(Decimal("2.9"), currency="KWD", home="EUR", quote="home") == 290_000
    assert read_rates(b"date,USD\n2026-01-01,1.25\n", home="EUR", quote="foreign") == [
        ReadRate(currency="USD", from_on=date(2026, 1, 1), rate_ppm=800_000)
    ]
    with pytest.raises(RatesError, match="too small"):
        rate_ppm(Decimal("1e-9"), currency="USD", home="EUR", quote="home")
