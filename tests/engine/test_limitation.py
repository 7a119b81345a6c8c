"""When claims become time-barred: days worked out by hand, and laws over any history."""

from calendar import monthrange
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.documents import DocumentError
from dunwell.engine.limitation_days import with_months_later, with_year_end
from dunwell.engine.limitation_rules import limitation_rules_for, read_limitation_rules
from tests.conftest import examples
from tests.engine.limitation_rows import frame, shipped, worked_out

DUE = date(2026, 3, 10)


def last(country, due=DUE, *, events=(), region="", party="company", as_of=date(2099, 12, 31)):
    """The last day of one claim by the earliest reading, or what stands in its place."""
    events = [(1, *event) for event in events]
    found = worked_out([(1, country, region, party, due)], events, as_of=as_of)
    return found[1][1] if found else "unknown"


@pytest.mark.parametrize(
    ("country", "due", "expected"),
    [
        ("DE", date(2026, 3, 10), date(2029, 12, 31)),
        ("DE", date(2026, 12, 31), date(2029, 12, 31)),
        ("DE", date(2027, 1, 1), date(2030, 12, 31)),
        ("DE", date(2024, 2, 29), date(2027, 12, 31)),
        ("NL", date(2026, 3, 10), date(2031, 3, 10)),
        ("NL", date(2024, 2, 29), date(2029, 2, 28)),
        ("FR", date(2024, 2, 29), date(2029, 2, 28)),
        ("IN", date(2026, 3, 10), date(2029, 3, 10)),
        ("IN", date(2024, 2, 29), date(2027, 2, 28)),
        ("BR", date(2026, 3, 10), date(2031, 3, 10)),
        ("PL", date(2026, 3, 10), date(2028, 12, 31)),
        ("PL", date(2026, 12, 31), date(2028, 12, 31)),
        ("PL", date(2027, 1, 1), date(2029, 12, 31)),
        ("ES", date(2015, 10, 7), date(2020, 10, 7)),
        ("ES", date(2015, 10, 6), "unknown"),
        ("JP", date(2026, 3, 10), "unknown"),
        ("", date(2026, 3, 10), "unknown"),
    ],
)  # fmt: skip
def test_the_last_day_is_the_one_worked_out_by_hand(country, due, expected):
    assert last(country, due) == expected


@pytest.mark.parametrize(
    ("place", "party", "expected"),
    [
        (("GB", "GB-ENG"), "company", ("GB-LA-1980-5", date(2032, 3, 10), date(2032, 3, 10))),
        (("GB", "GB-SCT"), "company", ("GB-SCT-1973-6", date(2031, 3, 10), date(2031, 3, 10))),
        (("GB", ""), "company", ("GB-SCT-1973-6", date(2031, 3, 10), date(2032, 3, 10))),
        (("FR", ""), "person", ("FR-CONSO-L218-2", date(2028, 3, 10), date(2028, 3, 10))),
        (("FR", ""), "public", ("FR-CC-2224", date(2031, 3, 10), date(2031, 3, 10))),
        (("FR", ""), "", ("FR-CONSO-L218-2", date(2028, 3, 10), date(2031, 3, 10))),
        (("BE", ""), "company", ("BE-CC-2277", date(2031, 3, 10), date(2036, 3, 10))),
        (("US", "US-NY"), "", ("US-UCC-2-725", date(2030, 3, 10), date(2032, 3, 10))),
        (("US", "US-TX"), "", None),
        (("US", ""), "", None),
        (("CA", "CA-ON"), "", ("CA-ON-2002", date(2028, 3, 10), date(2028, 3, 10))),
        (("CA", ""), "", None),
        (("AU", "AU-NT"), "", ("AU-NT", date(2029, 3, 10), date(2029, 3, 10))),
        (("AU", ""), "", ("AU-NT", date(2029, 3, 10), date(2032, 3, 10))),
    ],
)
def test_where_the_nature_of_a_claim_is_not_known_the_earliest_reading_counts(
    place, party, expected
):
    found = worked_out([(1, *place, party, DUE)])
    assert found.get(1) == expected


@pytest.mark.parametrize(
    ("country", "events", "expected"),
    [
        # begun anew the day after, not with the end of the year (BGB 212, 199)
        ("DE", [("acknowledged", date(2028, 6, 1), None)], date(2031, 6, 1)),
        # a new period that would end sooner than the old one changes nothing
        ("DE", [("acknowledged", date(2026, 5, 1), None)], date(2029, 12, 31)),
        ("DE", [("acknowledged", date(2029, 12, 31), None)], date(2032, 12, 31)),
        ("DE", [("acknowledged", date(2030, 1, 1), None)], date(2029, 12, 31)),
        ("DE", [("letter", date(2028, 6, 1), None)], date(2029, 12, 31)),
        ("NL", [("letter", date(2028, 6, 1), None)], date(2033, 6, 1)),
        ("DE", [("part_paid", date(2028, 2, 29), None)], date(2031, 2, 28)),
        # 31 days of talks, 1 to 31 January 2028, are not counted (BGB 209)
        ("DE", [("negotiating", date(2028, 1, 1), date(2028, 1, 31))], date(2030, 1, 31)),
        # talks before the period began add nothing
        ("DE", [("negotiating", date(2026, 4, 1), date(2026, 12, 31))], date(2029, 12, 31)),
        # talks over the last day: three months after their end at least (BGB 203)
        ("DE", [("negotiating", date(2029, 12, 31), date(2030, 1, 1))], date(2030, 4, 1)),
        # a suit of one day and six months after it: 1 January to 1 July 2028, 183 days
        ("DE", [("suit", date(2028, 1, 1), date(2028, 1, 1))], date(2030, 7, 2)),
        ("DE", [("suit", date(2028, 1, 1), None)], None),
        ("DE", [("suit", date(2030, 1, 1), None)], date(2029, 12, 31)),
        # acknowledged while talks ran: the whole period begins when they end
        (
            "DE",
            [
                ("negotiating", date(2028, 1, 1), date(2028, 6, 30)),
                ("acknowledged", date(2028, 3, 1), None),
            ],
            date(2031, 6, 30),
        ),
        # overlapping times count once: 1 to 20 January 2028
        (
            "DE",
            [
                ("negotiating", date(2028, 1, 1), date(2028, 1, 15)),
                ("negotiating", date(2028, 1, 10), date(2028, 1, 20)),
            ],
            date(2030, 1, 20),
        ),
        ("FR", [("suit", date(2030, 1, 1), None)], None),
        ("FR", [("suit", date(2030, 1, 1), date(2033, 5, 5))], date(2038, 5, 5)),
        ("IN", [("suit", date(2028, 1, 1), date(2030, 1, 1))], date(2029, 3, 10)),
        # in Brazil a period begins anew once
        (
            "BR",
            [("acknowledged", date(2028, 1, 1), None), ("acknowledged", date(2030, 1, 1), None)],
            date(2033, 1, 1),
        ),
        # in Poland the new period runs to the end of its year as well
        ("PL", [("acknowledged", date(2027, 5, 1), None)], date(2029, 12, 31)),
        # each acknowledgement is in time by the one before
        (
            "IN",
            [
                ("acknowledged", date(2029, 3, 1), None),
                ("part_paid", date(2032, 2, 29), None),
                ("acknowledged", date(2035, 2, 28), None),
            ],
            date(2038, 2, 28),
        ),
        # the one in the middle came a day too late, so what follows counts no more
        (
            "IN",
            [("acknowledged", date(2029, 3, 11), None), ("acknowledged", date(2031, 1, 1), None)],
            date(2029, 3, 10),
        ),
    ],
)  # fmt: skip
def test_what_happens_moves_the_last_day_as_the_law_says(country, events, expected):
    assert last(country, events=events) == expected


def test_what_is_not_known_yet_moves_nothing_and_what_ends_later_still_runs():
    talks = ("negotiating", date(2028, 1, 1), date(2028, 1, 31))
    assert last("DE", events=[talks], as_of=date(2027, 12, 31)) == date(2029, 12, 31)
    assert last("DE", events=[talks], as_of=date(2028, 1, 30)) is None
    assert last("DE", events=[talks], as_of=date(2028, 1, 31)) == date(2030, 1, 31)


def add_months(on, months):
    month = on.month - 1 + months
    year, month = on.year + month // 12, month % 12 + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


@given(
    st.lists(st.dates(date(1904, 1, 1), date(2199, 12, 31)), min_size=1, max_size=20),
    st.integers(0, 400),
)
def test_months_later_is_the_same_day_of_a_month_or_its_last(days, months):
    rows = frame(
        [(day_number(day), months) for day in days], {"day": nw.Int32, "months": nw.Int32}
    )
    later = with_months_later(rows, day="day", months="months", alias="later")
    found = nw.to_native(with_year_end(later, day="day", alias="end")).collect()
    assert [day_date(day) for day in found["later"]] == [add_months(day, months) for day in days]
    assert [day_date(day) for day in found["end"]] == [date(day.year, 12, 31) for day in days]


KINDS = ("acknowledged", "part_paid", "letter", "suit", "negotiating", "insolvency")
COUNTRIES = ("DE", "NL", "FR", "IN", "BR", "PL", "GB")


def anew(rule, on):
    new = add_months(on, 12 * rule.years)
    return date(new.year, 12, 31) if rule.is_anew_year_end else new


def span(on, until, effect):
    """First day, first day after, and the earliest last day of a time that does not count."""
    if until is None:
        return on, date.max, date.max
    stop = add_months(until, effect.tail_months) + timedelta(days=1)
    least = effect.least_months
    return on, stop, add_months(until, least) if least else date.min


def joined(spans):
    found = []
    for on, stop, floor in sorted(spans):
        if found and on <= found[-1][1]:
            start, before, least = found.pop()
            found.append((start, max(before, stop), max(least, floor)))
        else:
            found.append((on, stop, floor))
    return found


def begun(rule, on, spans):
    """The step of a period that begins anew: at the end of a time that does not count."""
    stops = [stop for start, stop, _ in spans if start <= on < stop]
    if not stops:
        return on, 0, anew(rule, on)
    if stops[0] == date.max:
        return on, 0, date.max
    return stops[0], 0, anew(rule, stops[0] - timedelta(days=1))


def by_hand(rule, due, events):
    """The last day of one reading, event after event; the last of all days stands for no end."""
    begin = date(due.year, 12, 31) if rule.is_year_end else due
    end = add_months(due, 12 * rule.years)
    end = date(end.year, 12, 31) if rule.is_year_end else end
    known = [(on, until, rule.events[kind]) for kind, on, until in events if kind in rule.events]
    spans = joined(span(*one) for one in known if one[2].effect == "suspend")
    steps = [
        (on, max(0, (stop - max(on, begin + timedelta(days=1))).days), floor)
        for on, stop, floor in spans
    ]
    for on, until, effect in known:
        if effect.effect in {"hold", "anew_at_end"} and until is None:
            steps.append((on, 0, date.max))
        elif effect.effect == "anew_at_end":
            steps.append((on, 0, anew(rule, until)))
    days = sorted({on for on, _, effect in known if effect.effect == "anew"})
    steps += [begun(rule, on, spans) for on in days[: rule.anew_most]]
    for on, added, least in sorted(steps):
        if end == date.max or on > end:
            break
        end = date.max if least == date.max else max(end + timedelta(days=added), least)
    return end


one_event = st.tuples(
    st.sampled_from(KINDS), st.dates(date(2020, 1, 1), date(2034, 12, 31)),
    st.one_of(st.none(), st.integers(0, 900)),
)  # fmt: skip


one_claim = st.tuples(
    st.sampled_from(COUNTRIES),
    st.dates(date(2019, 12, 28), date(2026, 1, 4)),
    st.lists(one_event, max_size=6),
)


def happened(drawn):
    return [
        (kind, on, on + timedelta(days=days) if days is not None and kind in KINDS[3:] else None)
        for kind, on, days in drawn
    ]


@examples(15, release=240)
@given(st.lists(one_claim, min_size=1, max_size=12))
def test_running_sums_and_maxima_say_what_event_after_event_says(drawn):
    claims = [(n, country, "", "company", due) for n, (country, due, _) in enumerate(drawn)]
    events = [(n, *event) for n, (_, _, some) in enumerate(drawn) for event in happened(some)]
    expected = {
        n: min(
            by_hand(rule, due, happened(some))
            for rule in limitation_rules_for(
                shipped(), country=country, region="", party="company"
            )
        )
        for n, (country, due, some) in enumerate(drawn)
    }
    found = worked_out(claims, events)
    assert {n: row[1] or date.max for n, row in found.items()} == expected


@examples(6, release=120)
@given(
    st.lists(one_claim.filter(lambda one: one[0] != "BR"), min_size=1, max_size=8),
    st.tuples(st.sampled_from(KINDS[:3]), st.dates(date(2020, 1, 1), date(2034, 12, 31))),
)
def test_an_acknowledgement_more_never_makes_a_claim_lapse_sooner(drawn, more):
    # but in Brazil: begun anew once, an earlier one takes the place of a later one
    claims = [(n, country, "", "company", due) for n, (country, due, _) in enumerate(drawn)]
    events = [(n, *event) for n, (_, _, some) in enumerate(drawn) for event in happened(some)]
    before = worked_out(claims, events)
    after = worked_out(claims, [*events, *((n, *more, None) for n in range(len(drawn)))])
    sooner = [n for n in before if (after[n][1] or date.max) < (before[n][1] or date.max)]
    assert sooner == []


def test_a_claim_does_not_depend_on_its_neighbours():
    claims = [(n, c, "", "company", DUE + timedelta(days=n)) for n, c in enumerate(COUNTRIES)]
    events = [(n, "acknowledged", date(2027, 1, 1 + n), None) for n in range(len(COUNTRIES))]
    alone = {}
    for claim in claims:
        alone |= worked_out([claim], events)
    assert worked_out(claims, events) == alone
    assert worked_out([]) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"years": 0}, "years is 0"),
        ({"evidence": "X"}, "evidence 'X' is not known"),
        ({"parties": ["club"]}, "parties 'club' is not known"),
        ({"events": {"call": {"effect": "anew"}}}, "field 'call' is not known"),
        ({"events": {"suit": {"effect": "anew"}}}, "that runs for a time cannot"),
        ({"events": {"letter": {"effect": "hold"}}}, "that is of one day cannot"),
        ({"colour": 1}, "field 'colour' is not known"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(change, message):
    rule = {
        "id": "X", "title": "x", "country": "XX", "years": 3, "source": "law", "evidence": "S",
        **change,
    }  # fmt: skip
    with pytest.raises(DocumentError, match=message):
        read_limitation_rules({"rules": [rule]})
    sound = {**rule, **dict.fromkeys(change)} | {"id": "Y", "years": 3, "evidence": "S"}
    sound = {k: v for k, v in sound.items() if v is not None and k != "colour"}
    with pytest.raises(DocumentError, match="stands twice"):
        read_limitation_rules({"rules": [sound, sound]})


def test_every_shipped_rule_names_its_source_and_its_row_of_the_list_of_rules():
    assert len({rule.id for rule in shipped()}) == len(shipped())
    assert [rule.id for rule in shipped() if not (rule.source and rule.basis)] == []
