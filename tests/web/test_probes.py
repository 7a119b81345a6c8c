"""What balancers and monitoring read, and what strangers do not."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.models import ImportBatch, Message
from tests.conftest import AT

TOKEN = "a-token-of-monitoring"


def read(client, token=TOKEN):
    return client.get("/metrics/", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.django_db
def test_a_desk_that_works_is_alive_and_ready(client):
    assert client.get("/health/").content == b"ok\n"
    answer = client.get("/ready/")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_what_is_missing_is_named_and_answered_with_503(client, settings, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'dunwell'")
    settings.DATA_DIR = tmp_path / "gone"

    answer = client.get("/ready/")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": ["migrations", "folder", "disk"]}


def test_health_asks_no_database(client):
    assert client.get("/health/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "wrong", f"{TOKEN}x"])
def test_metrics_are_not_there_without_their_token(client, settings, token):
    settings.METRICS_TOKEN = TOKEN
    assert read(client, token).status_code == 404
    settings.METRICS_TOKEN = ""
    assert read(client, "").status_code == 404


def test_metrics_say_how_much_waits_and_count_requests(client, settings, company):
    settings.METRICS_TOKEN = TOKEN
    ImportBatch.objects.create(
        company=company, name="x", sha256="0" * 64, size_bytes=1, started_at=AT
    )
    client.get("/health/")
    client.get("/no-such-page/")

    text = read(client).content.decode()

    assert f'dunwell_imports{{company="{company.pk}",status="uploaded"}} 1.0' in text
    assert re.search(r"^dunwell_free_bytes [0-9.e+]+$", text, re.MULTILINE)
    assert 'dunwell_request_seconds_count{method="GET",status="2xx",surface="web"}' in text
    assert company.name not in text


def test_metrics_cost_the_same_for_many_records(client, settings, company):
    settings.METRICS_TOKEN = TOKEN

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert read(client).status_code == 200
        return len(caught)

    first = queries()
    for number in range(3):
        ImportBatch.objects.create(
            company=company, name="x", sha256=f"{number:064}", size_bytes=1, started_at=AT
        )
    assert queries() == first
    assert not Message.objects.exists()
