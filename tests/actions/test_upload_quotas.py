"""What anybody may store in a day: files and bytes, by person, account of the portal, outsider."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from dunwell.actions.customer_documents import ask_document
from dunwell.actions.gate import Actor, debtor, looker, program, system
from dunwell.actions.upload_quotas import FOLDER, UploadQuotaReached, take_room
from dunwell.actions.uploads import Upload, keep_upload, receive_upload, upload_path
from dunwell.models import ApiToken, ImportBatch, PortalLink
from tests.actions.desk import acting
from tests.api.conftest import add_token
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import onlooker, seat_of, seated

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def _little_room(settings, tmp_path):
    settings.DATA_DIR, settings.REQUIRE_MFA = tmp_path, False
    settings.UPLOAD_DAY_BYTES, settings.UPLOAD_DAY_FILES = 1000, 3
    settings.PORTAL_UPLOAD_DAY_BYTES, settings.PORTAL_UPLOAD_DAY_FILES = 500, 2


def keep(by, *files, at=AT):
    return [keep_upload(data, by=by, at=at) for data in files]


def test_a5_2_4_a_person_stores_so_many_files_and_bytes_a_day(clerk, manager):
    mine = acting(clerk)
    first, *_ = keep(mine, b"a" * 600, b"b" * 400)
    with pytest.raises(UploadQuotaReached, match="more than the 0 MB a day"):
        keep(mine, b"c")
    # what lies here takes no room again, and others have theirs
    assert keep(mine, b"a" * 600) == [first]
    keep(acting(manager), b"1", b"2", b"3")
    with pytest.raises(UploadQuotaReached, match="You stored 3 files today, and 3 a day"):
        keep(acting(manager), b"4")
    assert keep(acting(manager), b"3") and not upload_path("c").exists()
    keep(mine, b"c", at=AT + timedelta(days=1))


def test_a5_2_4_all_seats_of_a_customer_and_all_programs_of_a_person_count_together(
    company, admin
):
    customer, other = add_customer(company, "K1"), add_customer(company, "K2")
    for name in ("one", "two"):
        add_token(admin, company, rights=["ledger.view"], name=name)
    one, two = (program(token) for token in ApiToken.objects.order_by("id"))
    keep(one, b"1"), keep(two, b"2"), keep(acting(admin), b"3")
    with pytest.raises(UploadQuotaReached):
        keep(two, b"4")
    jane = debtor(seat_of(customer))
    tom = debtor(seat_of(customer, email="tom@buyer.example"))
    onlooker(customer)
    keep(jane, b"5"), keep(tom, b"6")
    with pytest.raises(UploadQuotaReached):
        keep(looker(PortalLink.objects.get(), customer), b"7")
    keep(debtor(seat_of(other)), b"8")


def test_a5_2_4_what_was_taken_back_has_still_been_written(company, clerk):
    for number in range(3):
        with transaction.atomic():
            keep(acting(clerk), bytes([number]))
            transaction.set_rollback(True)
    files = [Upload(name="x.csv", data=b"x")]

    with pytest.raises(UploadQuotaReached):
        receive_upload(actor=acting(clerk), files=files, at=AT)
    assert not ImportBatch.objects.exists()


def test_an_outsider_is_bounded_by_name_and_the_cycle_is_not(company):
    outsider = Actor(company=company, name="applicant of A-1")
    keep(outsider, b"1", b"2")
    with pytest.raises(UploadQuotaReached):
        keep(outsider, b"3")
    keep(Actor(company=company, name="applicant of A-2"), b"3")
    keep(system(company), *(bytes([n]) * 400 for n in range(9)))
    # a person cannot come by the name of the cycle
    with pytest.raises(UploadQuotaReached):
        keep(Actor(company=company, name="system"), b"4", b"5", b"6")


def test_many_at_once_never_get_more_and_the_counts_of_last_week_go(company, clerk, settings):
    settings.UPLOAD_DAY_FILES = 20
    by = acting(clerk)
    take_room(by, 1, at=AT - timedelta(days=8))

    def bring(_):
        try:
            take_room(by, 1, at=AT)
        except UploadQuotaReached:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(bring, range(40)))

    assert taken == 20
    assert [path.name for path in (settings.DATA_DIR / FOLDER).iterdir()] == ["2026-03-05"]


def test_a5_2_4_the_desk_the_portal_and_the_api_say_why(client, company, clerk, settings):
    cache.clear()
    settings.UPLOAD_DAY_FILES = settings.PORTAL_UPLOAD_DAY_FILES = 0
    customer = add_customer(company, "K1")
    ask_document(actor=system(company), customer=customer, kind="resale", as_of=TODAY, at=AT)
    jane, token = seated(seat_of(customer)), add_token(clerk, company, rights=["items.import"])
    with time_machine.travel(AT, tick=False):
        client.force_login(clerk)
        page = client.post("/imports/", {"files": SimpleUploadedFile("a.csv", b"x")})
        api = token.upload("/imports", [("a.csv", b"x")])
        paper = {"kind": "resale", "file": SimpleUploadedFile("c.png", PNG)}
        portal = jane.post("/portal/documents/", {**paper, "expires_on": "2027-01-01"})

    assert [one.status_code for one in (page, api, portal)] == [422] * 3
    for answer in (page, api, portal):
        assert "You stored 0 files today, and 0 a day are taken." in answer.text
    assert not (settings.DATA_DIR / "uploads").exists()
