"""Heavy files are bounded, for each person and each process; who comes too often is told when."""

from contextlib import ExitStack, contextmanager

import pytest

from dunwell.actions.gate import debtor
from dunwell.jobs import heavy_files
from dunwell.jobs.heavy_files import OF_ALL, OF_ONE, Busy, count_for, heavy_file, held_place
from dunwell.models import Customer
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.api.conftest import add_token
from tests.conftest import add_customer, add_user
from tests.portal.seats import seat_of, seated

LIST = "/items/export.csv"


@contextmanager
def under_way(actor, files):
    """Files that are being written for an actor, as other requests do."""
    with ExitStack() as stack:
        count_for(actor)
        for _ in range(files):
            stack.enter_context(heavy_file())
        count_for(None)
        yield


@pytest.fixture(autouse=True)
def _nothing_stays():
    yield
    assert heavy_files._at_work == {}
    assert heavy_files._whose.get() == ""


@pytest.fixture
def people(company, settings):
    settings.REQUIRE_MFA = False
    invoice(add_customer(company, "K1", "Globex"), "R1", 5000)
    return add_user(company, "rita", "read_only"), add_user(company, "rolf", "read_only")


def told(answer):
    return answer.status_code, answer.get("Retry-After")


def test_a15_2_2_who_has_two_files_under_way_waits_and_others_go_on(client, people):
    rita, rolf = people
    with under_way(acting(rita), OF_ONE):
        client.force_login(rita)
        mine = client.get(LIST)
        client.force_login(rolf)
        others = client.get(LIST)
    client.force_login(rita)

    assert told(mine) == (429, "5")
    assert "still being written" in mine.text and "Try again in 5 seconds." in mine.text
    assert f'href="{LIST}"' in mine.text
    assert others.status_code == client.get(LIST).status_code == 200


def test_a15_2_2_a_process_that_is_full_says_when_to_come_again_and_still_shows_pages(
    client, people, company
):
    client.force_login(people[0])
    with ExitStack() as stack:
        for number in range(OF_ALL):
            person = acting(add_user(company, f"p{number}", "read_only"))
            stack.enter_context(under_way(person, 1))
        full, page = client.get(LIST), client.get("/items/")

    assert told(full) == (503, "20")
    assert "being written for others" in full.text
    assert page.status_code == client.get(LIST).status_code == 200


def test_a15_2_2_a_file_written_while_it_is_sent_holds_its_place_to_the_end(people):
    count_for(acting(people[0]))
    whole, cut = held_place(iter([b"a", b"b"])), held_place(iter([b"a", b"b"]))
    first = next(whole), next(cut)
    with pytest.raises(Busy), heavy_file():
        raise AssertionError
    rest = list(whole)
    with heavy_file(), pytest.raises(Busy):
        next(held_place(iter([b"a"])))
    cut.close()
    count_for(None)

    assert (first, rest) == ((b"a", b"a"), [b"b"])


def test_a15_2_2_a_file_that_fails_gives_its_place_back(people):
    count_for(acting(people[0]))
    for _ in range(OF_ONE + 1):
        with pytest.raises(ZeroDivisionError), heavy_file():
            raise ZeroDivisionError
    count_for(None)


def test_a15_2_2_the_portal_and_the_api_are_bounded_as_well(company, people, admin):
    seat = seat_of(Customer.objects.get())
    jane = seated(seat)
    program = add_token(admin, company, rights=["ledger.view"])
    csv = "/portal/items/items.csv?state=all"
    with under_way(debtor(seat), OF_ONE):
        portal, api = jane.get(csv), program.call("GET", "/items.csv")
    with under_way(acting(admin), OF_ONE):
        late, still = program.call("GET", "/items.csv"), jane.get(csv)

    assert (told(portal), api.status_code) == ((429, "5"), 200)
    assert "Too many files at once" in portal.text
    assert (told(late), still.status_code) == ((429, "5"), 200)
    assert "of yours are being written" in late.json()["detail"]
