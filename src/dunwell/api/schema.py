"""How bodies are read, and the OpenAPI document: stable names, summaries, every answer."""

from collections.abc import Hashable
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from dunwell.api import endings

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


class _Document(OpenAPISchema):
    """A document that describes what operations share once: a thousand of them refuse alike."""

    def __init__(self, api: NinjaAPI, path_prefix: str) -> None:
        self._told: dict[Hashable, tuple[dict[str, Any], bool]] = {}
        super().__init__(api, path_prefix)

    def _create_schema_from_model(
        self, model: Any, *places: Any, **options: Any
    ) -> tuple[dict[str, Any], bool]:
        fields = model.model_fields
        # an answer's model is the operation's own, what it holds is not
        of = fields["response"].annotation if [*fields] == ["response"] else model
        key = (of, places, *sorted(options.items()))
        if key not in self._told:
            self._told[key] = super()._create_schema_from_model(model, *places, **options)
        schema, is_required = self._told[key]
        return dict(schema), is_required


class DocumentedAPI(NinjaAPI):
    """An API whose document has operation ids that are the function's name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: dict[str, OpenAPISchema] = {}

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's name: a client's method names survive a moved file."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the document with summaries taken from the first sentence of each docstring.

        It is made at the first question and kept, for making it takes seconds: only read it.
        """
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._documents:
            self._documents[prefix] = self._document(prefix)
        return self._documents[prefix]

    def _document(self, prefix: str) -> OpenAPISchema:
        document = _Document(self, prefix)
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
        endings.mark(document, endings.ENDINGS)
        return document
