"""Model versions: who may decide what, one serves, and what was trained never changes."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.model_versions import (
    TrainedModel,
    fall_back,
    promote_model,
    record_check,
    record_model_version,
    reject_model,
)
from dunwell.models import Company, ModelCheck, ModelVersion
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_user


def trained(kind="hazard", *, content=b"model", rows="a" * 64, is_worse=False, as_of=TODAY):
    return TrainedModel(
        kind=kind,
        as_of=as_of,
        seed=7,
        learned_from=[1],
        paid_items=400,
        artifact=content,
        training_sha256=rows,
        league={"best": kind, "is_worse": is_worse},
        card={"kind": kind},
        replay={},
    )


def record(actor, **fields):
    return record_model_version(actor=actor, trained=trained(**fields), at=AT)


def statuses(company):
    rows = ModelVersion.objects.filter(company=company).order_by("number")
    return list(rows.values_list("number", "status"))


@pytest.fixture
def second(company):
    return add_user(company, "max", "credit_manager")


@pytest.fixture
def first(company):
    return record(system(company), content=b"first")


def test_the_first_version_serves_at_once_and_later_ones_wait(company, first):
    later = record(system(company), content=b"later", rows="b" * 64)

    first.refresh_from_db()
    assert statuses(company) == [(1, "serving"), (2, "candidate")]
    assert (first.decided_by, first.decided_at, first.reason) == ("system", AT, "first version")
    assert (bytes(later.artifact), later.trained_by, later.decided_by) == (b"later", "system", "")
    assert verbs(company) == ["model.trained", "model.promoted", "model.trained"]
    assert last_event(company)[3] == {
        "number": 2,
        "kind": "hazard",
        "as_of": "2026-03-05",
        "paid_items": 400,
        "artifact_sha256": later.artifact_sha256,
        "training_sha256": "b" * 64,
    }


def test_the_same_rows_and_bytes_make_no_second_version(company, first):
    again = record(system(company), content=b"first")

    assert (again.pk, statuses(company)) == (first.pk, [(1, "serving")])
    assert verbs(company) == ["model.trained", "model.promoted"]


def test_a_second_person_promotes_and_the_serving_one_retires(company, first, manager, second):
    candidate = record(acting(manager), content=b"mine", rows="b" * 64)
    with pytest.raises(Refused) as refusal:
        promote_model(actor=acting(manager), version=candidate, at=AT)
    promote_model(actor=acting(second), version=candidate, at=AT)

    assert str(refusal.value) == (
        "You trained this version; somebody else has to put it to serve."
    )
    assert statuses(company) == [(1, "retired"), (2, "serving")]
    assert last_event(company) == (
        "model.promoted",
        "max",
        None,
        {
            "number": 2,
            "kind": "hazard",
            "replaced": 1,
            "trained_by": "mona",
            "reason": "",
            "override": "",
        },
    )


def test_a_retired_version_may_serve_again_and_a_rejected_one_never(company, first, manager):
    candidate = record(system(company), content=b"x", rows="b" * 64)
    promote_model(actor=acting(manager), version=candidate, at=AT)
    first.refresh_from_db()
    promote_model(actor=acting(manager), version=first, at=AT)
    rejected = record(system(company), content=b"y", rows="c" * 64)
    reject_model(actor=acting(manager), version=rejected, reason="too few customers", at=AT)
    with pytest.raises(Refused) as refusal:
        promote_model(actor=acting(manager), version=rejected, at=AT)

    assert statuses(company) == [(1, "serving"), (2, "retired"), (3, "rejected")]
    assert str(refusal.value) == "This version is rejected and cannot be put to serve."
    assert last_event(company)[0::3] == (
        "model.rejected",
        {"number": 3, "reason": "too few customers"},
    )


def test_a_version_of_another_release_is_not_put_to_serve(company, first, manager):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("model.json", json.dumps({"version": 1, "name": "hazard", "parts": []}))
    old = record(system(company), content=out.getvalue(), rows="b" * 64)
    with pytest.raises(Refused) as refusal:
        promote_model(actor=acting(manager), version=old, at=AT)

    assert str(refusal.value) == (
        "Version 2 was trained by another release of the program, which this one cannot read; "
        "train a new version."
    )
    assert statuses(company) == [(1, "serving"), (2, "candidate")]


def test_a_version_that_was_beaten_needs_a_reason(company, first, manager):
    worse = record(system(company), content=b"w", rows="b" * 64, is_worse=True)
    with pytest.raises(Refused) as refusal:
        promote_model(actor=acting(manager), version=worse, at=AT)
    promote_model(actor=acting(manager), version=worse, at=AT, reason="new customers ahead")

    assert str(refusal.value) == (
        "In the back-test another model did better than this one; "
        "give the reason why it should serve all the same."
    )
    assert last_event(company)[3]["reason"] == "new customers ahead"


def test_of_two_people_at_once_one_is_told(company, first, manager):
    candidate = record(system(company), content=b"x", rows="b" * 64)
    stale = ModelVersion.objects.get(pk=candidate.pk)
    reject_model(actor=acting(manager), version=candidate, reason="no", at=AT)
    with pytest.raises(Refused) as refusal:
        promote_model(actor=acting(manager), version=stale, at=AT)

    assert (
        str(refusal.value) == "Somebody else has just changed this version; load the page again."
    )


def test_another_companys_version_and_a_missing_right_are_refused(company, first, rival, reader):
    with pytest.raises(Refused, match="belongs to another company"):
        promote_model(actor=acting(rival), version=first, at=AT)
    with pytest.raises(Refused, match="belongs to another company"):
        reject_model(actor=acting(rival), version=first, reason="x", at=AT)
    with pytest.raises(Forbidden):
        reject_model(actor=acting(reader), version=first, reason="x", at=AT)
    candidate = record(system(company), content=b"x", rows="b" * 64)
    with pytest.raises(Refused, match="Say why"):
        reject_model(actor=system(company), version=candidate, reason=" ", at=AT)


def test_an_alarm_puts_a_naive_model_to_serve_and_says_so(company, first):
    actor = system(company)
    alarms = ("coverage", "psi:open_ratio")
    naive = trained("customer_median", content=b"naive")
    served = fall_back(actor=actor, version=first, trained=naive, alarms=alarms, at=AT)
    again = fall_back(actor=actor, version=first, trained=naive, alarms=alarms, at=AT)

    assert (served.kind, served.status, again.pk) == ("customer_median", "serving", served.pk)
    assert statuses(company) == [(1, "retired"), (2, "serving")]
    assert last_event(company)[0::3] == (
        "model.fell_back",
        {
            "number": 2,
            "kind": "customer_median",
            "from_number": 1,
            "from_kind": "hazard",
            "alarms": ["coverage", "psi:open_ratio"],
        },
    )


def test_a_check_is_kept_once_a_day(company, first):
    checked = {"actor": system(company), "version": first, "figures": {"ece": 0.01}, "at": AT}
    told = [
        record_check(**checked, alarms=(), as_of=TODAY),
        record_check(**checked, alarms=("ece",), as_of=TODAY),
        record_check(**checked, alarms=("ece",), as_of=TODAY + timedelta(days=1)),
    ]

    rows = list(ModelCheck.objects.order_by("as_of").values_list("is_alarm", "alarms"))
    assert (told, rows) == ([1, 0, 1], [(False, []), (True, ["ece"])])
    assert verbs(company)[-2:] == ["model.checked", "model.checked"]


def test_the_database_lets_one_version_serve(company, first):
    record(system(company), content=b"x", rows="b" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.filter(number=2).update(
            status="serving", decided_by="mallory", decided_at=AT
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE dunwell_modelversion SET league = '{}'",
        "UPDATE dunwell_modelversion SET seed = 8, status = 'retired'",
        "DELETE FROM dunwell_modelversion",
    ],
)
def test_the_database_keeps_what_was_trained(company, first, change):
    with (
        pytest.raises(DatabaseError, match="stays as it was written"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_versions_of_two_companies_count_and_serve_apart(company, first, rival):
    other = Company.objects.get(name="Rival")
    record(system(other), content=b"first")
    assert statuses(other) == statuses(company) == [(1, "serving")]
