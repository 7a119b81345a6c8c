"""Laws of the contact rules over random histories: more never allows more, and next is exact."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.contact_rules.case_documents import (
    CaseAttempt,
    CaseConsent,
    CaseRestriction,
    ContactCase,
)
from dunwell.engine.contact_rules.cases import play_case
from dunwell.engine.contact_rules.zones import holiday_calendar, plausible_zones, zone_key
from tests.engine.test_contact_rules import PACK, POLICY

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

NOW = datetime(2026, 10, 30, 3, tzinfo=UTC)
"""A night before clocks change in North America; they have changed in Europe."""

MINUTES = st.integers(0, 7 * 1440)
PLACES = (
    ("US", "US-TX", ()),
    ("US", "US-MA", ()),
    ("US", "US-NY-NYC", ("America/New_York",)),
    ("US", "US-CA", ()),
    ("US", None, ("America/Los_Angeles", "America/New_York", "Pacific/Honolulu")),
    ("CA", "CA-ON", ()),
    ("AU", None, ()),
    ("DE", None, ()),
    ("GB", None, ()),
)
CHANNELS = st.sampled_from(["email", "letter", "call", "sms"])
OUTCOMES = ["conversation", "voicemail", "no_answer", "not_connected", "written"]


def attempts(purposes=("collection",)):
    return st.builds(
        lambda ago, **fields: CaseAttempt(at=NOW - timedelta(minutes=ago), **fields),
        ago=st.integers(1, 20 * 1440),
        channel=CHANNELS,
        outcome=st.sampled_from(OUTCOMES),
        purpose=st.sampled_from(purposes),
        item=st.sampled_from([None, 1, 2]),
        is_inbound=st.booleans(),
    )


RESTRICTIONS = st.one_of(
    st.builds(
        CaseRestriction,
        kind=st.sampled_from(["opt_out", "attorney", "validation"]),
        channel=st.sampled_from(["", "call", "email"]),
        purpose=st.sampled_from(["", "service"]),
        until_on=st.sampled_from([None, date(2026, 10, 31), date(2026, 11, 3)]),
    ),
    st.builds(
        CaseRestriction,
        kind=st.just("inconvenient"),
        minute_from=st.integers(0, 1439),
        minute_until=st.integers(0, 1440),
    ),
)
CONSENTS = st.builds(
    CaseConsent,
    channel=CHANNELS,
    given_on=st.sampled_from([date(2026, 10, 1), date(2026, 10, 26), date(2026, 10, 29)]),
    withdrawn_on=st.sampled_from([None, date(2026, 10, 28)]),
)


@st.composite
def cases(draw, *, with_words=True):
    country, region, zones = draw(st.sampled_from(PLACES))
    return ContactCase(
        name="drawn",
        at=NOW + timedelta(minutes=draw(MINUTES)),
        expect="allow",
        channel=draw(CHANNELS),
        country=country,
        region=region,
        zones=zones,
        party=draw(st.sampled_from(["person", "company", None])),
        debt_use=draw(st.sampled_from(["personal", "business", None])),
        item=draw(st.sampled_from([None, 1])),
        is_automated=draw(st.sampled_from([True, False])),
        has_opt_out=True,
        is_work_address=draw(st.sampled_from([False, None])),
        acts_as=draw(st.sampled_from(["first_party", "third_party"])),
        customers_are=draw(st.sampled_from(["business", "both"])),
        attempts=tuple(
            draw(st.lists(attempts(("collection", "validation", "notice")), max_size=8))
        ),
        restrictions=tuple(draw(st.lists(RESTRICTIONS, max_size=2))) if with_words else (),
        consents=tuple(draw(st.lists(CONSENTS, max_size=2))),
    )


def verdict(case):
    result = play_case(case, POLICY, PACK)
    return result.decision, result.next_at


@settings(max_examples=14)
@given(cases(), st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_the_next_moment_is_allowed_and_nothing_before_it_is(case, shares):
    decision, following = verdict(case)

    assert (decision == "allow") == (following == case.at)
    if following is None:
        later = [case.at + share * timedelta(days=80) for share in shares]
        assert {verdict(replace(case, at=at.replace(microsecond=0)))[0] for at in later} <= {
            "deny",
            "hold",
        }
        return
    assert verdict(replace(case, at=following)) == ("allow", following)
    if following > case.at:
        wait = following - case.at
        before = [
            following - timedelta(seconds=1),
            *((case.at + share * wait).replace(microsecond=0) for share in shares),
        ]
        for at in before:
            if at < following:
                found = verdict(replace(case, at=at))
                assert found[0] != "allow" and found[1] == following


@settings(max_examples=14)
@given(cases(), st.lists(attempts(), min_size=1, max_size=4))
def test_more_contacts_never_turn_a_refusal_into_a_yes(case, more):
    before = verdict(case)
    after = verdict(replace(case, attempts=(*case.attempts, *more)))

    assert before[0] == "allow" or after[0] != "allow"
    assert later_or_never(after[1], before[1])


@settings(max_examples=10)
@given(cases(), st.lists(RESTRICTIONS, min_size=1, max_size=2))
def test_more_words_never_turn_a_refusal_into_a_yes(case, more):
    before = verdict(case)
    after = verdict(replace(case, restrictions=(*case.restrictions, *more)))

    assert later_or_never(after[1], before[1])


@settings(max_examples=12)
@given(cases(), st.data())
def test_fewer_zones_never_deny_more(case, data):
    zones = ("America/Los_Angeles", "America/New_York", "Pacific/Honolulu", "Europe/Berlin")
    wide = replace(case, zones=zones[: data.draw(st.integers(2, 4))])
    kept = data.draw(st.lists(st.sampled_from(wide.zones), min_size=1, unique=True))
    narrow = replace(wide, zones=tuple(kept))

    assert later_or_never(verdict(wide)[1], verdict(narrow)[1])


@settings(max_examples=12)
@given(cases(), st.sampled_from(["country", "region", "party", "debt_use", "is_automated"]))
def test_a_fact_that_is_not_known_counts_as_its_strictest_value(case, name):
    strict = replace(case, customers_are="both")
    if strict.party is None or strict.country is None:
        return
    unknown = replace(strict, **{name: None}, zones=strict.zones or ("America/Chicago",))
    known = replace(strict, zones=unknown.zones)

    assert verdict(known)[0] == "allow" or verdict(unknown)[0] != "allow"


def later_or_never(one, other):
    """Return whether `one` is not before `other`; None is never."""
    return one is None or (other is not None and one >= other)


@pytest.mark.parametrize(
    ("country", "region", "stated", "is_business", "zones"),
    [
        ("US", "US-NY-NYC", (), False, ("America/New_York",)),
        ("US", "US-TX", (), False, ("America/Chicago", "America/Denver")),
        ("US", "US-TX", ("America/Denver",), False, ("America/Denver",)),
        ("FR", "", (), True, ("Europe/Paris",)),
        ("", "", (), True, ("Europe/Berlin",)),
        ("RU", "", (), True, ("Europe/Berlin",)),
    ],
)
def test_where_a_customer_may_be(country, region, stated, is_business, zones):
    assert (
        plausible_zones(
            country, region, stated, home_zone="Europe/Berlin", is_business=is_business
        )
        == zones
    )


def test_a_person_is_protected_in_every_zone_of_a_wide_country():
    found = plausible_zones("RU", "", (), home_zone="Europe/Berlin", is_business=False)

    assert {"Europe/Kaliningrad", "Asia/Kamchatka"} <= set(found)


def test_zones_whose_clocks_agree_count_once():
    zones = ("America/New_York", "America/Detroit", "America/Chicago", "America/Menominee")

    found = zone_key(zones, first=date(2026, 1, 1), last=date(2026, 12, 31))

    assert found == ("America/Chicago", "America/Detroit")


def test_holidays_are_those_of_the_region_where_they_are_known():
    assert [
        holiday_calendar("DE", "DE-BY"),
        holiday_calendar("US", "US-NY-NYC"),
        holiday_calendar("FR", ""),
        holiday_calendar("DE", "US-NY"),
    ] == ["DE-BY", "US-NY", "FR", "DE"]
