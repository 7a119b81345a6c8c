"""The credit policy as a document: read whole, its cases played, every wrong field named."""

import pytest

from dunwell.engine.credit_policy import CreditPolicyError, read_credit_policy
from dunwell.engine.credit_rehearsal import play_credit_cases
from tests.engine.credit_customers import document, standard


def test_the_standard_passes_its_own_cases():
    policy = standard()
    assert [result.message() for result in play_credit_cases(policy) if not result.is_passed] == []
    assert len(policy.cases) == 4
    assert (policy.owner, policy.champion) == ("Credit management", "customers")
    assert policy.classes.names == ("A", "B", "C", "D", "E")


def test_a_case_that_does_not_come_out_says_what_did():
    cases = [{"name": "too kind", "facts": {"own_days_late": 90}, "expect": {"class": "A"}}]
    policy = read_credit_policy({**document(), "cases": cases})
    (result,) = play_credit_cases(policy)
    assert not result.is_passed
    assert result.message() == "too kind: expected class A, found class D"


def test_the_facts_that_decide_are_those_the_sections_name():
    kinds = standard().kinds(standard().card)
    assert kinds["bureau_is_insolvent"] == "flag"
    assert kinds["fs_altman_zone"] == "text"
    assert kinds["own_days_late"] == "number"
    assert "rated_class" not in kinds


BASE = document()["credit"]
CLASSES = BASE["classes"]


def classes(**changes):
    return {"classes": {**CLASSES, **changes}}


def out(**changes):
    row = {"name": "x", "class": "E", "when": {"own_days_late": {"from": 1}}, "reason": "y"}
    return classes(knock_outs=[{**row, **changes}])


def rule(**changes):
    row = {"name": "x", "when": {}, "then": "refer", "reason": "y"}
    return {"decisions": {"rules": [{**row, **changes}]}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "No"}, "credit: name 'No' cannot be used"),
        ({"colour": 1}, "credit: field 'colour' is not known"),
        ({"owner": ""}, "credit: owner must be a text"),
        ({"review_on": "2025-01-01"}, "credit: review_on 2025-01-01 lies before valid_from"),
        (classes(table=CLASSES["table"][:1]), "table must list 2 to 20 classes"),
        (classes(table=[*CLASSES["table"][:2], CLASSES["table"][0]]), "two are named 'A'"),
        (classes(table=list(reversed(CLASSES["table"]))), "class E needs to_pd_ppm"),
        (classes(unscored="Z"), "unscored 'Z' is not known"),
        (classes(by="luck"), "by 'luck' is not known"),
        (out(**{"class": "Z"}), "class 'Z' is not known"),
        (out(when={}), "state when it holds"),
        (out(when={"own_dogs": {"from": 1}}), "fact 'own_dogs' is not known"),
        (out(when={"rated_class": ["A"]}), "fact 'rated_class' is not known"),
        (out(when={"point_age": {"from": 60}}), "point_age speaks of age"),
        (out(when={"point_nationality": ["XX"]}), "speaks of national origin"),
        (out(when={"bureau_is_insolvent": ["yes"]}), "write true or false"),
        (out(when={"own_days_late": {"from": 3, "to": 1}}), "from 3 lies above to 1"),
        (rule(then="perhaps"), "then 'perhaps' is not known"),
        (rule(conditions=["luck"]), "conditions 'luck' is not known"),
        ({"required": [{"name": "x", "facts": []}]}, "list the facts that must be known"),
        ({"required": [{"name": "x", "facts": ["rated_class"]}]}, "'rated_class' is not a fact"),
        ({"limits": {"table": [{"name": "x", "bases": [{"fact": "own_days_late",
          "share_ppm": 1}]}]}}, "own_days_late is no amount"),
        ({"limits": {"table": [{"name": "x", "classes": ["Z"]}]}}, "classes 'Z' is not known"),
        ({"limits": {"table": [{"name": "x", "countries": ["Germany"]}]}}, "is no country"),
        ({"limits": {"table": [{"name": "x", "fixed_minor": 5, "most_minor": 1}]}},
         "cannot be above most_minor"),
        ({"terms": [{"days": 30, "options": [45]}]}, "options must be days from 0 to 30"),
        ({"orders": {"rules": [{"rule": "luck"}]}}, "luck"),
        ({"scorecard": {"card": {**BASE["scorecard"]["card"], "inputs": [
            {"name": "own_dogs", "bins": [{"points": 0}]}]}}}, "input 'own_dogs' is no fact"),
        ({"scorecard": {"card": {**BASE["scorecard"]["card"], "inputs": [
            {"name": "own_band", "bins": [{"points": 0}]}]}}}, "not of its kind"),
        ({"scorecard": {"card": {**BASE["scorecard"]["card"], "inputs": [
            {"name": "point_age", "bins": [{"points": 0}]}]}}}, "no credit decision may rest on"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_hold_is_refused_with_its_place(changes, message):
    with pytest.raises(CreditPolicyError) as error:
        read_credit_policy(document(**changes))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"name": "x", "expect": {}}, "state at least one of"),
        ({"name": "x", "expect": {"class": "Z"}}, "class 'Z' is not known"),
        ({"name": "x", "expect": {"outcome": "maybe"}}, "outcome 'maybe' is not known"),
        ({"name": "x", "facts": {"own_days_late": "late"}, "expect": {"class": "A"}},
         "own_days_late: expected a number"),
        ({"name": "x", "asked_minor": -1, "expect": {"class": "A"}}, "asked_minor is -1"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_is_refused_with_its_place(case, message):
    with pytest.raises(CreditPolicyError) as error:
        read_credit_policy({**document(), "cases": [case]})
    assert message in str(error.value)


def test_sections_that_are_left_out_have_their_standard():
    whole = read_credit_policy(document(required=None, decisions=None, limits=None, terms=None,
                                        appetite=None))  # fmt: skip
    assert (whole.required, whole.terms, whole.appetite) == ((), (), ())
    assert whole.decisions.otherwise == "refer"
    assert whole.orders.rules and whole.reviews.per_week and whole.covers.notice_days
