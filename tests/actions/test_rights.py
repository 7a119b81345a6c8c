"""The rights matrix: every action, every role. An action that is not listed here fails the test."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from django.db import transaction

from dunwell import actions
from dunwell.actions.gate import (
    CONFLICTING_ROLES,
    RIGHTS,
    ROLE_RIGHTS,
    Actor,
    Forbidden,
    program,
    staff,
    system,
)
from dunwell.models import ApiToken, Role
from tests.conftest import AT

FOLDER = Path(actions.__file__).parent
ROLES = {
    "A": Role.ADMIN,
    "M": Role.CREDIT_MANAGER,
    "C": Role.COLLECTOR,
    "K": Role.CLERK,
    "R": Role.READ_ONLY,
}
INSTALLATION = {
    "companies.add_company",
    "companies.add_first_admin",
    "demo.add_demo_company",
    "policies.load_shipped_policies",
    "users.use_sign_in_link",
}
"""Actions of the installation itself, before anybody can have a role."""

MATRIX = {
    # action: roles that may, by the letters above
    "adjustments.record_adjustment": "M",
    "adjustments.reverse_adjustment": "M",
    "aliases.add_alias": "K",
    "aliases.add_relation": "K",
    "aliases.remove_alias": "K",
    "aliases.remove_relation": "K",
    "anomalies.decide_anomaly": "MK",
    "anomalies.find_anomalies": "AM",
    "answers.answer_once": "AMCKR",
    "approvals.decide_approval": "M",
    "approvals.drop_approvals": "AMCKR",
    "approvals.request_approval": "AMCKR",
    "approvals.withdraw_approval": "AMCKR",
    "authority.authorise": "AMCKR",
    "balances.rebuild_open_items": "AM",
    "bank_accounts.accept_finding": "A",
    "bank_accounts.edit_bank_account": "A",
    "bank_entries.book_due_entries": "K",
    "bank_entries.decide_entry": "K",
    "bank_files.receive_bank_file": "K",
    "bank_files.receive_bank_files": "K",
    "bank_files.record_bank_file": "K",
    "bank_files.refuse_bank_file": "K",
    "cash_policies.discard_cash_policy": "AM",
    "cash_policies.draft_cash_policy": "AM",
    "cash_policies.publish_cash_policy": "M",
    "charge_bills.bill_charges": "MK",
    "charge_bills.bill_due_charges": "AM",
    "charges.accrue_charges": "AM",
    "charges.restore_charge": "MC",
    "charges.waive_charge": "MC",
    "companies.edit_company": "A",
    "contact_attempts.log_attempt": "MC",
    "contacts.add_contact": "MC",
    "contacts.assign_collector": "M",
    "contacts.edit_contact": "MC",
    "contacts.edit_customer": "M",
    "contacts.mark_bounced": "MC",
    "cycle.run_step": "AM",
    "debit_files.send_run": "K",
    "debit_notices.letters_posted": "K",
    "debit_notices.tell_again": "M",
    "debit_returns.apply_status_report": "K",
    "debit_returns.return_debit": "K",
    "debit_runs.approve_run": "M",
    "debit_runs.cancel_run": "MK",
    "debit_runs.mark_last": "K",
    "debit_runs.prepare_run": "K",
    "debit_runs.remove_debit": "K",
    "debit_settlements.record_collected": "K",
    "debit_settlements.settle_debit_entries": "K",
    "demo.answer_demo_messages": "MC",
    "demo.load_demo_ledger": "K",
    "demo.renew_demo_feeds": "AK",
    "demo.start_demo_experiments": "M",
    "disputes.close_dispute": "M",
    "disputes.open_dispute": "MCK",
    "experiments.decide_experiment": "M",
    "experiments.end_experiments": "AM",
    "experiments.log_choices": "AM",
    "experiments.plan_experiment": "M",
    "experiments.start_experiment": "M",
    "experiments.stop_arms": "AM",
    "experiments.stop_experiment": "M",
    "feeds.record_feed": "AK",
    "figures.record_figures": "AM",
    "habits.refresh_habits": "AM",
    "holds.place_hold": "MC",
    "holds.release_hold": "M",
    "imports.import_ledger": "K",
    "imports.note_progress": "K",
    "imports.record_check": "K",
    "imports.refuse_import": "K",
    "imports.save_profile": "K",
    "imports.set_profile": "K",
    "imports.start_import": "K",
    "incentives.end_incentive": "M",
    "incentives.grant_incentives": "AM",
    "incentives.propose_incentive": "M",
    "items.add_item": "K",
    "items.reverse_item": "M",
    "match_cases.hold_case": "K",
    "match_cases.park_case": "K",
    "match_cases.release_case": "K",
    "match_cases.settle_case": "K",
    "match_cases.undo_case": "K",
    "match_cases.view_case": "AMCKR",
    "match_posting.record_matching": "K",
    "journals.acknowledge_journal": "M",
    "journals.make_journal": "M",
    "mandates.add_mandate": "MK",
    "mandates.end_mandate": "MK",
    "mandates.resume_mandate": "MK",
    "mandates.sign_mandate": "MK",
    "mandates.suspend_mandate": "MK",
    "messages.approve_message": "M",
    "messages.approve_messages": "M",
    "messages.cancel_message": "MC",
    "model_versions.fall_back": "AM",
    "model_versions.promote_model": "M",
    "model_versions.record_check": "AM",
    "model_versions.record_model_version": "AM",
    "model_versions.reject_model": "M",
    "notes.record_note": "MCK",
    "offsets.record_offset": "K",
    "outbox.claim_messages": "MC",
    "outbox.mark_failed": "MC",
    "outbox.mark_sent": "MC",
    "outbox.put_back_messages": "MC",
    "outbox.withdraw_message": "MC",
    "payers.assign_payer": "K",
    "overrides.end_override": "MC",
    "overrides.set_override": "MC",
    "payees.approve_payee": "M",
    "payees.propose_payee": "K",
    "payees.retire_payee": "M",
    "payments.apply_credit": "K",
    "payments.apply_payment": "K",
    "payments.record_payment": "K",
    "payments.reverse_allocation": "K",
    "payments.reverse_payment": "K",
    "periods.ask_unlock": "M",
    "periods.decide_unlock": "M",
    "periods.lock_period": "M",
    "policies_by_kind.discard_document": "AM",
    "policies_by_kind.draft_document": "AM",
    "policies_by_kind.publish_document": "M",
    "policies.discard_policy": "AM",
    "policies.draft_policy": "AM",
    "policies.publish_policy": "M",
    "plan_proposals.propose_plan": "MC",
    "plan_proposals.renegotiate_plan": "MC",
    "plan_steps.accelerate_plan": "MC",
    "plan_steps.cure_plan": "MC",
    "plan_steps.judge_plans": "AM",
    "plans.accept_plan": "MC",
    "plans.cancel_plan": "MC",
    "plans.decline_plan": "MC",
    "predictions.write_forecast": "AM",
    "predictions.write_predictions": "AM",
    "promise_consequences.forgive_promise": "MC",
    "promises.record_promise": "MC",
    "promises.settle_promises": "AM",
    "promises.withdraw_promise": "MC",
    "rates.load_rates": "AM",
    "rates.set_rate": "AM",
    "reference_rates.approve_reference_rate": "M",
    "reference_rates.propose_reference_rate": "M",
    "reference_rates.withdraw_reference_rate": "M",
    "remittances.link_remittance": "K",
    "remittances.link_remittances": "K",
    "remittances.record_remittance": "K",
    "remittances.unlink_remittance": "K",
    "refund_entries.settle_refund_entries": "K",
    "refunds.approve_refund": "M",
    "refunds.fail_refund": "MK",
    "refunds.mark_refunds_paid": "MK",
    "refunds.propose_refund": "K",
    "refunds.reject_refund": "M",
    "refunds.withdraw_refund": "K",
    "reminders.drop_stale_messages": "AM",
    "reminders.write_reminders": "AM",
    "workforce.cancel_absence": "AMC",
    "workforce.record_absence": "AMC",
    "workforce.set_capacity": "AM",
    "replays.begin_replay": "M",
    "replays.finish_replay": "M",
    "replays.order_replay": "M",
    "replays.tell_replay": "M",
    "returns.return_payment": "K",
    "scores.write_scores": "AM",
    "signals.record_signal": "MC",
    "settlement_steps.end_settlements": "AM",
    "settlements.accept_settlement": "MC",
    "settlements.cancel_settlement": "MC",
    "settlements.decline_settlement": "MC",
    "settlements.propose_settlement": "MC",
    "snoozes.snooze_customer": "MC",
    "snoozes.unsnooze_customer": "MC",
    "statements.make_statement": "MCK",
    "statements.issue_statements": "MCK",
    "statements.make_statements": "MCK",
    "tasks.cancel_task": "MC",
    "tasks.complete_task": "MC",
    "restrictions.give_consent": "MC",
    "restrictions.lift_restriction": "MC",
    "restrictions.read_reply": "MC",
    "restrictions.record_restriction": "MC",
    "restrictions.withdraw_consent": "MC",
    "uploads.receive_upload": "K",
    "users.add_user": "A",
    "users.make_api_token": "A",
    "users.make_sign_in_link": "A",
    "users.revoke_api_token": "A",
    "users.set_roles": "A",
    "verifications.record_verification": "AMCKR",
    "worklist.rank_customers": "AM",
}


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


def test_roles_that_must_be_kept_apart_share_no_right_to_move_money():
    money = {
        "payment.record",
        "payment.apply",
        "payment.reverse",
        "adjustment.record",
        "item.add",
        "item.reverse",
        "user.manage",
    }
    for pair in CONFLICTING_ROLES:
        one, two = pair
        assert ROLE_RIGHTS[one] & ROLE_RIGHTS[two] & money == set()
    assert money <= RIGHTS


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
