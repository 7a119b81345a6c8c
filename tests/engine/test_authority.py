"""The authority engine over the whole grid: no path goes beyond the matrix."""

from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.authority import (
    ACTS,
    CREDIT_ACTS,
    DISPUTE_ACTS,
    PPM,
    RISKS,
    STATUSES,
    Ask,
    AuthorityPolicy,
    Grant,
    Limits,
    Verdict,
    approvers,
    concession_share,
    judge,
    may_approve,
)
from dunwell.engine.authority_policy import (
    AuthorityPolicyError,
    completed,
    play_authority_cases,
    read_authority_policy,
)
from dunwell.formats.policies import read_policy

STANDARD = Path(__file__).parents[2] / "src/dunwell/policies/authority_standard.yaml"
DOCUMENT = read_policy(STANDARD.read_text(encoding="utf-8")).document
POLICY = read_authority_policy(DOCUMENT)

ROLES = [
    frozenset(roles)
    for roles in (
        (),
        ("stranger",),
        ("admin", "clerk"),
        ("collector",),
        ("credit_manager",),
        ("credit_analyst",),
        ("finance_director",),
        ("collector", "credit_manager"),
        ("credit_analyst", "finance_director"),
    )
]
SOURCES = ("staff", "portal", "bot", "fax")


@cache
def rows(act):
    """Every row of the document about an act, as it is written."""
    body = DOCUMENT["authority"]
    return [row for row in [*body["grants"], *body["sources"]] if row["act"] == act]


def axis(act, name):
    """Every limit of an act with one less and one more, 0 and, last, what is not known."""
    stated = {row[part][name] for row in rows(act) for part in PARTS if row.get(part)}
    bounds = {bound for bound in stated if bound != "any"}
    values = {bound + step for bound in bounds for step in (-1, 0, 1)} | {0}
    return [*sorted(value for value in values if value >= 0), None]


PARTS = ("alone", "approves", "asks")
NAMES = ("amount_minor", "concession_ppm", "months")


def covers(limits, amount, ppm, months):
    """What a part of a row says, read without the engine."""
    if limits is None:
        return False
    most = limits["amount_minor"]
    return (
        (most == "any" or (amount is not None and amount <= most))
        and ppm is not None
        and ppm <= limits["concession_ppm"]
        and months is not None
        and months <= limits["months"]
    )


def expected(act, source, roles, risk, values):
    """The status by the written document, and whether somebody could approve."""
    if risk not in RISKS:
        found = [expected(act, source, roles, one, values) for one in RISKS]
        return min(found, key=STATUSES.index)
    here = [row for row in rows(act) if risk in row.get("risks", RISKS)]
    grants = [row for row in here if "role" in row]
    own = [row for row in here if row.get("source") == source]
    if source != "staff" and not any(
        covers(row.get("asks") or row.get("alone"), *values) for row in own
    ):
        return "never"
    if any(row["role"] in roles and covers(row.get("alone"), *values) for row in grants) and (
        source == "staff" or any(covers(row.get("alone"), *values) for row in own)
    ):
        return "allowed"
    can = any(covers(row.get("approves"), *values) for row in grants)
    return "needs_approval" if can else "never"


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"of {act}")
def test_no_path_goes_beyond_the_matrix_anywhere_on_the_grid(act):
    axes = [axis(act, name) for name in NAMES]
    for source, roles, risk in product(SOURCES, ROLES, (*RISKS, "")):
        ranks = {}
        for values in product(*axes):
            ask = Ask(
                act=act, source=source, roles=roles, risk=risk,
                **dict(zip(NAMES, values, strict=True)),
            )  # fmt: skip
            status = judge(ask, POLICY).status
            ranks[values] = STATUSES.index(status)
            assert status == expected(act, source, roles, risk, values), ask
        for place, line in enumerate(axes):
            for values, value in ranks.items():
                at = line.index(values[place])
                if at + 1 < len(line):
                    more = (*values[:place], line[at + 1], *values[place + 1 :])
                    assert ranks[more] <= value, (source, roles, risk, values, more)


def test_an_act_nobody_wrote_down_is_never_allowed():
    for source, roles, risk in product(SOURCES, ROLES, (*RISKS, "")):
        ask = Ask(act="gift", source=source, roles=roles, risk=risk,
                  amount_minor=0, concession_ppm=0, months=0)  # fmt: skip
        assert judge(ask, POLICY).status == "never"


limits = st.none() | st.builds(
    Limits,
    amount_minor=st.none() | st.integers(0, 5),
    concession_ppm=st.integers(0, 5),
    months=st.integers(0, 5),
)
cells = st.builds(Grant, alone=limits, approves=limits)
matrices = st.builds(
    AuthorityPolicy,
    ladder=st.just(("collector", "credit_manager")),
    grants=st.dictionaries(
        st.tuples(st.just("plan"), st.sampled_from(["collector", "credit_manager"]),
                  st.sampled_from(RISKS)),
        cells,
    ),
    sources=st.dictionaries(
        st.tuples(st.sampled_from(["portal", "bot"]), st.just("plan"), st.sampled_from(RISKS)),
        cells,
    ),
)  # fmt: skip
small = st.none() | st.integers(0, 6)
asks = st.builds(
    Ask,
    act=st.just("plan"),
    source=st.sampled_from(["staff", "portal", "bot"]),
    roles=st.frozensets(st.sampled_from(["collector", "credit_manager", "clerk"])),
    risk=st.sampled_from([*RISKS, ""]),
    amount_minor=small,
    concession_ppm=small,
    months=small,
)


def rank(ask, policy, **changes):
    fields = {name: getattr(ask, name) for name in Ask.__dataclass_fields__}
    return STATUSES.index(judge(Ask(**{**fields, **changes}), policy).status)


@given(matrices, asks)
def test_more_is_never_easier_a_source_only_narrows_and_the_unknown_is_strictest(policy, ask):
    here = rank(ask, policy)
    for name in NAMES:
        value = getattr(ask, name)
        if value is not None:
            assert rank(ask, policy, **{name: value + 1}) <= here
            assert rank(ask, policy, **{name: None}) <= here
    assert here <= rank(ask, policy, source="staff")
    assert rank(ask, policy, source="fax") == 0
    assert rank(ask, policy, risk="") == min(rank(ask, policy, risk=risk) for risk in RISKS)
    assert rank(ask, policy, roles=frozenset()) <= here
    assert rank(ask, policy, roles=ask.roles | {"credit_manager"}) >= here


@given(matrices, asks)
def test_what_needs_approval_can_be_approved_by_somebody_and_what_is_never_by_nobody(policy, ask):
    verdict = judge(ask, policy)
    everybody = may_approve(ask, policy, roles=policy.ladder)

    if verdict.status == "never":
        # each risk alone may have an approver; all of them together may not
        assert not everybody or ask.risk not in RISKS
    if verdict.status == "needs_approval" and ask.risk in RISKS:
        assert may_approve(ask, policy, roles=[verdict.needs_role])
    assert not may_approve(ask, policy, roles=["clerk", "stranger"])


def test_a_verdict_says_what_is_exceeded_and_who_may_approve():
    ask = Ask(act="settlement", source="staff", roles=frozenset({"collector"}), risk="medium",
              amount_minor=300_000, concession_ppm=60_000, months=1, currency="EUR")  # fmt: skip
    assert judge(ask, POLICY) == Verdict(
        status="needs_approval",
        needs_role="credit_manager",
        rule="settlement/credit_manager/medium",
        text="Settlement of 3,000.00 EUR, 6 % given up, 1 month is above 2,000.00 EUR and 5 % "
        "given up; a credit manager may approve it.",
    )
    ladder = (*("collector", "resolver", "credit_analyst", "credit_manager", "finance_director"),)
    assert approvers("collector", POLICY) == ladder
    assert approvers("credit_manager", POLICY) == ("credit_manager", "finance_director")
    assert approvers("admin", POLICY) == ("admin",)


def test_a_certificate_unlocks_what_is_decided_alone_and_nothing_else():
    rows = [
        {"act": "plan", "role": "collector", "certificate": "hard_calls",
         "alone": {"amount_minor": 5_00, "months": 3}},
        {"act": "plan", "role": "credit_manager", "approves": {"amount_minor": 9_00, "months": 9}},
    ]  # fmt: skip
    policy = read_authority_policy(changed(grants=rows, sources=[], acts_as={}))
    assert policy.unlocked == {"hard_calls": {"plan"}}
    assert POLICY.certificates == frozenset(), "grants that name none stay as they were"

    def judged(*held, amount_minor=5_00):
        ask = Ask(act="plan", source="staff", roles=frozenset({"collector"}), risk="low",
                  amount_minor=amount_minor, concession_ppm=0, months=3, currency="EUR",
                  certificates=frozenset(held))  # fmt: skip
        return judge(ask, policy)

    assert judged("first_calls", "hard_calls").status == "allowed"
    assert judged("first_calls").text == (
        "Plan of 5.00 EUR, 3 months is decided alone only with a certificate hard calls that is "
        "good that day; a credit manager may approve it."
    )
    assert [judged(*held, amount_minor=5_01).status for held in ((), ("hard_calls",))] == [
        "needs_approval", "needs_approval",
    ]  # fmt: skip
    without = [{key: value for key, value in rows[0].items() if key != "alone"}]
    with pytest.raises(AuthorityPolicyError, match="grant 1: a certificate unlocks what is"):
        read_authority_policy(changed(grants=without))


def test_a_share_is_rounded_so_that_it_never_looks_smaller():
    assert concession_share(1, 3) == 333_334
    assert concession_share(0, 0) == 0
    assert concession_share(1, 0) == PPM
    with pytest.raises(ValueError, match="below 0"):
        Ask(act="plan", source="staff", roles=frozenset(), risk="low",
            amount_minor=-1, concession_ppm=0, months=0)  # fmt: skip


def test_the_standard_passes_its_own_cases():
    assert [r.message() for r in play_authority_cases(POLICY) if not r.is_passed] == []
    assert len(POLICY.cases) == 16


def changed(**changes):
    body = {**DOCUMENT["authority"], **changes}
    return {"authority": body, "cases": []}


LATER = {*CREDIT_ACTS, *DISPUTE_ACTS}


def test_a_document_that_knows_no_credit_gets_the_cells_of_the_standard_for_it():
    own = {"act": "plan", "role": "collector", "alone": {"amount_minor": 5, "months": 3}}
    body = {"name": "ours", "valid_from": "2026-01-01", "ladder": ["collector", "credit_manager"]}
    policy = read_authority_policy({"authority": {**body, "grants": [own]}, "cases": []})

    whole = completed(policy, POLICY)

    assert whole.ladder == (
        *("collector", "resolver", "credit_analyst", "credit_manager", "finance_director"),
    )
    assert {key: cell for key, cell in whole.grants.items() if key[0] not in LATER} == dict(
        policy.grants
    )
    assert {key: cell for key, cell in whole.grants.items() if key[0] in LATER} == {
        key: cell for key, cell in POLICY.grants.items() if key[0] in LATER
    }
    assert completed(whole, POLICY) is whole
    said = read_authority_policy(
        {"authority": {**body, "grants": [{**own, "act": "release"}]}, "cases": []}
    )
    # what it says of credit stands; of disputes it says nothing
    assert dict(completed(said, POLICY).grants) == {
        **said.grants,
        **{key: cell for key, cell in POLICY.grants.items() if key[0] in DISPUTE_ACTS},
    }
    both = [{**own, "act": "release"}, {**own, "act": "dispute_credit"}]
    knowing = read_authority_policy({"authority": {**body, "grants": both}, "cases": []})
    assert completed(knowing, POLICY) is knowing


CELL = {"act": "plan", "role": "collector", "risks": ["low"]}
BIG, SMALL = {"amount_minor": 5, "months": 2}, {"amount_minor": 5, "months": 1}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "authority: expected fields"),
        ({"authority": {}, "more": 1}, "document: field 'more' is not known"),
        (changed(name="No"), "authority: name 'No' cannot be used"),
        (changed(ladder=["boss"]), "authority: ladder 'boss' is not known"),
        (changed(ladder=[]), "grant 1: role 'collector' is not on the ladder; add it there"),
        (changed(risks={"low": ["A"], "high": ["A"]}), "band A is low and high"),
        (changed(risks={"low": ["Z"]}), "authority, risks: low 'Z' is not known"),
        (changed(grants=[CELL, CELL]), "authority, grant 2: plan of collector at low risk is"),
        (changed(grants=[{**CELL, "act": "gift"}]), "authority, grant 1: act 'gift'"),
        (changed(grants=[{**CELL, "alone": BIG, "approves": SMALL}]), "alone goes beyond approves"),
        (changed(grants=[{**CELL, "alone": {}}]), "grant 1, alone: amount_minor must be"),
        (
            changed(grants=[{**CELL, "approves": BIG},
                            {**CELL, "role": "credit_manager", "approves": SMALL}]),
            "plan at low risk: credit_manager may approve less than collector",
        ),
        (changed(sources=[{"source": "fax"}]), "authority, source 1: source 'fax'"),
        (
            changed(sources=[{"source": "bot", "act": "plan"}, {"source": "bot", "act": "plan"}]),
            "authority, source 2: plan over bot at low risk is stated before",
        ),
        (changed(acts_as={"portal": "admin"}), "authority, acts_as: portal 'admin'"),
        ({**changed(), "cases": [{"name": "x", "act": "plan", "expect": "maybe"}]},
         "authority, case 1: amount_minor must be a whole number"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_hold_is_refused_with_its_place(document, message):
    with pytest.raises(AuthorityPolicyError) as error:
        read_authority_policy(document)
    assert message in str(error.value)
