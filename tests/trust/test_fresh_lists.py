"""The lists of what asks who it is once more agree: pages and the API call the same actions.

A page and an operation that call one action are as dangerous as each other. So a new form for
something the API guards, or the other way round, fails here until it is guarded or named as
harmless, with the reason.
"""

import inspect
import re
from types import CodeType

import pytest
from django.urls import get_resolver

from dunwell.api import api
from dunwell.api.auth import FRESH_PATHS, SAFE
from dunwell.web.fresh import BUTTONS, FORMS
from tests.trust.routes import listed

pytestmark = pytest.mark.each


def actions_of(view):
    """The actions that a view may call, by itself or by functions of its own module."""
    found, seen, waiting = set(), set(), [inspect.unwrap(view)]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for name in names_in(function.__code__):
            one = function.__globals__.get(name)
            if not inspect.isfunction(one):
                continue
            inner = inspect.unwrap(one)
            if inner.__module__ == function.__module__:
                waiting.append(inner)
            elif inner.__module__.startswith("dunwell.actions") and is_action(inner):
                found.add(inner.__name__)
    return found


def is_action(function):
    told = inspect.signature(function).parameters
    return "actor" in told and told["actor"].kind is inspect.Parameter.KEYWORD_ONLY


def names_in(code):
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from names_in(one)


def pages():
    """Every page of staff that takes what is sent: its name and view."""
    routes, waiting = listed(), [*get_resolver().url_patterns]
    while waiting:
        one = waiting.pop()
        waiting += getattr(one, "url_patterns", [])
        told = routes.get(getattr(one, "name", None))
        if told is not None and told.place == "staff" and "POST" in told.methods:
            yield one.name, one.callback


def changing():
    """Every operation that changes something: its function's name, path and function."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for one in view.operations:
                if set(one.methods) - {*SAFE, "OPTIONS"}:
                    whole = "/api/v1" + re.sub(r"{[^}]*}", "1", f"{prefix}{path}")
                    yield one.view_func.__name__, whole, one.view_func


def callers(asked_pages, asked_paths):
    """By guarded page, guarded operation, open page, open operation: actions and who calls them."""
    tables = {}, {}, {}, {}
    for name, view in pages():
        for action in actions_of(view):
            tables[0 if name in asked_pages else 2].setdefault(action, set()).add(name)
    for name, path, view in changing():
        for action in actions_of(view):
            tables[1 if asked_paths.match(path) else 3].setdefault(action, set()).add(name)
    return tables


def differing(asked_pages=FORMS | BUTTONS, asked_paths=FRESH_PATHS):
    """Actions guarded by one list alone: (in the API, by pages that call them; on pages)."""
    by_page, by_operation, open_pages, open_operations = callers(asked_pages, asked_paths)
    return (
        {action: open_pages[action] for action in by_operation.keys() & open_pages.keys()},
        {action: open_operations[action] for action in by_page.keys() & open_operations.keys()},
    )


OPEN_PAGES = {
    # says no, or takes something away
    "decide_extension": {"advisor-extension-decline"},
    "decide_unlock": {"unlock-refuse"},
    "drop_old_secret": {"webhook-secret-drop"},
    "end_access": {"advisor-end"},
    "end_channel": {"channel-end"},
    "end_connection": {"connection-end"},
    "end_duties": {"duties-end"},
    "end_mandate": {"mandate-end"},
    "end_payment_provider": {"payment-provider-end"},
    "end_webhook": {"webhook-end"},
    "fail_refund": {"refund-fail"},
    "reject_checkout_refund": {"checkout-refund-reject"},
    "reject_refund": {"refund-reject"},
    "revoke_api_token": {"token-revoke"},
    "suspend_mandate": {"mandate-suspend"},
    "withdraw_refund": {"refund-withdraw"},
    # sends what was sent before, or a trial, to where somebody guarded decided that it goes
    "replay_event": {"webhook-replay"},
    "replay_events": {"webhook-replay"},
    "replay_period": {"webhook-replay"},
    "send_test_event": {"webhook-test"},
    "wake_channel": {"channel-wake"},
    # goes on with what was allowed, pauses it, or reads from it
    "ask_for_sync": {"connection-sync"},
    "change_connection": {"connection-switch"},
    "pull_again": {"connection-again"},
    "record_report_file": {"bureau-feed"},
    "resume_mandate": {"mandate-resume"},
}
"""Pages that do not ask although the API asks for a browser's session under the same path."""


def test_a7_5_1_pages_and_the_api_guard_the_same_actions_but_for_those_named_here():
    assert differing() == (OPEN_PAGES, {})


def test_a7_5_1_a_form_left_out_of_either_list_is_noticed():
    without = FORMS | BUTTONS
    for left_out, action in (("payee-add", "propose_payee"), ("tokens", "make_api_token")):
        in_api, _ = differing(asked_pages=without - {left_out})
        found = {name: who for name, who in in_api.items() if name not in OPEN_PAGES}
        assert found == {action: {left_out}}
    shorter = re.compile(FRESH_PATHS.pattern.replace("|payees", ""))
    _, on_pages = differing(asked_paths=shorter)
    assert on_pages.keys() == {"propose_payee", "approve_payee", "retire_payee"}
