"""Asking bureaus in the background: over HTTP, in feed files, and one after the other."""

from collections import Counter

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dunwell.actions.bureau_pulls import ask_bureau
from dunwell.actions.gate import system
from dunwell.jobs.bureau import connector, pull_reports
from dunwell.models import BureauPull, BureauReport
from tests.actions.test_bureaus import bureau
from tests.conftest import AT, TODAY, add_customer
from tests.connectors.bureau_server import bureau_server

GOOD = {"reported_on": "2026-03-01", "score": 612, "probability_of_default": 0.0125}


@pytest.fixture
def customer(company, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.BUREAU_SECRETS = {"DUNWELL_BUREAU_WEB_TOKEN": "secret-7"}
    return add_customer(company, "1001", "Acme", party="company", country="DE")


def ask(customer):
    ask_bureau(
        actor=system(customer.company),
        customer=customer,
        purpose="application",
        as_of=TODAY,
        at=AT,
    )


def outcomes():
    found = BureauPull.objects.order_by("pk")
    return [(pull.bureau.name, pull.status, pull.cost_minor) for pull in found]


def pull(company):
    with time_machine.travel(AT, tick=False):
        return pull_reports(company.pk)


def test_the_waterfall_goes_from_a_feed_that_does_not_know_to_a_bureau_that_does(
    company, customer, tmp_path
):
    bureau(company, "Feed", address="ratings.csv")
    folder = tmp_path / "bureaus" / str(company.pk)
    folder.mkdir(parents=True)
    (folder / "ratings.csv").write_text("customer_number,score,reported_on\n9,1,2026-01-01\n")
    with bureau_server((200, GOOD)) as server:
        bureau(company, "Web", priority=2, kind="http", address=server.address,
               secret_name="DUNWELL_BUREAU_WEB_TOKEN", cost_minor=3_00)  # fmt: skip
        ask(customer)
        assert pull(company) == Counter(unknown=1, answered=1)
        assert pull(company) == Counter()
    assert outcomes() == [("Feed", "unknown", 0), ("Web", "answered", 3_00)]
    report = BureauReport.objects.get()
    assert (report.pd_ppm, report.by) == (12_500, "system")
    ((_, headers, body),) = server.heard
    assert (headers["Authorization"], body) == (
        "Bearer secret-7",
        {
            "reference": f"dunwell-{company.pk}-{report.pull_id}",
            "customer_number": "1001",
            "name": "Acme",
            "country": "DE",
            "purpose": "application",
        },
    )


def test_a_refusal_ends_the_question_and_a_missing_file_delays_it(company, customer):
    with bureau_server((403, {})) as server:
        bureau(company, "Web", kind="http", address=server.address)
        bureau(company, "Feed", priority=2, address="nothing.csv")
        ask(customer)
        assert pull(company) == Counter(failed=1, delayed=1)
    assert outcomes() == [("Web", "failed", 0), ("Feed", "asked", 0)]
    assert BureauPull.objects.get(bureau__name="Feed").error == (
        "Feed: the feed file nothing.csv cannot be opened (No such file or directory). Put it "
        "into the folder of bureau feeds."
    )


def test_an_answer_from_tomorrow_is_a_failure_of_the_bureau(company, customer):
    with bureau_server((200, {**GOOD, "reported_on": "2026-03-06"})) as server:
        bureau(company, "Web", kind="http", address=server.address)
        ask(customer)
        assert pull(company) == Counter(failed=1)
    assert BureauReport.objects.count() == 0


def test_a_secret_that_is_not_set_waits_for_the_administrator(company, customer):
    bureau(company, "Web", kind="http", address="https://b.example/",
           secret_name="DUNWELL_BUREAU_OTHER")  # fmt: skip
    ask(customer)
    assert pull(company) == Counter(delayed=1)
    assert "DUNWELL_BUREAU_OTHER is not set" in BureauPull.objects.get().error


def test_a_feed_is_looked_for_in_the_companys_own_folder(company, customer, tmp_path):
    made = connector(bureau(company, "Feed", address="ratings.csv"))
    assert made.path == tmp_path / "bureaus" / str(company.pk) / "ratings.csv"


def test_the_command_says_what_became_of_the_questions(company, customer, capsys):
    call_command("pull_reports")
    bureau(company, "Feed", address="nothing.csv")
    ask(customer)
    with time_machine.travel(AT, tick=False):
        call_command("pull_reports", company="Northwind")
    assert capsys.readouterr().out.splitlines() == [
        "Northwind: nothing to ask",
        "Northwind: delayed 1",
    ]
    with pytest.raises(CommandError, match="no company named 'Nobody'"):
        call_command("pull_reports", company="Nobody")
