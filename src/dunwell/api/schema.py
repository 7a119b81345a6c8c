"""How bodies are read, and the OpenAPI document: stable names, summaries, every answer."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

MEANINGS = {
    200: "Done; or what was asked for.",
    201: "Made.",
    202: "Begun; it goes on in the background, and the answer says where to look.",
    400: "The request cannot be read, its cursor is none of this list, or its key is missing.",
    401: "No token or session, or one that is unknown, expired or revoked.",
    403: "The caller lacks the right, the CSRF token or the second factor.",
    404: "There is no such record in the caller's company.",
    409: "The Idempotency-Key was used for another request.",
    413: "More than this installation takes, or gives out in one file.",
    422: "A field does not fit, or a business rule says no; the detail says which and why.",
    429: "More requests than are taken; nothing was done, Retry-After says when to try.",
    503: "Too many files are being written for others; Retry-After says when to try.",
}
"""What each status means, in the same words for every operation."""


WAIT = {
    "Retry-After": {
        "description": "Seconds until the same request is taken.",
        "schema": {"type": "integer"},
    }
}
"""The header of an answer that says when to try again."""


class JsonParser(Parser):
    """Reads JSON from bodies that say they are JSON, and no other."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body's value; raise ValueError for another Content-Type or no JSON."""
        if request.content_type != "application/json":
            raise ValueError("the body is not declared as application/json")
        return super().parse_body(request)


class DocumentedAPI(NinjaAPI):
    """An API whose document has operation ids that are the function's name."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's name: a client's method names survive a moved file."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the document with summaries taken from the first sentence of each docstring."""
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                first = operation["description"].split(". ")[0].split("\n")[0]
                operation["summary"] = first.rstrip(".")
                if "requestBody" in operation:
                    # refuse_too_long says no before any operation is asked
                    operation["responses"].setdefault(413, dict(operation["responses"][422]))
                operation["responses"].setdefault(
                    429, {**operation["responses"][401], "headers": WAIT}
                )
                if any(
                    "text/csv" in answer.get("content", {})
                    for answer in operation["responses"].values()
                ):
                    operation["responses"][503] = dict(operation["responses"][429])
                for status, answer in operation["responses"].items():
                    if "text/csv" not in answer.get("content", {}):
                        answer["description"] = MEANINGS[status]
        return document
