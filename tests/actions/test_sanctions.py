"""Sanction lists: versions kept, likenesses found once, judged with a reason, cleared by two."""

import pytest

from dunwell.actions.application_checks import screen_application
from dunwell.actions.application_decisions import decide_application, score_application
from dunwell.actions.application_references import gather_application
from dunwell.actions.gate import Refused
from dunwell.actions.sanctions import decide_hit, keep_hits, load_list
from dunwell.formats.sanctions import file_digest, read_sanctions
from dunwell.models import (
    ApplicationCheck,
    Company,
    CreditApplication,
    SanctionEntry,
    SanctionList,
    ScreeningHit,
)
from dunwell.queries.sanctions import customer_subjects, sanction_index
from tests.actions.application_rows import ON, acting, proposal, submitted
from tests.conftest import AT, add_customer, add_user

LIST = "id,name,kind\n1,Klein & Soehne GmbH,entity\n2,Somebody Else Trading,entity\n"


@pytest.fixture
def analyst(company):
    add_user(company, "nora", "credit_analyst")
    return acting(company, "nora")


def loaded(actor, text=LIST):
    files = [("own.csv", text.encode())]
    return load_list(actor=actor, file=read_sanctions(files), sha256=file_digest(files), at=AT)


def test_a_list_replaces_the_version_before_and_the_same_bytes_change_nothing(analyst):
    first, is_new = loaded(analyst)
    assert (is_new, first.entries, first.source) == (True, 2, "own")
    assert loaded(analyst) == (first, False)

    second, _ = loaded(analyst, LIST + "3,Third,person\n")
    assert list(SanctionList.objects.filter(is_current=True)) == [second]
    assert SanctionEntry.objects.filter(listing=second).count() == 3


def test_a_list_that_shrank_by_half_is_not_believed(analyst):
    many = "name\n" + "".join(f"Person Number {n}\n" for n in range(10))
    loaded(analyst, many)
    with pytest.raises(Refused, match="looks cut off"):
        loaded(analyst, "name\nOne\nTwo\n")


def test_a_likeness_stops_an_application_until_a_person_judges_it(analyst):
    loaded(analyst)
    application = submitted(analyst)
    for _ in range(2):
        screen_application(actor=analyst, application=application, **ON)

    hit = ScreeningHit.objects.get()
    check = ApplicationCheck.objects.get(kind="sanctions", is_current=True)
    assert (hit.uid, hit.subject_name, hit.status) == ("1", "Klein & Söhne GmbH", "open")
    assert hit.list_sha256 == check.detail["lists"][0]["sha256"]
    assert (check.outcome, check.detail["threshold_ppm"]) == ("to_review", 800_000)
    with pytest.raises(Refused, match="1 likeness with a sanction list is not judged"):
        gather_application(actor=analyst, application=application, **ON)
    with pytest.raises(Refused, match="Say what shows it"):
        decide_hit(actor=analyst, hit=hit, is_same=False, reason="", at=AT)
    decide_hit(actor=analyst, hit=hit, is_same=False, reason="another register", at=AT)
    assert gather_application(actor=analyst, application=application, **ON).status == "gathering"


def test_clearing_what_was_confirmed_takes_a_second_person(analyst, company):
    add_user(company, "nils", "credit_analyst")
    loaded(analyst)
    screen_application(actor=analyst, application=submitted(analyst), **ON)
    hit = decide_hit(
        actor=analyst, hit=ScreeningHit.objects.get(), is_same=True, reason="same", at=AT
    )
    with pytest.raises(Refused, match="somebody else has to clear it"):
        decide_hit(actor=analyst, hit=hit, is_same=False, reason="no", at=AT)
    cleared = decide_hit(
        actor=acting(company, "nils"), hit=hit, is_same=False, reason="seen the passport", at=AT
    )
    assert cleared.status == "cleared"
    assert [one["by"] for one in ScreeningHit.objects.get().decisions] == ["nora", "nils"]


def test_whoever_is_confirmed_on_a_list_is_never_approved(analyst, company):
    loaded(analyst)
    application = submitted(analyst)
    screen_application(actor=analyst, application=application, **ON)
    decide_hit(actor=analyst, hit=ScreeningHit.objects.get(), is_same=True, reason="same", at=AT)
    gather_application(actor=analyst, application=application, **ON)
    scored = score_application(
        actor=analyst, application=application, proposal=proposal("approve"), **ON
    )
    assert scored.status == "in_review"
    CreditApplication.objects.update(
        status="recommended", recommended_by="nils",
        recommendation={"outcome": "approve", "limit_minor": 1_000, "terms_days": 0},
    )  # fmt: skip
    with pytest.raises(Refused, match="can only be declined"):
        decide_application(
            actor=acting(company, "mona", "credit_manager"),
            application=CreditApplication.objects.get(), outcome="approve", **ON,
        )  # fmt: skip


def test_customers_are_screened_and_only_differences_kept(analyst, company):
    listing, _ = loaded(analyst)
    customer = add_customer(company, "K1", name="Somebody Else Tradings")
    for expect in (1, 0):
        found = sanction_index([listing]).screen(customer_subjects(company))
        assert keep_hits(actor=analyst, listing=listing, hits=found, at=AT) == expect
    hit = ScreeningHit.objects.get()
    assert (hit.customer, hit.application, hit.uid) == (customer, None, "2")
    listing.refresh_from_db()
    assert listing.rescreened_at == AT


def test_another_company_s_list_and_hit_are_not_there(analyst, company):
    listing, _ = loaded(analyst)
    other = acting(Company.objects.create(name="Other", created_at=AT), "nora")
    with pytest.raises(Refused, match="another company"):
        keep_hits(actor=other, listing=listing, hits=(), at=AT)
    screen_application(actor=analyst, application=submitted(analyst), **ON)
    with pytest.raises(Refused, match="another company"):
        decide_hit(actor=other, hit=ScreeningHit.objects.get(), is_same=True, reason="x", at=AT)
