"""The rights matrix: every action, every role. An action that is not listed here fails the test."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from django.db import transaction

from dunwell import actions
from dunwell.actions.gate import Actor, Forbidden, program, staff, system
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import ApiToken
from dunwell.queries.duty_pairs import duty_pairs
from tests.actions.rights_matrix import INSTALLATION, MATRIX, ROLES
from tests.conftest import AT

pytestmark = pytest.mark.each

FOLDER = Path(actions.__file__).parent


def public_actions():
    """Name of every public function of actions/ that opens a transaction or takes an actor."""
    names = set()
    for path in sorted(FOLDER.rglob("*.py")):
        module = ".".join(path.relative_to(FOLDER).with_suffix("").parts)
        if module == "events":  # what actions are made of
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                is_atomic = any("atomic" in ast.unparse(d) for d in node.decorator_list)
                takes_actor = "actor" in [argument.arg for argument in node.args.kwonlyargs]
                if is_atomic or takes_actor:
                    names.add(f"{module}.{node.name}")
    return names


def function(name):
    module, _, action = name.rpartition(".")
    return getattr(importlib.import_module(f"dunwell.actions.{module}"), action)


def is_forbidden(action, actor):
    """Whether the action turns the actor away; the other arguments are nothing usable.

    The right is checked before anything else, so whoever holds it fails later and differently.
    """
    nothing = {
        name: object()
        for name, parameter in inspect.signature(action).parameters.items()
        if parameter.default is inspect.Parameter.empty and name != "actor"
    }
    try:
        with transaction.atomic():
            action(actor=actor, **nothing)
    except Forbidden:
        return True
    except Exception:
        # whatever else fails, the right was not the reason
        return False
    return False


def test_every_action_stands_in_the_matrix():
    assert public_actions() == MATRIX.keys() | INSTALLATION


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_exactly_the_listed_roles_may(company, name):
    action = function(name)
    may = [
        letter
        for letter, role in ROLES.items()
        if not is_forbidden(action, Actor(company=company, name=letter, rights=ROLE_RIGHTS[role]))
    ]

    assert "".join(may) == MATRIX[name]


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_nobody_may_without_a_right_and_the_system_may_all(company, name):
    assert is_forbidden(function(name), Actor(company=company, name="visitor"))
    assert not is_forbidden(function(name), system(company))


def test_no_role_alone_holds_both_sides_of_the_duties_about_cash_and_users():
    apart = [pair for pair in duty_pairs() if pair.first_acts or pair.id == "users_money"]
    assert len(apart) == 5
    for pair in apart:
        both = [
            role for role, held in ROLE_RIGHTS.items() if held & pair.first and held & pair.second
        ]
        assert both == [], pair.id


def test_a_person_has_the_rights_of_all_roles_in_this_company_alone(company, collector, rival):
    assert staff(collector, company).rights == ROLE_RIGHTS["collector"]
    with pytest.raises(Forbidden) as refusal:
        staff(rival, company)
    assert str(refusal.value) == "rolf does not work for Northwind."


def test_a_token_never_has_more_rights_than_its_owner_now(company, collector):
    token = ApiToken.objects.create(
        company=company,
        user=collector,
        name="robot",
        token_hash="x",
        rights=["note.record", "user.manage"],
        created_at=AT,
    )

    assert program(token).rights == {"note.record"}
    assert program(token).name == "anna via robot"
    collector.is_active = False
    collector.save()
    with pytest.raises(Forbidden):
        program(ApiToken.objects.get(pk=token.pk))


def test_support_may_what_sales_may_and_neither_reads_words_nor_judgements():
    assert ROLE_RIGHTS["support"] == ROLE_RIGHTS["sales"]
    assert ROLE_RIGHTS["sales"] - ROLE_RIGHTS["read_only"] == {
        "case.share", "voice.say", "training.take", "escalation.raise", "escalation.answer", "absence.edit",
    }  # fmt: skip
