"""A strategy document is read strictly, and the one in force is found by date."""

from datetime import date

import pytest

from dunwell.engine.strategy import (
    StrategyError,
    branching_steps,
    in_force_by_segment,
    minimums_frame,
    read_strategy,
    steps_frame,
    strategy_in_force,
)
from tests.engine.chase_rows import dicts

STEP = {"level": 1, "day": 3, "channel": "email", "template": "reminder"}
GOOD = {
    "name": "s",
    "valid_from": date(2026, 1, 1),
    "segments": ["standard"],
    "steps": [STEP],
}


def changed(**change):
    return {key: value for key, value in {**GOOD, **change}.items() if value is not ...}


def stepped(**change):
    return changed(steps=[{k: v for k, v in {**STEP, **change}.items() if v is not ...}])


def steps(*pairs):
    return changed(steps=[{**STEP, "level": level, "day": day} for level, day in pairs])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (changed(steps=[]), "strategy s: steps are missing; levels count from 1 without a gap"),
        (changed(steps=...), "strategy s: steps are missing"),
        (changed(steps="x"), "strategy s: steps must be a list, found 'x'"),
        (changed(name=...), "strategy: name must be a text, found None"),
        (changed(name="  "), "strategy: name must be a text, found '  '"),
        (changed(stepz=[]), "strategy s: field 'stepz' is not known; use cases, grace_days"),
        (changed(valid_from=...), "strategy s: valid_from must be a day such as 2026-01-31"),
        (changed(valid_from="soon"), "valid_from must be a day such as 2026-01-31, found 'soon'"),
        (changed(segments=[]), "strategy s: segments are missing"),
        (changed(segments=["a", "a"]), "segments holds 'a'; write each name once, as text"),
        (changed(owner=7), "strategy s: owner must be a text, found 7"),
        (changed(pause_when=["rain"]), "pause_when 'rain' is not known; use one of disputed"),
        (changed(min_days_between=-1), "min_days_between is -1; it must lie in 0 … 365"),
        (changed(min_days_between="5"), "min_days_between must be a whole number, found '5'"),
        (changed(grace_days=True), "grace_days must be a whole number, found True"),
        (changed(min_open_minor={"USD": 1}), "min_open_minor: 'home' is missing"),
        (changed(min_open_minor={"home": 1, "usd": 1}), "'usd' is not known; use 'home' or a code"),
        (changed(min_open_minor=1.5), "min_open_minor: home must be a whole number, found 1.5"),
        (steps((2, 1)), "step 1: the first level is 2; start with 1 without a gap"),
        (steps((1, 1), (3, 2)), "step 2: level 3 follows level 1; levels must count up by one"),
        (steps((1, 1), (1, 2)), "step 2: level 1 follows level 1"),
        (steps((1, 5), (2, 5)), "step 2: day 5 is not after day 5; each step must come later"),
        (steps((1, -5)), "every step lies before the due date; add a step with day 0 or later"),
        (steps((0, 1), (1, 2)), "step 1: level 0 is a note before the due date"),
        (stepped(channel="fax"), "step 1: channel 'fax' is not known; use one of email, letter"),
        (stepped(channel=...), "step 1: channel None is not known"),
        (stepped(template="poem"), "step 1: template 'poem' is not known; use one of upcoming"),
        (stepped(fax=1), "step 1: field 'fax' is not known; use branches, channel, counted, day"),
        (stepped(day="3"), "step 1: day must be a whole number, found '3'"),
        (stepped(day=5000), "step 1: day is 5000; it must lie in -365 … 3650"),
        (stepped(counted="moon"), "step 1: counted 'moon' is not known; use one of calendar"),
        (stepped(needs_approval="yes"), "step 1: needs_approval must be true or false"),
        (stepped(only_amount_over=-1), "step 1: only_amount_over is -1"),
        (stepped(fallback="email"), "step 1: fallback repeats the channel"),
        (stepped(channel="sms"), "step 1: template reminder is too long for sms"),
        (stepped(fallback="sms"), "step 1: template reminder is too long for sms"),
        (stepped(channel="call"), "step 1: channel call and template reminder do not fit"),
        (stepped(template="call_script"), "channel email and template call_script do not fit"),
        (
            stepped(channel="call", template="call_script", fallback="email"),
            "step 1: a call and a message cannot stand in for each other",
        ),
        ({"strategy": GOOD, "notes": 1}, "document: field 'notes' is not known"),
        ({"strategy": 1}, "strategy: expected fields with values, found 1"),
        ({"strategy": changed(cases=[]), "cases": []}, "'cases' stands twice"),
        ([], r"strategy: expected fields with values, found \[\]"),
        (changed(cases=[{"name": "c"}]), r"strategy s, case 1 \(c\): 'expect' is missing"),
        (changed(cases=[{"expect": 1}]), "strategy s, case 1: name must be a text"),
        (changed(cases=[{"name": "c", "expect": 1}]), r"\(c\): days_past_due must be a whole"),
        (
            changed(cases=[{"name": "c", "expect": 1, "days_past_due": 1, "paused": "lunch"}]),
            "paused 'lunch' is not known; use one of disputed, promise_open",
        ),
        (
            changed(cases=[{"name": "c", "expect": 1, "days_past_due": 1, "weather": 1}]),
            "field 'weather' is not known",
        ),
        (
            changed(cases=[{"name": "c", "expect": {"level": 1, "blocked": "on_hold"}, "days_past_due": 1}]),
            "state either a level or blocked, not both",
        ),
        (
            changed(cases=[{"name": "c", "expect": 1, "days_past_due": 1, "contacted": {"x": 1}}]),
            "contacted must read {level: days ago}",
        ),
        (
            changed(cases=[{"name": "c", "expect": 1, "items": [{"days_past_due": 1}], "open_minor": 1}]),
            "state open_minor inside 'items', not beside it",
        ),
        (changed(cases=[{"name": "c", "expect": 1, "items": []}]), "'items' is empty"),
        (
            changed(cases=[{"name": "c", "expect": 1, "days_past_due": 1}] * 2),
            "two cases are named 'c'; give each its own name",
        ),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_what_where_and_what_to_do(document, message):
    with pytest.raises(StrategyError, match=message):
        read_strategy(document)


def test_templates_of_the_company_may_be_used_once_they_exist():
    document = stepped(template="christmas_card")

    assert read_strategy(document, templates=["christmas_card"]).steps[0].template == (
        "christmas_card"
    )


def test_a_file_a_bare_strategy_and_text_dates_read_the_same():
    bare = read_strategy(changed(cases=[]))

    assert bare == read_strategy({"strategy": GOOD, "cases": []})
    assert bare == read_strategy(changed(valid_from="2026-01-01"))


def version(name, start, *segments):
    return read_strategy(changed(name=name, valid_from=start, segments=list(segments)))


def test_in_force_is_the_greatest_valid_from_not_after_the_day():
    old = version("old", "2026-01-01", "standard", "small")
    new = version("new", "2026-04-01", "standard")
    known = (new, old)

    assert [
        strategy_in_force(known, "standard", date(2025, 12, 31)),
        strategy_in_force(known, "standard", date(2026, 1, 1)),
        strategy_in_force(known, "standard", date(2026, 3, 31)),
        strategy_in_force(known, "standard", date(2026, 4, 1)),
        strategy_in_force(known, "small", date(2026, 4, 1)),
        strategy_in_force(known, "public", date(2026, 4, 1)),
    ] == [None, old, old, new, old, None]


def test_two_strategies_for_one_segment_from_one_day_are_refused():
    known = (version("a", "2026-01-01", "standard"), version("b", "2026-01-01", "standard"))

    with pytest.raises(
        StrategyError, match="segment standard: a and b both apply from 2026-01-01"
    ):
        steps_frame(known, as_of=date(2026, 2, 1))


def test_steps_frame_holds_the_strategies_in_force_on_the_day():
    known = (version("old", "2026-01-01", "standard"), version("new", "2026-04-01", "standard"))

    assert [
        [
            (row["segment"], row["strategy"], row["level"])
            for row in dicts(steps_frame(known, as_of=day))
        ]
        for day in (date(2025, 1, 1), date(2026, 1, 1), date(2026, 6, 1))
    ] == [[], [("standard", "old", 1)], [("standard", "new", 1)]]


def test_the_clash_names_only_those_that_clash():
    old = version("old", "2025-01-01", "standard")
    clash = (version("b", "2026-01-01", "standard"), old, version("a", "2026-01-01", "standard"))

    with pytest.raises(StrategyError, match="^segment standard: a and b both apply"):
        strategy_in_force(clash, "standard", date(2026, 1, 1))
    assert strategy_in_force(clash, "standard", date(2025, 12, 31)) is old


def test_segments_come_in_order_and_those_assigned_by_hand_after_them():
    """One assigned by hand is its newest version by the day, whatever its segments say."""
    old, new = version("vip", "2026-01-01", "small"), version("vip", "2026-03-01", "small")
    other = version("all", "2026-02-01", "standard", "large")
    late = version("later", "2026-04-01", "public")
    known = (new, other, late, old)
    names = ("vip", "later", "gone", "vip", "all")

    def found(month):
        return [
            (segment, strategy.name, strategy.valid_from.month)
            for segment, strategy in in_force_by_segment(
                known, as_of=date(2026, month, 1), by_hand=names
            )
        ]

    assert found(1) == [("small", "vip", 1), ("strategy vip", "vip", 1)]
    assert found(2) == [
        *[("large", "all", 2), ("small", "vip", 1), ("standard", "all", 2)],
        *[("strategy all", "all", 2), ("strategy vip", "vip", 1)],
    ]
    assert found(3)[-1] == ("strategy vip", "vip", 3)
    assert found(4)[-2:] == [("strategy later", "later", 4), ("strategy vip", "vip", 3)]
    assert in_force_by_segment(known, as_of=date(2025, 12, 31), by_hand=names) == []


def test_steps_that_branch_come_with_their_segment_and_level():
    branch = {"when": ["replied"], "delay": 3}
    strategy = read_strategy(
        changed(
            segments=["standard", "small"],
            steps=[STEP, {**STEP, "level": 2, "day": 9, "branches": [branch]}],
        )
    )
    day = date(2026, 1, 1)
    found = branching_steps((strategy,), as_of=day, by_hand=["s"])

    assert [(segment, level) for segment, level, _ in found] == [
        ("small", 2),
        ("standard", 2),
        ("strategy s", 2),
    ]
    assert [[b.trigger.delay for b in branches] for _, _, branches in found] == [[3]] * 3


def test_what_a_document_leaves_out_is_nothing():
    plain = read_strategy(GOOD)

    assert (plain.owner, plain.pause_when, plain.cases) == ("", (), ())
    assert (plain.min_open_minor, plain.min_days_between, plain.grace_days) == ({"home": 0}, 0, 0)


def test_each_reason_to_pause_may_be_named_and_days_reach_a_year():
    reasons = ["disputed", "promise_open", "plan_active", "on_hold"]
    strategy = read_strategy(changed(pause_when=reasons, min_days_between=365, grace_days=365))

    assert strategy.pause_when == tuple(reasons)
    assert (strategy.min_days_between, strategy.grace_days) == (365, 365)
    for name in ("min_days_between", "grace_days"):
        with pytest.raises(StrategyError, match=f"{name} is 366; it must lie in 0 … 365"):
            read_strategy(changed(**{name: 366}))


def test_cases_stand_beside_the_strategy_or_inside_it():
    case = {"name": "c", "days_past_due": 5, "expect": 1}
    without = read_strategy({"strategy": GOOD})
    beside = read_strategy({"strategy": GOOD, "cases": [case]})

    assert without == read_strategy(GOOD)
    assert without.cases == ()
    assert [one.name for one in beside.cases] == ["c"]
    assert beside == read_strategy({"strategy": changed(cases=[case])})
    assert beside == read_strategy(changed(cases=[case]))


def test_every_row_of_steps_says_all_that_is_asked_of_it():
    strategy = read_strategy(
        changed(
            min_open_minor={"home": 2_000, "USD": 2_500},
            min_days_between=5,
            grace_days=2,
            pause_when=["disputed"],
            steps=[
                {**STEP, "level": 0, "day": -5, "template": "upcoming"},
                {**STEP, "day": 0, "counted": "business", "fallback": "letter"},
                {**STEP, "level": 2, "day": 9, "channel": "letter", "needs_approval": True,
                 "only_amount_over": 700},
            ],
        )
    )  # fmt: skip
    waiting = read_strategy(
        changed(name="w", segments=["small"], min_open_minor=1, pause_when=["promise_open"])
    )
    same = {
        "segment": "standard", "strategy": "s", "min_home_minor": 2_000, "min_days_between": 5,
        "grace_days": 2, "pause_disputed": True, "pause_promised": False,
        "is_first": False, "needs_approval": False, "only_over_minor": 0, "is_business": False,
    }  # fmt: skip
    on_due = {"channel": "email", "template": "reminder", "fallback": "letter"}
    note = {"channel": "email", "template": "upcoming", "fallback": None}
    by_letter = {"channel": "letter", "template": "reminder", "fallback": None}

    def late(way):
        return {f"late_{name}": word for name, word in way.items()}

    small, *ladder = dicts(steps_frame((strategy, waiting), as_of=date(2026, 1, 1)))
    assert ladder == [
        {**same, "level": 0, "day": -5, "is_first": True, **note, **late(on_due)},
        {**same, "level": 1, "day": 0, "is_business": True, **on_due, **late(on_due)},
        {**same, "level": 2, "day": 9, "needs_approval": True, "only_over_minor": 700,
         **by_letter, **late(by_letter)},
    ]  # fmt: skip
    assert {name: small[name] for name in ("segment", "is_first", "min_home_minor")} == {
        "segment": "small", "is_first": True, "min_home_minor": 1,
    }  # fmt: skip
    assert (small["pause_disputed"], small["pause_promised"]) == (False, True)


def test_a_ladder_step_before_the_due_date_knows_its_wording_when_late():
    strategy = read_strategy(
        changed(
            steps=[
                {**STEP, "day": -5, "template": "upcoming"},
                {**STEP, "level": 2, "template": "reminder", "fallback": "letter"},
            ]
        )
    )

    first = dicts(steps_frame((strategy,), as_of=date(2026, 1, 1)))[0]

    assert (first["template"], first["late_template"], first["late_fallback"]) == (
        "upcoming",
        "reminder",
        "letter",
    )


def test_minimums_are_rows_only_for_named_currencies():
    strategy = read_strategy(changed(min_open_minor={"home": 2000, "USD": 2500, "JPY": 300}))

    assert dicts(minimums_frame((strategy,), as_of=date(2026, 1, 1))) == [
        {"segment": "standard", "currency": "JPY", "min_minor": 300},
        {"segment": "standard", "currency": "USD", "min_minor": 2500},
    ]
