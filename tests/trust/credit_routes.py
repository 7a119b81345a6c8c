"""Which routes give credit, found in the code: those that reach a question of credit authority.

Names are followed through the source, not through what runs: a new page or operation that ends
in an action that gives credit is found whether or not anybody wrote a test for it. Jobs are not
followed: the night acts as the published policy, and no route says how much.
"""

import ast
from functools import cache
from pathlib import Path

import dunwell
from dunwell.api import api
from tests.trust.routes import _walk, get_resolver

SOURCE = Path(dunwell.__file__).parent
ROOTS = (
    ("dunwell.actions.limits", "_authority"),
    ("dunwell.actions.limit_batches", "_added"),
    ("dunwell.actions.credit_releases", "release_hold"),
    ("dunwell.actions.application_decisions", "_authority"),
    ("dunwell.actions.application_decisions", "_is_within"),
    ("dunwell.actions.approvals", "decide_approval"),
)
"""Where the authority for credit is asked for, or somebody else's is given."""
OTHERS = frozenset(
    {
        ("dunwell.actions.charges", "waive_charge"),
        ("dunwell.actions.dispute_resolutions", "_authority"),
        ("dunwell.actions.incentives", "propose_incentive"),
        ("dunwell.actions.plan_proposals", "_propose"),
        ("dunwell.actions.portal_promises", "_check_day"),
        ("dunwell.actions.settlements", "propose_settlement"),
        ("dunwell.api.settlements", "show_settlement_worth"),
        ("dunwell.web.settlement_new", "_comparison"),
    }
)
"""Who asks for authority about something else than credit."""
ASKS = (
    ("dunwell.actions.authority", "authorise"),
    ("dunwell.actions.limits", "lowering"),
    ("dunwell.engine.authority", "may_approve"),
)
"""What asks the policy; whoever calls one of them is a root, or is told to be none."""
FOLLOWED = ("actions", "queries", "web", "api", "portal", "mcp_server")
"""Where names are followed: all that lies between an address and the authority."""


@cache
def _graph():
    """(module, name) of everything defined -> what it names."""
    trees = {
        ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for folder in FOLLOWED
        for path in (SOURCE / folder).rglob("*.py")
    }
    defined, taken = {}, {}
    for module, tree in trees.items():
        taken[module] = {}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    taken[module][one.asname or one.name] = (node.module, one.name)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                defined[module, node.name] = node
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        defined[module, target.id] = node
    return {
        place: frozenset(_named(place[0], node, defined, taken))
        for place, node in defined.items()
    }  # fmt: skip


def _named(module, node, defined, taken):
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            place = taken[module].get(one.id, (module, one.id))
            if place in defined or place in ASKS:
                yield place
        elif (
            isinstance(one, ast.Attribute)
            and isinstance(one.value, ast.Name)
            and one.value.id in taken[module]
        ):
            yield ".".join(taken[module][one.value.id]), one.attr


def asking():
    """Every place that asks the authority policy, besides the policy's own modules."""
    return {
        place for place, named in _graph().items()
        if named & set(ASKS) and place not in ASKS
    }  # fmt: skip


@cache
def reaching():
    """Every place from which a root is reached, jobs left aside."""
    callers = {}
    for place, named in _graph().items():
        for other in named:
            callers.setdefault(other, set()).add(place)
    found, left = set(ROOTS), list(ROOTS)
    while left:
        for place in callers.get(left.pop(), set()) - found:
            found.add(place)
            left.append(place)
    return found


def _operations():
    """The functions behind the operations of the API; each is named as its operation."""
    for _prefix, router in api._routers:
        for path in router.path_operations.values():
            yield from (operation.view_func for operation in path.operations)


def giving_routes():
    """Names of the pages and operations that reach a root, and of the tools of the assistants."""
    found = {
        (pattern.callback.__module__, pattern.callback.__name__): pattern.name
        for path, pattern in _walk(get_resolver().url_patterns, "")
        if not path.startswith(("api/v1/", "portal-api/v1/"))
    }
    views = reaching()
    pages = {name for view, name in found.items() if view in views}
    calls = {view.__name__ for view in _operations() if (view.__module__, view.__name__) in views}
    tools = {
        f"mcp {name}" for module, name in views
        if module == "dunwell.mcp_server.proposals" and name.islower()
    }  # fmt: skip
    return pages | calls | tools
