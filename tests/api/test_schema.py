"""The API against its own document, by schemathesis: nothing breaks, nothing unannounced comes."""

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dunwell.wsgi import application
from tests.dealing import share

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
ADDRESS = "/api/v1/openapi.json"
MISREAD = {"GET /api/v1/supplier-statements/{supplier_statement_id}"}
"""Schemathesis 4.32 writes `prefixItems` of their answers as a list of `items` and then refuses
that form: their bodies are not held against the document, all else is."""


def cases(count):
    """Settings for so many generated cases of each operation."""
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


def document(*, with_coverage):
    """The API as schemathesis sees it, loaded from the address where it is served.

    With coverage it also sends every boundary of every field, one at a time.
    """
    config = SchemathesisConfig(seed=1)
    ours = config.projects.default
    ours.generation.update(deterministic=True, database="none", no_shrink=True)
    ours.phases.coverage.enabled = with_coverage
    return schemathesis.openapi.from_wsgi(ADDRESS, application, config=config)


def labelled(schema):
    """Every operation of the document behind its label, which is its method and its path."""
    operations = [found.ok() for found in schema.get_all_operations()]
    return [(operation.label, operation) for operation in operations]


def conforms(operation, count, signed):
    """Send so many cases, take their changes back, and hold every answer against the document.

    Schemathesis' own parametrize gives all operations one test id under pytest 9.2, and
    pytest-xdist runs one test of each id.
    """

    checks = [
        check
        for check in CHECKS
        if not (check is response_schema_conformance and operation.label in MISREAD)
    ]

    @cases(count)
    def sent(case):
        with transaction.atomic():
            response = case.call(headers=signed)
            transaction.set_rollback(True)
        case.validate_response(response, checks=checks)

    build_operation_test(
        config=operation.schema.config,
        operation=operation,
        test_func=sent,
        given_kwargs={},
        feedback=FeedbackSources(),
    )()


quick = document(with_coverage=False)
OPERATIONS = labelled(quick)
DEALT = share(OPERATIONS, "document", one_in=24)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation", [pytest.param(operation, id=label) for label, operation in DEALT]
)
def test_every_operation_keeps_to_the_document(operation, signed):
    conforms(operation, 12, signed)


def test_every_operation_has_a_test_id_of_its_own():
    count = sum(len(methods) for methods in quick.raw_schema["paths"].values())

    assert len({label for label, _ in OPERATIONS}) == len(OPERATIONS) == count
    assert 0 < len(DEALT) <= count


def test_the_document_is_served_and_says_how_to_sign_in(client, db):
    answer = client.get(ADDRESS)
    told = answer.json()

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert told["openapi"].startswith("3.1")
    assert told["components"]["securitySchemes"] == {
        "TokenAuth": {"type": "http", "scheme": "bearer"},
        "SessionAuth": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    assert client.get("/api/v1/docs").status_code == 404


def test_every_operation_is_described_and_every_answer_explained():
    names = set()
    for path, methods in quick.raw_schema["paths"].items():
        for method, told in methods.items():
            place = f"{method} {path}"
            names.add(told["operationId"])
            assert told["security"] == [{"TokenAuth": []}, {"SessionAuth": []}], place
            assert 5 <= len(told["summary"]) <= 100 and told["summary"][0].isupper(), place
            assert told["description"].startswith(told["summary"]), place
            assert told["tags"], place
            assert {"400", "401", "403", "404", "409", "422"} < set(told["responses"]), place
            assert "requestBody" not in told or "413" in told["responses"], place
            for status, answer in told["responses"].items():
                assert answer["content"], (place, status)
                assert len(answer["description"]) > 4 and answer["description"] != "OK", place
            assert all(name.isidentifier() for name in names)
    assert len(names) == sum(len(methods) for methods in quick.raw_schema["paths"].values())


def test_a_text_in_the_query_says_what_fits():
    """A bare `str` lets a control character through to PostgreSQL, which keeps none."""
    bare = []
    for path, methods in quick.raw_schema["paths"].items():
        for method, told in methods.items():
            for one in told.get("parameters", []):
                kinds = [one["schema"], *one["schema"].get("anyOf", [])]
                bounds = {"maxLength", "pattern", "enum", "const", "format"}
                texts = [kind for kind in kinds if kind.get("type") == "string"]
                if one["in"] == "query" and not all(bounds & kind.keys() for kind in texts):
                    bare.append((method, path, one["name"]))

    assert bare == []


def test_a_file_is_announced_by_its_own_media_type():
    """One announced as JSON is text to every generated client, which then cannot read it."""
    for path, methods in quick.raw_schema["paths"].items():
        for method, told in methods.items():
            good = told["responses"].get("200", {}).get("content", {})
            kind = good.get("application/json", {}).get("schema", {})
            assert kind.get("format") not in {"binary", "byte"}, f"{method} {path}"


def test_an_amount_is_whole_minor_units_and_stands_beside_its_currency():
    """An amount without a currency of its own has that of the card it belongs to, or the company's."""
    of_the_card = {
        "ActionOption", "AdjustmentIn", "AgingBucket", "BucketFigure", "DisputeIn", "ItemDispute", "ItemMessage",
        "ForecastWeek", "ItemMovement", "ItemPromise", "LineIn", "Placed", "PostedLine",
        "PromiseLineIn", "Target", "WeekItem", "AdvisedLine", "CardLine", "CardProposal",
        "CaseLineIn", "DebitLine", "DebitRow", "DebitRunRow", "DeductionIn", "LeftOutRow",
        "PartOfMoney", "Proposed", "RefundIn", "Short", "StatementCard", "UnappliedPayment",
        "ChargePart", "GrantRow", "PlanIn", "PlanLineRow", "PlanOffer", "SettlementIn",
        "SettlementLine", "PlanTermsIn", "PlacementLine", "ReportRow", "RemittedIn", "LegalEntryRow",
        "LegalLineRow", "CostIn", "RecoveryIn", "OrderChangeIn", "HoldDetail", "CoverGap",
        "ClaimItemRow", "WhatIfChoice", "CheckoutPart", "CheckoutRefundOut", "CheckoutRefundIn",
        "AllowanceIn", "InvoiceLineIn", "InvoiceLineRow", "CommentIn", "OfferLine", "SupplierLineRow",
        "CashDrill", "CashRow", "Component", "JudgedPeriod", "Lever", "LeverPeriod", "LeverStep",
        "CauseTreeRow", "Cohort", "Column", "Point", "RollCell", "RollRow", "Vintage", "Activity",
        "CourseStep", "Follow", "ProcessCase", "ProcessCases", "ProcessPage", "ProcessRow",
        "ActualRow", "ActualRows", "Base", "ScenarioResult", "WeekBalance", "WorkingCapital",
        "DrawItemRow", "DrawMoveRow", "ExpectedIn", "FinancingWorth", "Hindsight",
        "ProvisionMoveRow", "ProvisionPostingRow", "RetentionIn", "RiskPartOut", "YieldRow",
        "CreditYield", "DaysEffect",
    }  # fmt: skip
    of_the_company = {
        "ChoiceRow", "CompanyChanges", "CompanyOut", "CustomerChanges", "CustomerRow", "DayPlan",
        "FxMonth", "FxPending", "DebitReturnIn", "TeamRow", "WorklistCounts", "AgencyRow", "AgencyIn",
        "AgencyChangeIn", "WatchFigures", "SegmentRow", "MemberRow", "HandOverRow", "MatrixCell",
        "MovedCustomer", "PoolRow", "FairShare", "MyDay", "Campaign", "CampaignContact", "DayReached",
        "HeadcountRow", "WaitClass", "GroupLimit", "LimitLineIn", "LimitChangeIn", "Guaranteed",
        "HierarchyNode", "RollUp", "CustomerLinkIn", "LimitIn", "GroupMemberRow", "Guarantee",
        "PaidFor", "AdviceIn", "CreditDesk", "SliceOut", "ConditionIn", "RecommendationIn",
        "InvoicingProfileIn", "InvoicingOut", "BufferIn", "CapitalIn", "DuelReading", "FacilityIn",
        "FacilityTermsIn", "FacilityTermsRow", "RebalancingStepOut", "RhythmIn", "Rule",
        "StatedLine", "PlacementCollectedIn",
    }  # fmt: skip
    bare = set()
    for name, schema in quick.raw_schema["components"]["schemas"].items():
        fields = schema.get("properties", {})
        amounts = {field: told for field, told in fields.items() if field.endswith("_minor")}
        for field, told in amounts.items():
            kinds = [told, *told.get("anyOf", [])]
            assert "integer" in [kind.get("type") for kind in kinds], (name, field)
        if amounts and "currency" not in fields:
            bare.add(name)
        assert not [field for field in fields if field.endswith(("_pct", "_percent"))], name

    assert bare - of_the_card - of_the_company == set()
