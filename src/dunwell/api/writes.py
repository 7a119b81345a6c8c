"""Writes through the API: each needs an Idempotency-Key and is carried out once."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

from dunwell.actions.answers import KeyReused, answer_once
from dunwell.api.auth import ApiRequest

KEY = re.compile(r"[!-~]{1,255}", re.ASCII)
HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "New for each intended change; the same key gets the same answer again.",
}
"""How the OpenAPI document declares the key."""

View = Callable[..., tuple[int, dict[str, Any]]]


def once(view: View) -> Callable[..., HttpResponse]:
    """Carry out a write once per Idempotency-Key; the same key gets the same answer again.

    The view returns (status, body). A refusal (4xx raised by the view) is not stored, so the
    caller may correct the request; the same key with another request is answered 409.
    """

    @wraps(view)
    def answered_once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        call = cast("ApiRequest", request)
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise HttpError(
                400,
                "Send an Idempotency-Key header of 1 to 255 visible ASCII characters, "
                "new for each intended change.",
            )
        try:
            status, body = answer_once(
                actor=call.actor,
                key=key,
                request_hash=_digest(request),
                at=call.at,
                carry_out=lambda: view(request, *args, **kwargs),
            )
        except KeyReused as refusal:
            raise HttpError(409, str(refusal)) from refusal
        # sorted: PostgreSQL keeps a stored answer's names in an order of its own
        text = json.dumps(body, sort_keys=True)
        return HttpResponse(text, status=status, content_type="application/json")

    contribute_operation_callback(answered_once, _declare_key)
    return answered_once


def _declare_key(operation: Operation) -> None:
    operation.openapi_extra = {**(operation.openapi_extra or {}), "parameters": [HEADER]}


def _digest(request: HttpRequest) -> str:
    """Return the hash that tells one request from another.

    Of an upload it covers names and bytes of the files, not the body: the boundary between
    its parts is another one each time the same files are sent.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(json.dumps([name, file.name, file.size]).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
