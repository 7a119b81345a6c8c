"""One call of a tool: who calls, what may be done, what comes back, and that it is noted."""

import hashlib
import json
import logging
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from pydantic import ValidationError

from dunwell import clock, walls
from dunwell.actions.answers import KeyReused
from dunwell.actions.gate import Actor, Forbidden, Refused, Stale, program
from dunwell.actions.mcp_calls import DONE, McpCall, call_once, note_call
from dunwell.actions.users import check_owner
from dunwell.engine.card_numbers import card_numbers
from dunwell.mcp_server.arguments import Arguments, WriteArguments
from dunwell.mcp_server.catalogue import TOOLS
from dunwell.mcp_server.quoting import quoted_fields
from dunwell.mcp_server.tools import NOTICE, Caller, Tool
from dunwell.queries.pages import CursorError
from dunwell.queries.tokens import live_token

MOST_TAKEN = 256 * 1024
"""Characters of a call's arguments as JSON."""

MOST_SAID = 1024 * 1024
"""Characters of an answer as JSON."""

MOST_FIELDS = 20
"""Fields that do not fit, named in one answer."""

INTERNAL = "Something went wrong here; the call changed nothing. It is in the server's log."
UNKNOWN = "unknown"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a call is answered with: an `Answer`, or `error` with a code, a sentence and fields."""

    is_error: bool
    content: dict[str, Any]


class CallError(Exception):
    """A call that never reached its tool: the code is the type of the error."""

    def __init__(
        self, code: str, message: str, fields: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields or []


def caller_of(token: str) -> Caller | None:
    """Return who a token stands for now, None where it is unknown, old, revoked or without rights.

    Raises Forbidden for a token of an agency or of somebody from outside: tools are for the desk;
    and while its owner has no second factor and needs one.
    """
    at = clock.now()
    # whoever holds a token is not known before it is looked up
    with walls.everything():
        found = live_token(token, at=at)
        if found is None:
            return None
        try:
            actor = program(found, at=at)
        except Forbidden:
            return None
    check_owner(found, actor)
    if actor.is_partner or actor.access_id is not None:
        raise Forbidden("Tools are for the company's own people; agencies and advisors have none.")
    if not actor.rights:
        return None
    return Caller(actor=actor, token=found, as_of=clock.today(found.company.zone), at=at)


def tools_for(actor: Actor) -> list[Tool[Any]]:
    """Return the tools whose right the actor holds."""
    return [one for one in TOOLS.values() if one.right in actor.rights]


def carry_out(caller: Caller, name: str, arguments: dict[str, Any]) -> Reply:
    """Carry one call out and note it; every failure is a typed error, never a traceback.

    A write and its note stand or fall together; what is read is handed out once it is noted.
    """
    tool = TOOLS.get(name)
    call = McpCall(
        tool=UNKNOWN if tool is None else name,
        arguments_sha256=_digest(name, arguments),
        customer_id=_customer(arguments),
    )
    try:
        try:
            with walls.within(caller.actor.company.pk):
                return _answered(caller, tool, call, arguments)
        except Exception as error:
            code, reply = _refusal(error)
        with walls.within(caller.actor.company.pk):
            note_call(
                actor=caller.actor, token=caller.token, call=call, outcome=code, at=caller.at
            )
    except Exception:
        log.exception("a call of %s could not be noted", call.tool)
        _, reply = _refusal(RuntimeError())
    return reply


def _answered(
    caller: Caller, tool: Tool[Any] | None, call: McpCall, arguments: dict[str, Any]
) -> Reply:
    if tool is None:
        raise CallError("unknown_tool", "There is no such tool; list the tools.")
    caller.actor.require(tool.right)
    told = _read(tool, arguments)
    if card_numbers(" \n".join(_texts(arguments))):
        raise CallError(
            "card_number", "The arguments hold what looks like a card number; leave it out."
        )

    def run() -> Any:
        return tool.adapter.dump_python(tool.run(caller, told), mode="json")

    if not isinstance(told, WriteArguments):
        reply = _reply(caller, run(), is_repeated=False)
        note_call(actor=caller.actor, token=caller.token, call=call, outcome=DONE, at=caller.at)
        return reply
    data, is_repeated = call_once(
        actor=caller.actor,
        token=caller.token,
        call=call,
        key=told.idempotency_key,
        at=caller.at,
        carry_out=lambda: (200, run()),
    )
    return _reply(caller, data, is_repeated=is_repeated)


def _read(tool: Tool[Any], arguments: dict[str, Any]) -> Arguments:
    """Return the arguments as the tool takes them; raise CallError naming what does not fit."""
    if len(json.dumps(arguments)) > MOST_TAKEN:
        raise CallError(
            "invalid_arguments", f"The arguments have more than {MOST_TAKEN} characters."
        )
    try:
        told: Arguments = tool.arguments.model_validate(arguments)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise CallError(
            "invalid_arguments",
            "The arguments do not fit the tool's schema.",
            [
                {"field": ".".join(map(str, one["loc"]))[:200], "problem": one["msg"][:300]}
                for one in found[:MOST_FIELDS]
            ],
        ) from error
    return told


def _reply(caller: Caller, data: Any, *, is_repeated: bool) -> Reply:
    content = {
        "notice": NOTICE,
        "company": caller.actor.company.name,
        "as_of": caller.as_of.isoformat(),
        "is_repeated": is_repeated,
        "quoted": quoted_fields(data),
        "data": data,
    }
    if len(json.dumps(content)) > MOST_SAID:
        raise CallError("too_large", "The answer is too large; ask for fewer rows.")
    return Reply(is_error=False, content=content)


CODES: tuple[tuple[type[Exception], str], ...] = (
    (KeyReused, "key_reused"),
    (Stale, "stale"),
    (Forbidden, "forbidden"),
    (Refused, "refused"),
    (CursorError, "wrong_cursor"),
)
"""Code of each failure that has a sentence of its own; the first that fits."""


def _refusal(error: Exception) -> tuple[str, Reply]:
    """Return the code of a failure, and the answer that tells it."""
    fields: list[dict[str, str]] = []
    code, message = "internal", INTERNAL
    if isinstance(error, CallError):
        code, message, fields = error.code, str(error), error.fields
    elif isinstance(error, Http404):
        code, message = "not_found", "There is no such record in the company."
    else:
        for kind, name in CODES:
            if isinstance(error, kind):
                code, message = name, str(error)
                break
        else:
            log.error("a call failed", exc_info=error)
    told = {"code": code, "message": message, "fields": fields}
    return code, Reply(is_error=True, content={"error": told})


def _digest(name: str, arguments: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([name, arguments], sort_keys=True).encode()).hexdigest()


def _customer(arguments: dict[str, Any]) -> int | None:
    key = arguments.get("customer_id")
    return key if type(key) is int and 0 < key < 2**63 else None


def _texts(arguments: dict[str, Any]) -> list[str]:
    """Return every text of the arguments."""
    found, waiting = [], list[Any](arguments.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
