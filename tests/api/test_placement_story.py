"""Placements over the API: an agency's program fetches, answers and reports its own alone."""

import hashlib

import pytest
import time_machine

from dunwell import clock
from dunwell.models import AgencyReport, Placement
from tests.actions.placement_rows import agency, approved, handed, partner, ready
from tests.api.conftest import add_token
from tests.api.operations import OPERATIONS, send
from tests.api.placement_books import keep_placements, take_seat
from tests.api.placement_operations import PLACEMENT_OPERATIONS
from tests.conftest import AT, TODAY, add_user

AGENCIES, PLACEMENTS = "/agencies", "/placements/{placement_id}"
PARTNER = "/partner/placements/{placement_id}"
PATHS = {
    "list_agencies": ("GET", AGENCIES),
    "list_placement_files": ("GET", f"{AGENCIES}/files"),
    "download_placement_file": ("GET", f"{AGENCIES}/files/{{placement_batch_id}}/placements.zip"),
    "note_file_handed_over": ("POST", f"{AGENCIES}/files/{{placement_batch_id}}/hand-over"),
    "release_placement_file": ("POST", f"{AGENCIES}/files/{{placement_batch_id}}/release"),
    "end_agency_seat": ("POST", f"{AGENCIES}/seats/{{seat_id}}/end"),
    "show_agency": ("GET", f"{AGENCIES}/{{agency_id}}"),
    "new_agency": ("POST", AGENCIES),
    "change_agency": ("PUT", f"{AGENCIES}/{{agency_id}}"),
    "new_placement_file": ("POST", f"{AGENCIES}/{{agency_id}}/files"),
    "read_report_of_agency": ("POST", f"{AGENCIES}/{{agency_id}}/reports"),
    "new_agency_seat": ("POST", f"{AGENCIES}/{{agency_id}}/seats"),
    "list_placements": ("GET", "/placements?cohort=366%2B&state=handed"),
    "show_placement": ("GET", PLACEMENTS),
    "download_evidence": ("GET", f"{PLACEMENTS}/evidence.zip"),
    "new_placement": ("POST", "/placements"),
    "reconcile_placement_money": ("POST", "/placements/reconcile"),
    "approve_a_placement": ("POST", f"{PLACEMENTS}/approve"),
    "cancel_a_placement": ("POST", f"{PLACEMENTS}/cancel"),
    "recall_a_placement": ("POST", f"{PLACEMENTS}/recall"),
    "note_placement_received": ("POST", f"{PLACEMENTS}/acknowledge"),
    "note_placement_accepted": ("POST", f"{PLACEMENTS}/accept"),
    "note_placement_refused": ("POST", f"{PLACEMENTS}/refuse"),
    "note_placement_ended": ("POST", f"{PLACEMENTS}/end"),
    "new_placement_note": ("POST", f"{PLACEMENTS}/notes"),
    "new_placement_report": ("POST", f"{PLACEMENTS}/reports"),
    "close_a_placement": ("POST", f"{PLACEMENTS}/close"),
    "list_partner_placements": ("GET", "/partner/placements"),
    "show_partner_placement": ("GET", PARTNER),
    "download_partner_evidence": ("GET", f"{PARTNER}/evidence.zip"),
    "acknowledge_as_partner": ("POST", f"{PARTNER}/acknowledge"),
    "accept_as_partner": ("POST", f"{PARTNER}/accept"),
    "refuse_as_partner": ("POST", f"{PARTNER}/refuse"),
    "end_as_partner": ("POST", f"{PARTNER}/end"),
    "note_as_partner": ("POST", f"{PARTNER}/notes"),
    "report_as_partner": ("POST", f"{PARTNER}/reports"),
}
DONE = {200, 201}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize("name", sorted(PLACEMENT_OPERATIONS))
def test_every_operation_works_for_who_may(company, as_anyone, name):
    ids = keep_placements(company, today=clock.today(company.zone), at=AT)
    method, path = PATHS[name]
    program = as_anyone
    if "P" in OPERATIONS[name].may:
        person = add_user(company, "petra", "partner")
        take_seat(company, person)
        program = add_token(person, company)
        assert send(as_anyone, name, method, path, ids, TODAY).status_code == 403
    answer = send(program, name, method, path, ids, TODAY)
    assert answer.status_code in DONE, answer.content
    if method == "POST":
        again = send(program, name, method, path, ids, TODAY, key="other")
        assert again.status_code in DONE | {422, 404}


def test_an_agency_s_program_fetches_answers_and_reports_once(company, collector, customer):
    to = agency(company, transport="api")
    placement = approved(company, collector, ready(customer), to)
    program = add_token(partner(company, to), company)
    (row,) = program.get("/partner/placements").json()["rows"]
    assert (row["number"], row["status"], row["placed_minor"]) == ("PL-1", "approved", 600_00)
    path = f"/partner/placements/{placement.pk}"
    pack = program.get(f"{path}/evidence.zip").content
    assert hashlib.sha256(pack).hexdigest() == program.get(path).json()["pack_sha256"]
    for key in ("one", "one", "two"):
        told = program.post(f"{path}/acknowledge", {"reference": "A-1"}, key=key)
        assert told.status_code == 200
    program.post(f"{path}/accept", {"reference": "A-1"})
    money = {"reference": "M-1", "gross_minor": 600_00, "reported_on": str(TODAY)}
    first = program.post(f"{path}/reports", money, key="money")
    assert first.json() == program.post(f"{path}/reports", money, key="again").json()
    other = program.post(f"{path}/reports", {**money, "gross_minor": 1}, key="third")
    assert other.status_code == 422 and "other amounts before" in other.json()["detail"]
    assert AgencyReport.objects.count() == 1
    placement.refresh_from_db()
    assert placement.status == "paid"
    shown = program.get(path).json()
    assert (shown["reason"], shown["checks"], shown["row"]["proposed_by"]) == ("", [], "")
    assert (shown["row"]["collected_minor"], shown["row"]["commission_minor"]) == (
        600_00, 120_00,
    )  # fmt: skip


def test_a_partner_reaches_nothing_of_others_and_no_other_operation(
    company, collector, customer, as_rival
):
    mine, other = agency(company, "Mine"), agency(company, "Other")
    foreign = handed(company, collector, ready(customer, "R1"), other)
    program = add_token(partner(company, mine), company)
    assert program.get("/partner/placements").json()["rows"] == []
    path = f"/partner/placements/{foreign.pk}"
    for address in (path, f"{path}/evidence.zip"):
        assert program.get(address).status_code == 404
    assert program.post(f"{path}/accept", {"reference": "A"}).status_code == 404
    assert Placement.objects.get().status == "transmitted"
    for address in (
        "/me", "/home", "/customers", f"/customers/{customer.pk}", "/items", "/payments",
        "/placements", f"/placements/{foreign.pk}", "/agencies", f"/agencies/{mine.pk}",
        "/settlements", "/events", "/messages", "/worklist", "/users",
    ):  # fmt: skip
        assert program.get(address).status_code in {403, 404}
    assert as_rival.get("/partner/placements").status_code == 403
    assert as_rival.get(f"/placements/{foreign.pk}").status_code == 404


def test_a_file_is_read_over_the_api_and_every_bad_line_comes_back(
    company, collector, as_manager, customer
):
    to = agency(company)
    handed(company, collector, ready(customer), to)
    head = "placement,event,on,reference,currency,gross,commission,net,note\n"
    good = f"{head}PL-1,accepted,2026-03-05,A-1,,,,,\n"
    bad = f"{good}PL-1,remitted,2026-03-05,M,EUR,9999.00,,,\n"
    path = f"/agencies/{to.pk}/reports"
    told = as_manager.post(path, {"text": bad}).json()
    assert (told["changed"], [one["line"] for one in told["refusals"]]) == (0, [3])
    assert as_manager.post(path, {"text": good}).json() == {
        "lines": 1, "changed": 1, "refusals": [],
    }  # fmt: skip
    assert as_manager.post(path, {"text": good}).json()["changed"] == 0


def test_an_agency_changed_meanwhile_is_a_conflict(company, as_manager):
    to = agency(company)
    body = {"name": "New", "commission": [{"from_days": 0, "rate_ppm": 1}], "version": 1}
    assert as_manager.call("PUT", f"/agencies/{to.pk}", body).status_code == 200
    stale = as_manager.call("PUT", f"/agencies/{to.pk}", {**body, "name": "Newer"})
    assert stale.status_code == 409
