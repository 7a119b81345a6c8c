"""Every address of the staff pages and of signing in, with keys that exist."""

from django.urls import URLPattern, get_resolver, reverse

FIXED = {
    "token": "none",
    "session_id": "none",
    "kind": "csv",
    "uidb36": "1",
    "key": "none",
    "pk": 1,
    "currency": "EUR",
    "week": 1,
    "run_id": "none",
    "year": 2026,
    "month": 1,
    "part_number": 1,
    "figure": "calls",
    "kpi_id": "dso",
    "name": "receivables_minor",
    "step": "applicant",
    "to": "champion",
    "language": "en",
    "dimension": "sector",
    "template": "reminder",
    "tour": "clerk",
    "move": "take",
    "place": 0,
    "period": "week",
    "number": 1,
    "ahead": 1,
    "part": "steps",
}
WORDS = {
    "budget-actual": {"figure": "sales"},
    "analysis-export": {"what": "rolls"},
    "cash-plan-export": {"what": "balances"},
    "cash-plan-template": {"what": "payments"},
    "cash-plan-upload": {"what": "balances"},
    "application-button": {"step": "submit"},
    "application-tell": {"step": "withdraw"},
    "merge-listed": {"scope": "moved", "place": "item"},
    "merge-listed-export": {"scope": "moved", "place": "item"},
    "portfolio-pack": {"kind": "pdf"},
    "agenda-point": {"reason": "broken"},
    "copilot-draft": {"kind": "email"},
    "channel-add": {"kind": "email", "provider": "smtp"},
    "connection-add": {"connector": "odoo"},
}
"""What a part of the address of one page alone has to be."""
OWN = {
    "access": {
        "seat_id": "portal_seat_id",
        "link_id": "portal_link_id",
        "key_id": "portal_key_id",
    },
    "early-payment": {"offer_id": "early_offer_id"},
    "checkout-refund-a": {"refund_id": "checkout_refund_id"},
    "checkout-refund-r": {"refund_id": "checkout_refund_id"},
    "provider-event": {"event_id": "provider_event_id"},
    "provider-payout": {"payout_id": "provider_payout_id"},
    "autopay-charge": {"charge_id": "autopay_charge_id"},
    "saved-method": {"method_id": "saved_method_id"},
    "cause-action": {"action_id": "cause_action_id"},
    "connection": {"sync_id": "connection_sync_id"},
    "cover-claim": {"claim_id": "cover_claim_id"},
    "credit-group": {"group_id": "credit_group_id", "member_id": "credit_member_id"},
    "credit-hold": {"hold_id": "credit_hold_id"},
    "credit-policy": {"policy_id": "credit_version_id"},
    "credit-replay": {"policy_id": "credit_version_id", "replay_id": "credit_replay_id"},
    "credit-request": {"request_id": "credit_request_id"},
    "advisor": {"access_id": "access_id", "extension_id": "extension_id"},
    "duties-end": {"override_id": "duty_override_id"},
    "voice-hear": {"survey_id": "told_survey_id"},
    "agenda-point": {"customer_id": "meeting_customer_id"},
    "meeting": {"point_id": "meeting_point_id", "decision_id": "meeting_decision_id"},
    "portfolio": {"review_id": "portfolio_review_id"},
    "target": {"set_id": "target_set_id", "line_id": "target_line_id"},
    "dispute": {"case_id": "dispute_case_id", "task_id": "dispute_task_id"},
    "inbox": {"decision_id": "inbox_decision_id"},
    "intent": {"model_id": "intent_model_id"},
    "item-document": {"document_id": "item_document_id"},
    "link-end": {"link_id": "customer_link_id"},
    "risk-statement": {"statement_id": "appetite_statement_id"},
    "risk-stress": {"scenario_id": "stress_scenario_id"},
    "webhook": {"endpoint_id": "webhook_id"},
    "wording": {"version_id": "wording_version_id"},
}
"""Pages by the beginning of their names whose keys are kept under another name than theirs."""


def every_address(ids):
    """Name -> address of every named route outside the API and the portal.

    The debtor's pages have a walk of their own: tests/portal/test_every_page.py.
    """
    return {
        name: reverse(name, kwargs={key: _value(name, key, ids) for key in keys})
        for name, keys in _routes(get_resolver().url_patterns, ())
        if not name.startswith("portal-")
    }


def names_of_records():
    """The names of those of the routes whose address holds the key of a record."""
    return {
        name
        for name, keys in _routes(get_resolver().url_patterns, ())
        if any(key == "pk" or (key.endswith("_id") and key not in FIXED) for key in keys)
    }


def _value(name, key, ids):
    if key in (words := {**FIXED, **WORDS.get(name, {})}):
        return words[key]
    kept = [named[key] for start, named in OWN.items() if name.startswith(start) and key in named]
    return ids[kept[0] if kept else key]


def _routes(patterns, keys):
    for pattern in patterns:
        both = (*keys, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield pattern.name, both
        elif pattern.namespace is None:
            yield from _routes(pattern.url_patterns, both)
