"""The document of the API is made once, and sharing what operations have in common changes nothing."""

from ninja import NinjaAPI, Router, Schema
from ninja.openapi.schema import get_schema

from dunwell.api import api
from dunwell.api.schema import DocumentedAPI, _Document


class Told(Schema):
    word: str
    more: list["Told"] = []


class Refused(Schema):
    detail: str


def test_a_document_that_shares_is_the_one_that_repeats():
    router = Router()

    @router.get("/one", response={200: list[Told], 404: Refused, 422: Refused})
    def one(request, word: str):
        """Tell one."""

    @router.post("/other", response={200: Told, 201: Told, 422: Refused, 204: None})
    def other(request, body: Told):
        """Tell another."""

    small = DocumentedAPI(urls_namespace="small")
    small.add_router("/small", router)
    assert isinstance(small, NinjaAPI)
    document = _Document(small, "v1")
    assert document == get_schema(small, "v1")
    answers = document["paths"]["/v1/small/other"]["post"]["responses"]
    assert answers[200]["content"] == answers[201]["content"]
    assert answers[422]["content"] != answers[201]["content"]


def test_the_document_is_made_once_for_every_address():
    document = api.get_openapi_schema()
    assert api.get_openapi_schema() is document
    assert api.get_openapi_schema(path_prefix="/api/v1/") == document
    assert api.get_openapi_schema(path_prefix="/elsewhere/")["paths"] != document["paths"]
