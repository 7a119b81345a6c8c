"""Which verbs an event may have where the code chooses one: read from the choices, or declared.

A choice is read where it stands in the function, in what the function calls for it, or among the
constants of its module. What depends on a record or on what a caller gives is declared in CHOSEN.
"""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from scan import HOLE, called, stated

from dunwell.actions import anomalies
from dunwell.actions.delivery_reports import SIGNALS
from dunwell.actions.placement_work import ENDINGS
from dunwell.engine.message_states import REPORTS
from dunwell.models import CreditCheck, CreditLimit


def _each(what: str, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{what}.{word}" for word in words)


_LIMITS = (*_each("limit", CreditLimit.Status.values), "limit.suspended", "limit.resumed")
CHOSEN: Mapping[str, tuple[str, ...]] = {
    "anomalies.decide_anomaly": _each("anomaly", anomalies.DECISIONS),
    "chargebacks._close": _each("chargeback", ("won", "lost")),
    "credit_checks._decided": _each("order", CreditCheck.Decision.values),
    "credit_hold_moves.end_hold": _each("credit_hold", ("released", "rejected", "ended")),
    "credit_hold_reviews._reviewed": _each("credit_hold", ("raised", "ready")),
    "customer_documents.decide_document": _each("customer_document", ("accepted", "rejected")),
    "delivery_reports.report_delivery": (
        *_each("message", ("sent", "delivered", "bounced")),
        *_each("signal", (SIGNALS.get(kind, kind) for kind in REPORTS)),
    ),
    "detail_changes.decide_detail_change": _each("detail_change", ("applied", "declined")),
    "gap_alerts.raise_gap_alerts": _each("gap", ("raised", "ended")),
    "hand_offs._answer": _each("hand_off", ("taken", "given_back", "done")),
    "limit_batches._fact": _LIMITS,
    "limits._tell": _LIMITS,
    "placement_files._book_line": _each("placement", ENDINGS),
    "plan_steps._change": _each(
        "plan", ("completed", "defaulted", "cured", "reopened", "accelerated")
    ),
    "promises.settle_promises": _each("promise", ("open", "kept", "partially_kept", "broken")),
}
"""By `module.function` of the actions what it chooses by a value that only a run knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """Reads what a node of one function may be; a part that is not said stays `{name}`."""

    module: str
    function: ast.FunctionDef
    local: Mapping[str, ast.FunctionDef]
    """The functions of the file, by name."""

    @property
    def place(self) -> str:
        """Return the function as the reference names it."""
        return f"{self.module.rpartition('.')[2]}.{self.function.name}"

    def texts(self, node: ast.expr, depth: int = 4) -> list[str]:
        """Return the texts that a node may be, none where the code does not say."""
        if depth == 0:
            return []
        found: list[str] = []
        match node:
            case ast.IfExp(body=body, orelse=other):
                found = self._each((body, other), depth)
            case ast.BoolOp(values=values):
                found = self._each(values, depth)
            case ast.JoinedStr(values=values):
                found = self._joined(values, depth)
            case ast.Name(id=name):
                found = self._each(self._given(name), depth - 1) or self._constant(node)
            case ast.Attribute(attr="value", value=value):
                found = self.texts(value, depth)
            case ast.Attribute():
                found = self._constant(node)
            case ast.Subscript(value=held):
                found = self._members(held, depth)
            case ast.Call():
                found = self._called(node, depth)
            case _:
                found = [text] if (text := stated(node)) else []
        return list(dict.fromkeys(found))

    def _called(self, call: ast.Call, depth: int) -> list[str]:
        """Return what `str(...)`, a look into a table or a function of the file may give."""
        match call:
            case ast.Call(func=ast.Name(id="str"), args=[inner]):
                return self.texts(inner, depth)
            case ast.Call(func=ast.Attribute(value=held, attr="get"), args=[_, *others]):
                return self._members(held, depth) + self._each(others, depth)
        own = self.local.get(called(call))
        return self._returned(own, depth) if own else []

    def _each(self, nodes: Iterable[ast.expr], depth: int) -> list[str]:
        """Return the texts of each; one that is not said is a hole, an empty one none at all."""
        said = (one for one in nodes if not isinstance(one, ast.Constant) or one.value)
        return [text for one in said for text in self.texts(one, depth) or [HOLE]]

    def _joined(self, values: list[ast.expr], depth: int) -> list[str]:
        parts = [
            self.texts(one.value, depth) or [stated(ast.JoinedStr([one])) or HOLE]
            if isinstance(one, ast.FormattedValue)
            else [stated(one)]
            for one in values
        ]
        return ["".join(one) for one in itertools.product(*parts)]

    def _given(self, name: str) -> Iterator[ast.expr]:
        """Yield what the function itself puts under a name."""
        for node in ast.walk(self.function):
            match node:
                case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
                    yield value
                case ast.AnnAssign(target=ast.Name(id=given), value=ast.expr() as value) if (
                    given == name
                ):
                    yield value

    def _constant(self, node: ast.expr) -> list[str]:
        """Return a text of the module: a constant or a member of an enumeration."""
        names = ast.unparse(node).split(".")
        value: object = import_module(self.module)
        for name in names:
            value = getattr(value, name, None)
        return [str(value)] if isinstance(value, str) else []

    def _members(self, table: ast.expr, depth: int) -> list[str]:
        """Return the texts that a table, of the function or the module, holds."""
        tables = [table, *(self._given(table.id) if isinstance(table, ast.Name) else ())]
        for one in tables:
            if isinstance(one, ast.Dict):
                return self._each(one.values, depth)
        held = getattr(import_module(self.module), ast.unparse(table), None)
        texts = held.values() if isinstance(held, Mapping) else ()
        return [str(text) for text in texts if isinstance(text, str)]

    def _returned(self, function: ast.FunctionDef, depth: int) -> list[str]:
        inner = Choices(module=self.module, function=function, local=self.local)
        found = (one.value for one in ast.walk(function) if isinstance(one, ast.Return))
        return inner._each([one for one in found if one is not None], depth - 1)


def declared(place: str, verb: str) -> tuple[str, ...]:
    """Return the verbs that a function may choose; raise ValueError where nobody says."""
    if place not in CHOSEN:
        raise ValueError(
            f"{place} chooses the verb {verb} by a value that only a run knows; "
            "say in docs/chosen_verbs.py which there may be"
        )
    return CHOSEN[place]
