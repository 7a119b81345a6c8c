"""The section `orders` of the credit policy is read strictly: what, where, what to do."""

from pathlib import Path

import pytest
import yaml

from dunwell.engine.documents import DocumentError
from dunwell.engine.order_rules import (
    PARAMETERS,
    RULES,
    STANDARD,
    Exclusion,
    OrderRule,
    Scope,
    read_order_rules,
)

DOCS = Path(__file__).parents[2] / "docs" / "how-to"


def test_without_a_section_the_standard_holds():
    assert read_order_rules(None) is STANDARD
    assert read_order_rules({}).rules == STANDARD.rules
    assert not STANDARD.auto_release
    assert {row.rule for row in STANDARD.rules} == set(RULES) - {
        "risk_class",
        "order_amount",
        "cover_missing",
    }


def test_a_section_is_read_with_its_scopes_checkpoints_and_exclusions():
    rules = read_order_rules(
        {
            "auto_release": True,
            "own_forced_hold": True,
            "review_days": 5,
            "rules": [
                {
                    "rule": "risk_class",
                    "classes": ["E", "unknown"],
                    "for": {"segments": ["export"], "risk_classes": ["unknown"]},
                    "checkpoints": {"delivery": 2},
                    "severity": "warn",
                },
            ],
            "exclusions": [{"name": "small", "below_minor": 100, "skips": ["limit"]}],
        }
    )
    assert rules.rules == (
        OrderRule(
            rule="risk_class",
            severity="warn",
            scope=Scope(segments=("export",), risk_classes=("",)),
            checkpoints={"delivery": 2},
            classes=("E", ""),
        ),
        # what a person stopped stays stopped, though no row says so
        OrderRule(rule="forced_hold"),
        OrderRule(rule="exposure_freeze"),
        OrderRule(rule="appetite_stop"),
        OrderRule(rule="appetite_refer"),
    )
    assert rules.exclusions == (Exclusion(name="small", below_minor=100, skips=("limit",)),)
    assert (rules.auto_release, rules.own_forced_hold, rules.review_days) == (True, True, 5)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"rule": []}, "orders: field 'rule' is not known; use auto_release, exclusions"),
        ({"rules": [{"rule": "mood"}]}, "orders, rule 1: rule 'mood' is not known; use one of"),
        (
            {"rules": [{"rule": "limit", "days": 3}]},
            "orders, rule 1 (limit): field 'days' is not known; use checkpoints",
        ),
        (
            {"rules": [{"rule": "limit", "severity": "stop"}]},
            "orders, rule 1 (limit): severity 'stop' is not known; use one of hold, warn, off",
        ),
        (
            {"rules": [{"rule": "limit"}, {"rule": "limit"}]},
            "orders, rule 2 (limit): a row before it is for everybody",
        ),
        (
            {"rules": [{"rule": "risk_class"}]},
            "orders, rule 1 (risk_class): 'classes' goes with rule risk_class",
        ),
        (
            {"rules": [{"rule": "order_amount"}]},
            "orders, rule 1 (order_amount): state most_minor",
        ),
        (
            {"rules": [{"rule": "limit", "checkpoints": {"billing": 1}}]},
            "orders, rule 1 (limit), checkpoints: field 'billing' is not known",
        ),
        (
            {"exclusions": [{"name": "all"}]},
            "orders, exclusion 1 (all): say which orders pass",
        ),
        (
            {"exclusions": [{"name": "a", "types": ["x"]}, {"name": "a", "types": ["y"]}]},
            "orders, exclusions: two are named 'a'",
        ),
        ({"auto_release": 1}, "orders: auto_release must be true or false, found 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(section, told):
    with pytest.raises(DocumentError) as refusal:
        read_order_rules(section)
    assert told in str(refusal.value)


def test_every_parameter_has_a_standard_within_its_bounds():
    for spec in PARAMETERS.values():
        for default, largest in spec.values():
            assert 0 <= default <= largest


def test_the_example_of_the_documentation_can_be_read():
    text = (DOCS / "check-orders.md").read_text(encoding="utf-8")
    example = yaml.safe_load(text.split("```yaml")[1].split("```")[0])
    rules = read_order_rules(example["orders"])
    assert [row.rule for row in rules.rules][:3] == ["days_overdue", "days_overdue", "limit"]
    assert [one.name for one in rules.exclusions] == ["small orders", "public authorities"]
