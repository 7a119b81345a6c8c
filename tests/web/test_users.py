import re

from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from dunwell.models import Company, Event, Membership, User
from tests.conftest import add_user

PEOPLE = "/people/"


def roles(user):
    return set(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_the_list_shows_roles_conflicts_and_what_roles_may_do(come_in, admin, company):
    add_user(company, "both", "admin", "clerk")

    page = come_in(admin).get(PEOPLE).text

    assert "2 people work in Northwind" in page
    assert "Who manages users should not post money" in page
    assert "payment.apply" in page


def test_a_person_is_added_and_gets_a_link_shown_once(come_in, admin, client):
    come_in(admin)
    client.post(
        f"{PEOPLE}add/", {"username": "neu", "email": "neu@x.example", "roles": ["collector"]}
    )
    person = User.objects.get(username="neu")
    assert roles(person) == {"collector"}

    page = client.post(f"{PEOPLE}{person.pk}/link/").text
    path = re.search(r"/sign-in/[\w-]+/", page).group()
    assert "within 60 minutes" in page
    client.logout()
    client.post(path)
    assert client.get("/").status_code == 200
    client.logout()
    assert client.post(path).status_code == 422


def test_a_form_that_is_the_page_itself_is_left_when_a_script_sent_it(come_in, admin):
    client, address = come_in(admin), f"{PEOPLE}add/"
    here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}
    told = {"username": "neu", "email": "neu@x.example", "roles": ["collector"]}

    answer = client.post(address, told, headers=here)

    assert answer["HX-Redirect"] == PEOPLE and "HX-Trigger" not in answer
    assert "neu added. Make a sign-in link for the first time." in client.get(PEOPLE).text


def test_roles_that_are_kept_apart_need_a_reason_and_an_end(come_in, admin, collector):
    client = come_in(admin)
    wanted = {"roles": ["clerk", "credit_manager"]}

    page = client.post(f"{PEOPLE}{collector.pk}/roles/", wanted)
    assert page.status_code == 422 and "who posts cash should not write off or credit" in page.text
    assert roles(collector) == {"collector"}

    client.post(
        f"{PEOPLE}{collector.pk}/roles/", {**wanted, "reason": "one clerk is ill", "days": "30"}
    )
    assert roles(collector) == {"clerk", "credit_manager"}
    assert Event.objects.latest("seq").verb == "user.roles_set"


def test_access_is_taken_away_at_once(come_in, admin, collector, client):
    come_in(admin).post(f"{PEOPLE}{collector.pk}/remove/")
    assert roles(collector) == set()
    client.force_login(collector)
    assert client.get("/").status_code == 403


def test_the_last_admin_stays(come_in, admin):
    client = come_in(admin)
    page = client.post(f"{PEOPLE}{admin.pk}/remove/")
    assert page.status_code == 422 and "last admin" in page.text
    page = client.post(f"{PEOPLE}{admin.pk}/roles/", {"roles": ["collector"]})
    assert page.status_code == 422 and "last admin" in page.text
    assert roles(admin) == {"admin"}


def test_only_an_admin_sees_people_and_only_their_own(come_in, collector, rival, admin):
    client = come_in(collector)
    assert client.get(PEOPLE).status_code == 403
    assert PEOPLE not in client.get("/").text
    client = come_in(rival)
    for path in ("roles/", "remove/"):
        assert client.get(f"{PEOPLE}{admin.pk}/{path}").status_code == 404
    assert client.post(f"{PEOPLE}{admin.pk}/link/").status_code == 404


def test_the_list_costs_the_same_for_one_or_three(
    come_in, admin, company, django_assert_num_queries
):
    client = come_in(admin)
    client.get(PEOPLE)
    with django_assert_num_queries(8):
        client.get(PEOPLE)
    for number in range(2):
        add_user(company, f"more{number}", "collector")
    with django_assert_num_queries(8):
        client.get(PEOPLE)


def test_settings_are_kept_and_only_what_differs_is_told(come_in, admin, company):
    form = {
        "sending": "live",
        "reply_to": "ar@northwind.example",
        "pay_to": "",
        "language": "de",
        "feed_max_age_days": "5",
        "large_item_minor": "10000.00",
    }
    client = come_in(admin)

    client.post("/settings/", form)

    company = Company.objects.get(pk=company.pk)
    assert (company.sending, company.reply_to, company.language) == (
        "live",
        "ar@northwind.example",
        "de",
    )
    changes = {"sending": "live", "reply_to": "ar@northwind.example", "language": "de"}
    assert Event.objects.latest("seq").data == {"changes": changes}
    page = client.post("/settings/", {**form, "reply_to": "nobody"})
    assert page.status_code == 422 and "valid email" in page.text


def test_who_may_not_edit_the_company_is_led_to_the_rates(come_in, collector):
    client = come_in(collector)
    assert client.get("/settings/")["Location"] == "/settings/rates/"
    assert client.get("/settings/tokens/").status_code == 403


def test_a_lost_second_factor_is_taken_away_with_a_reason(come_in, admin, collector, manager):
    lost = collector
    TOTP.activate(lost, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = come_in(admin)
    people = client.get("/people/").text
    page = client.get(reverse("user-factor", args=[lost.pk]))
    without = client.post(reverse("user-factor", args=[lost.pk]), {"reason": ""})
    done = client.post(reverse("user-factor", args=[lost.pk]), {"reason": "phone lost"})
    again = client.post(reverse("user-factor", args=[lost.pk]), {"reason": "phone lost"})

    assert reverse("user-factor", args=[lost.pk]) in people
    assert reverse("user-factor", args=[manager.pk]) not in people
    assert f"Reset the second factor of {lost.username}" in page.text
    assert (without.status_code, done.status_code, again.status_code) == (422, 302, 422)
    assert f"{lost.username} has no second factor." in again.text
