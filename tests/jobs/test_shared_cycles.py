"""The day's cycle of many companies: who does which, and what is left of a worker that died."""

from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from dunwell.actions.gate import Refused
from dunwell.jobs.claims import claimed
from dunwell.jobs.file_locks import claimed_file
from dunwell.jobs.shared_cycles import CYCLE, run_cycles
from dunwell.models import Company, Run
from tests.conftest import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies():
    return [
        Company.objects.create(name=name, zone="UTC", created_at=AT)
        for name in ("Northwind", "Hansa", "Ostsee")
    ]


@contextmanager
def held_elsewhere(key):
    """A claim of another worker: a session, or a file handle, of its own."""
    if connection.vendor != "postgresql":
        with claimed_file(settings.DATA_DIR / "locks" / f"dunwell-cycle-{key}.lock") as is_ours:
            assert is_ours
            yield
        return
    told = connection.get_connection_params()
    with psycopg.connect(
        host=told["host"], user=told["user"], dbname=told["dbname"], autocommit=True
    ) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", [CYCLE, key])
        yield


def test_a_company_another_worker_is_at_comes_last_when_that_one_has_ended(companies):
    first, *others = companies
    order = []
    with held_elsewhere(first.pk) as _, claimed(CYCLE, first.pk) as is_ours:
        assert not is_ours
        running = run_cycles(companies, AT.date())
        order += [next(running)[0].name for _ in others]
    # the other worker is dead: what it held is free and done now
    order += [company.name for company, _ in running]
    assert order == ["Hansa", "Ostsee", "Northwind"]
    assert Run.objects.filter(step="write_reminders").count() == len(companies)


def test_a_claim_is_free_again_when_its_work_fails(companies):
    with pytest.raises(ZeroDivisionError), claimed(CYCLE, companies[0].pk):
        raise ZeroDivisionError
    with claimed(CYCLE, companies[0].pk, wait=True) as is_ours:
        assert is_ours


def test_one_company_that_is_refused_stops_no_other(companies):
    late = companies[1]
    Run.objects.create(
        company=late, kind="cycle", step="write_reminders", as_of="2027-01-01",
        changed=0, finished_at=AT,
    )  # fmt: skip
    found = dict(run_cycles(companies, AT.date()))
    assert isinstance(found[late], Refused)
    assert [len(found[one].days) for one in companies if one != late] == [1, 1]


def test_the_command_tells_of_every_company(companies, capsys):
    call_command("cycle", "--as-of", AT.date().isoformat())
    told = capsys.readouterr().out
    assert [told.index(one.name) for one in companies] == sorted(
        told.index(one.name) for one in companies
    )
    assert told.count("1 day up to") == len(companies)
