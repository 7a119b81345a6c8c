"""Tryton's JSON-RPC: requests, answers, the values in them, which fault an error stands for."""

import base64
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dunwell.formats.connection_rows import OutsideError, OutsideFault
from dunwell.formats.outside_answers import GONE, OK, Answer, check_status, read_json, words

OLDEST, BEFORE = (7, 0), (9, 0)
HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    # 8 says that an answer is packed whether it is or not
    "Accept-Encoding": "identity",
    "User-Agent": "Dunwell",
}


def told(value: Any) -> Any:
    """Return a JSON value of Tryton with its decimals, dates and moments as such."""
    if isinstance(value, list):
        return [told(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value.get("__class__"):
        case "Decimal":
            return Decimal(value["decimal"])
        case "date":
            return date(value["year"], value["month"], value["day"])
        case "datetime":
            # as their database keeps it: never compared with our clock
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return datetime(**{part: value[part] for part in parts})  # noqa: DTZ001
        case _:
            return {name: told(one) for name, one in value.items()}


def asked(value: Any) -> Any:
    """Return a value as Tryton's JSON: the opposite of `told`."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, datetime):
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{part: getattr(value, part) for part in parts}}
    if isinstance(value, dict):
        return {name: asked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [asked(one) for one in value]
    return value


def request(method: str, params: list[Any], session: str) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers that call a method."""
    body = json.dumps({"id": 1, "method": method, "params": asked(params)}).encode()
    return body, {**HEADERS, **({"Authorization": f"Session {session}"} if session else {})}


def session_of(user: str, opened: Any) -> str:
    """Return what a session is shown by, of the answer that opened it."""
    return base64.b64encode(f"{user}:{opened[0]}:{opened[1]}".encode()).decode()


def result_of(answer: Answer, method: str) -> Any:
    """Return what a method answered; raise OutsideError for anything else."""
    check_status(answer, who="Tryton")
    if answer.status != OK:
        raise OutsideError(
            OutsideFault.CREDENTIALS if answer.status == GONE else OutsideFault.SCHEMA,
            f"Tryton answers {method} with status {answer.status}; is the database the right one?",
        )
    document = read_json(answer, who="Tryton")
    if isinstance(document, dict) and "error" in document:
        raise _fault(method, document["error"])
    if not isinstance(document, dict) or "result" not in document:
        raise OutsideError(OutsideFault.VERSION, "What answers is no Tryton; check the address.")
    return told(document["result"])


def check_version(version: str) -> None:
    """Raise OutsideError for a version that is not known."""
    number = tuple(int(one) for one in version.split(".")[:2] if one.isdigit())
    if not OLDEST <= number < BEFORE:
        raise OutsideError(
            OutsideFault.VERSION,
            f"Tryton {version or '(no version)'} answers; 7.0 to 8 are known.",
        )


def since(moment: str, *heads: str) -> list[Any]:
    """Return the domain of what was made or changed since a moment, here or behind these links."""
    clauses = [
        [f"{head}{name}", ">=", datetime.fromisoformat(moment)]
        for head in ("", *heads)
        for name in ("create_date", "write_date")
    ]
    return ["OR", *clauses]


def _fault(method: str, error: Any) -> OutsideError:
    """Return the error for what Tryton raised: rules by name, anything else by its text alone."""
    name, *rest = error if isinstance(error, list) and error else [str(error)]
    if name in {"UserError", "UserWarning"}:
        parts = rest[0] if rest and isinstance(rest[0], list) else rest
        text = parts[1 if name == "UserWarning" and len(parts) > 1 else 0] if parts else ""
        return OutsideError(OutsideFault.REFUSED, f"Tryton refuses: {words(text)}")
    if name == "LoginException":
        return OutsideError(OutsideFault.CREDENTIALS, "Tryton does not let this user in.")
    if name == "ConcurrencyException":
        return OutsideError(OutsideFault.UNREACHABLE, "Tryton was changed meanwhile.")
    return OutsideError(
        OutsideFault.SCHEMA,
        f"Tryton cannot do {method}: {words(name)}. Are its modules there, and its version known?",
    )
