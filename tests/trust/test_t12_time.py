"""T12: time is right. A table of more than 200 cases with days worked out by hand.

Gaps and folds of summer time, 29 February, terms at the 31st, year ends, UTC-12 to UTC+14,
holidays. The cycle that runs never, once, twice, late and after an outage is
`tests/jobs/test_cycle.py::test_twice_late_and_after_missed_days_it_ends_as_if_run_daily`.
"""

from datetime import UTC, date, datetime

import pytest
import time_machine

from dunwell import clock
from dunwell.engine.calendars import (
    add_business_days,
    day_date,
    day_number,
    is_business_day,
    month_end,
    month_number,
    months_after,
    next_business_day,
)
from dunwell.engine.contact_rules.zones import plausible_zones

# moment in UTC, zone, the company's day
DAYS = """
2026-03-28T22:59 Europe/Berlin 2026-03-28
2026-03-28T23:00 Europe/Berlin 2026-03-29
2026-03-29T00:59 Europe/Berlin 2026-03-29
2026-03-29T01:00 Europe/Berlin 2026-03-29
2026-03-29T21:59 Europe/Berlin 2026-03-29
2026-03-29T22:00 Europe/Berlin 2026-03-30
2026-10-24T21:59 Europe/Berlin 2026-10-24
2026-10-24T22:00 Europe/Berlin 2026-10-25
2026-10-25T00:30 Europe/Berlin 2026-10-25
2026-10-25T01:30 Europe/Berlin 2026-10-25
2026-10-25T22:59 Europe/Berlin 2026-10-25
2026-10-25T23:00 Europe/Berlin 2026-10-26
2026-03-08T04:59 America/New_York 2026-03-07
2026-03-08T05:00 America/New_York 2026-03-08
2026-03-09T03:59 America/New_York 2026-03-08
2026-03-09T04:00 America/New_York 2026-03-09
2026-11-01T03:59 America/New_York 2026-10-31
2026-11-01T04:00 America/New_York 2026-11-01
2026-11-02T04:59 America/New_York 2026-11-01
2026-11-02T05:00 America/New_York 2026-11-02
2025-12-31T09:59 Pacific/Kiritimati 2025-12-31
2025-12-31T10:00 Pacific/Kiritimati 2026-01-01
2026-01-01T11:59 Etc/GMT+12 2025-12-31
2026-01-01T12:00 Etc/GMT+12 2026-01-01
2026-01-01T10:59 Pacific/Pago_Pago 2025-12-31
2026-01-01T11:00 Pacific/Pago_Pago 2026-01-01
2025-12-31T18:29 Asia/Kolkata 2025-12-31
2025-12-31T18:30 Asia/Kolkata 2026-01-01
2025-12-31T18:14 Asia/Kathmandu 2025-12-31
2025-12-31T18:15 Asia/Kathmandu 2026-01-01
2026-02-28T12:59 Australia/Sydney 2026-02-28
2026-02-28T13:00 Australia/Sydney 2026-03-01
2024-02-28T22:59 Europe/Berlin 2024-02-28
2024-02-28T23:00 Europe/Berlin 2024-02-29
2024-02-29T22:59 Europe/Berlin 2024-02-29
2024-02-29T23:00 Europe/Berlin 2024-03-01
2026-12-31T23:59 UTC 2026-12-31
2027-01-01T00:00 UTC 2027-01-01
2026-12-31T23:59 Europe/London 2026-12-31
2026-06-30T22:59 Europe/London 2026-06-30
2026-06-30T23:00 Europe/London 2026-07-01
2026-04-04T15:59 Australia/Lord_Howe 2026-04-05
2026-04-04T12:59 Australia/Lord_Howe 2026-04-04
2026-04-04T13:00 Australia/Lord_Howe 2026-04-05
2026-01-01T02:59 America/Sao_Paulo 2025-12-31
2026-01-01T03:00 America/Sao_Paulo 2026-01-01
2025-12-31T15:59 Asia/Shanghai 2025-12-31
2025-12-31T16:00 Asia/Shanghai 2026-01-01
2025-12-31T14:59 Asia/Tokyo 2025-12-31
2025-12-31T15:00 Asia/Tokyo 2026-01-01
2026-01-01T03:29 America/St_Johns 2025-12-31
2026-01-01T03:30 America/St_Johns 2026-01-01
2025-12-31T10:14 Pacific/Chatham 2025-12-31
2025-12-31T10:15 Pacific/Chatham 2026-01-01
"""

# day, months, the day so many months later
MONTHS = """
2026-01-31 1 2026-02-28
2024-01-31 1 2024-02-29
2023-01-31 1 2023-02-28
2026-01-30 1 2026-02-28
2026-01-29 1 2026-02-28
2024-01-30 1 2024-02-29
2024-01-29 1 2024-02-29
2026-01-28 1 2026-02-28
2026-03-31 1 2026-04-30
2026-05-31 1 2026-06-30
2026-08-31 1 2026-09-30
2026-10-31 1 2026-11-30
2026-12-31 1 2027-01-31
2026-12-31 2 2027-02-28
2027-12-31 2 2028-02-29
2024-02-29 12 2025-02-28
2024-02-29 48 2028-02-29
2024-02-29 1200 2124-02-29
2000-02-29 1200 2100-02-28
2026-02-28 1 2026-03-28
2026-02-28 12 2027-02-28
2027-02-28 12 2028-02-28
2026-03-10 72 2032-03-10
2026-07-15 0 2026-07-15
2026-07-31 0 2026-07-31
2026-03-31 -1 2026-02-28
2024-03-31 -1 2024-02-29
2026-01-31 -1 2025-12-31
2026-01-15 -1 2025-12-15
2026-05-31 -3 2026-02-28
2026-01-31 3 2026-04-30
2026-01-31 6 2026-07-31
2026-08-31 6 2027-02-28
2027-08-31 6 2028-02-29
2026-11-30 3 2027-02-28
2026-12-15 1 2027-01-15
2026-04-30 1 2026-05-30
2026-06-30 6 2026-12-30
2026-09-30 5 2027-02-28
2026-02-01 11 2027-01-01
"""

# calendar, day, whether it is a business day
BUSINESS = """
DE 2026-01-01 no
DE 2026-01-02 yes
DE 2026-01-06 yes
DE-BY 2026-01-06 no
DE 2026-04-03 no
DE 2026-04-04 no
DE 2026-04-05 no
DE 2026-04-06 no
DE 2026-04-07 yes
DE 2026-05-01 no
DE 2026-05-14 no
DE 2026-05-25 no
DE 2026-06-04 yes
DE-BY 2026-06-04 no
DE 2026-10-03 no
DE 2026-10-30 yes
DE 2026-12-24 yes
DE 2026-12-25 no
DE 2026-12-26 no
DE 2026-12-31 yes
DE 2024-02-29 yes
FR 2026-07-14 no
FR 2026-07-13 yes
FR 2026-11-11 no
FR 2026-04-03 yes
FR 2026-04-06 no
FR 2026-05-08 no
FR 2026-08-15 no
GB-ENG 2026-04-03 no
GB-ENG 2026-05-04 no
GB-ENG 2026-08-31 no
GB-SCT 2026-08-31 yes
GB-ENG 2026-12-28 no
GB-ENG 2026-12-25 no
US 2026-01-19 no
US 2026-07-03 no
US 2026-11-26 no
US 2026-11-27 yes
US 2026-05-25 no
US 2026-09-07 no
US 2026-12-25 no
IT 2026-06-02 no
IT 2026-04-25 no
ES 2026-01-06 no
ES 2026-10-12 no
PL 2026-11-11 no
PL 2026-05-03 no
NL 2026-04-27 no
NL 2026-05-05 yes
BE 2026-07-21 no
AT 2026-10-26 no
CH 2026-08-01 no
TARGET 2026-04-03 no
TARGET 2026-04-06 no
TARGET 2026-05-01 no
TARGET 2026-05-14 yes
TARGET 2026-12-25 no
TARGET 2026-12-26 no
TARGET 2026-12-24 yes
TARGET 2026-01-01 no
TARGET 2026-01-02 yes
JP 2026-01-01 no
JP 2026-05-05 no
IN 2026-01-26 no
IN 2026-08-15 no
AU 2026-01-26 no
CA 2026-07-01 no
BR 2026-09-07 no
ZZ 2026-12-25 yes
ZZ 2026-12-26 no
ZZ 2026-12-27 no
"""

# calendar, day, business days, the day they lead to
COUNTED = """
DE 2026-03-06 1 2026-03-09
DE 2026-03-07 1 2026-03-09
DE 2026-03-08 1 2026-03-09
DE 2026-03-09 -1 2026-03-06
DE 2026-03-06 0 2026-03-06
DE 2026-03-07 0 2026-03-07
DE 2026-04-02 1 2026-04-07
DE 2026-04-07 -1 2026-04-02
DE 2026-04-02 5 2026-04-13
DE 2025-12-23 3 2025-12-30
DE 2025-12-30 2 2026-01-02
DE 2026-12-31 1 2027-01-04
TARGET 2026-04-02 1 2026-04-07
TARGET 2026-04-30 1 2026-05-04
US 2026-11-25 1 2026-11-27
US 2026-07-02 1 2026-07-06
FR 2026-07-13 1 2026-07-15
GB-ENG 2026-12-24 1 2026-12-29
DE 2024-02-28 1 2024-02-29
DE 2024-02-28 2 2024-03-01
DE 2026-02-27 1 2026-03-02
ZZ 2026-12-24 1 2026-12-25
DE 2026-03-05 10 2026-03-19
DE 2026-03-19 -10 2026-03-05
DE 2026-05-13 1 2026-05-15
"""

# day, last day of its month
ENDS = """
2026-01-01 2026-01-31
2026-02-28 2026-02-28
2024-02-01 2024-02-29
2000-02-15 2000-02-29
2100-02-15 2100-02-28
2026-04-30 2026-04-30
2026-12-31 2026-12-31
1970-01-01 1970-01-31
1969-12-31 1969-12-31
2026-11-15 2026-11-30
"""


def _rows(text):
    return [tuple(line.split()) for line in text.strip().splitlines()]


ALL = [DAYS, MONTHS, BUSINESS, COUNTED, ENDS]


def test_t12_the_table_is_as_long_as_was_promised():
    assert sum(len(_rows(text)) for text in ALL) >= 200
    assert all(len(set(_rows(text))) == len(_rows(text)) for text in ALL)


def test_t12_the_day_of_a_company():
    wrong = []
    for moment, zone, expected in _rows(DAYS):
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
            if clock.today(zone).isoformat() != expected:
                wrong.append((moment, zone, clock.today(zone).isoformat()))
    assert wrong == []


def test_t12_months_later():
    rows = [(day, int(months), expected) for day, months, expected in _rows(MONTHS)]
    found = [
        (day, months, months_after(date.fromisoformat(day), months).isoformat())
        for day, months, _ in rows
    ]
    assert found == rows


def test_t12_business_days():
    rows = _rows(BUSINESS)
    answers = {True: "yes", False: "no"}
    found = [
        (place, day, answers[is_business_day(date.fromisoformat(day), country=place)])
        for place, day, _ in rows
    ]
    assert found == rows


def test_t12_business_days_counted():
    rows = _rows(COUNTED)
    found = [
        (place, day, number,
         add_business_days(date.fromisoformat(day), int(number), country=place).isoformat())
        for place, day, number, _ in rows
    ]  # fmt: skip
    assert found == rows
    for place, day, _, _ in rows:
        on = date.fromisoformat(day)
        same = next_business_day(on, country=place) == on
        assert same == is_business_day(on, country=place)


def test_t12_ends_of_months():
    rows = _rows(ENDS)
    found = [
        (day, month_end(month_number(date.fromisoformat(day))).isoformat()) for day, _ in rows
    ]
    assert found == rows
    days = [date.fromisoformat(one) for row in rows for one in row]
    assert [day_date(day_number(day)) for day in days] == days


@pytest.mark.parametrize(
    ("country", "region", "some"),
    [
        ("US", "", {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"}),
        ("AU", "", {"Australia/Sydney", "Australia/Perth"}),
        ("BR", "", {"America/Sao_Paulo", "America/Rio_Branco"}),
    ],
)
def test_t12_every_zone_of_a_person_counts(country, region, some):
    found = plausible_zones(country, region, (), home_zone="Europe/Berlin", is_business=False)
    assert some <= set(found)
    assert plausible_zones("", "", (), home_zone="UTC", is_business=False) == ("UTC",)
