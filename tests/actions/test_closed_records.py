"""Every action that begins something at a customer: refused at a record merged into another one."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from dunwell.actions.gate import Actor, Merged, open_customer
from dunwell.actions.notes import record_note
from dunwell.actions.role_rights import PORTAL_RIGHTS, RIGHTS
from dunwell.models import Note
from tests.actions.desk import acting
from tests.actions.merge_rows import ON, merged_by, split_by
from tests.conftest import TODAY, add_customer

ACTIONS = Path(__file__).parents[2] / "src" / "dunwell" / "actions"

TAKEN = {
    "part of another action, which asks": (
        "authority.authorise bureau_reports.add_report covers.asked dispute_intake.enter_case "
        "escalations.put_higher limit_scopes.locked_scope portal_notices.notify "
        "portal_requests.keep_request"
    ),
    "leads to the survivor by itself": (
        "credit_checks.check_order invoice_responses.take_response "
        "invoice_responses.take_response_file"
    ),
    "what became of something sent or begun before": (
        "saved_methods.keep_method signals.record_signal suppressions.put_on_list"
    ),
    "looks, hands out or forgets what the record has": (
        "erasures.erase_customer person_files.hand_out_person portal_views.note_view "
        "portal_calendars.revoke_calendar assistant_tools.use_tool"
    ),
    "tells the days before the merge, too": (
        "statements.issue_statements statements.make_statement statements.make_statements"
    ),
    "the merge itself": (
        "customer_merges.propose_merge customer_merges.mark_distinct gate.own_customer"
    ),
}
"""Actions that are taken at a closed record, by why; every other one leads on by its refusal."""


def customers_of(function):
    """The parameters of a function that are customers, one or many."""
    every = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return [
        one.arg
        for one in every
        if one.annotation is not None
        and "Customer"
        in {part.id for part in ast.walk(one.annotation) if isinstance(part, ast.Name)}
    ]


def listed():
    """Every public action with an actor and customers: module.function, and the customers."""
    found = {}
    for file in sorted(ACTIONS.rglob("*.py")):
        module = ".".join(file.relative_to(ACTIONS).with_suffix("").parts)
        for one in ast.parse(file.read_text("utf-8")).body:
            if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
                names = customers_of(one)
                every = one.args.posonlyargs + one.args.args + one.args.kwonlyargs
                if names and any(arg.arg == "actor" for arg in every):
                    found[f"{module}.{one.name}"] = names
    return found


LISTED = listed()
REFUSED = sorted(set(LISTED) - {name for names in TAKEN.values() for name in names.split()})


def test_every_action_that_is_taken_at_a_closed_record_is_there():
    named = [name for names in TAKEN.values() for name in names.split()]

    assert sorted(set(named) - set(LISTED)) == []
    assert len(named) == len(set(named))


@pytest.fixture
def closed(company, clerk, manager, customer):
    """K2, merged into K1."""
    twin = add_customer(company, "K2", "Acme GmbH")
    merged_by(clerk, manager, twin, customer)
    return twin


def told(name, actor, **given):
    """What an action is called with: who, for whom, and nothing of the rest."""
    module, _, function = name.rpartition(".")
    act = getattr(import_module(f"dunwell.actions.{module}"), function)
    first, rest = [], {}
    for one in inspect.signature(act).parameters.values():
        value = actor if one.name == "actor" else given.get(one.name)
        if one.name not in given and one.name != "actor" and one.default is not one.empty:
            continue
        if one.kind is one.KEYWORD_ONLY:
            rest[one.name] = value
        else:
            first.append(value)
    return act, first, rest


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_begun_at_a_closed_record_before_anything_else_is_looked_at(
    name, company, customer, clerk, closed
):
    rights = RIGHTS.union(*PORTAL_RIGHTS.values())
    actor = Actor(company=company, name="carla", user_id=clerk.pk, rights=rights)
    act, first, rest = told(name, actor, **dict.fromkeys(LISTED[name], closed))

    with pytest.raises(Merged) as refusal:
        act(*first, **rest)

    assert str(refusal.value) == "K2 was merged into K1; go on at K1."
    assert refusal.value.survivor == customer


def test_a_closed_record_leads_to_the_end_of_a_chain_and_is_open_again_after_the_split(
    company, clerk, manager, collector, customer, closed
):
    third = add_customer(company, "K3")
    into = merged_by(clerk, manager, customer, third)
    with pytest.raises(Merged, match="K2 was merged into K3; go on at K3"):
        record_note(actor=acting(collector), customer=closed, kind="note", text="x", **ON)
    split_by(manager, into)
    with pytest.raises(Merged, match="K2 was merged into K1; go on at K1"):
        open_customer(acting(collector), closed)
    split_by(manager, closed.merges.get())

    note = record_note(actor=acting(collector), customer=closed, kind="note", text="x", **ON)

    assert (note.customer, Note.objects.count(), note.on) == (closed, 1, TODAY)
