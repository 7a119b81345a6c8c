"""Commands for real use: serving, the first company, sign-in links."""

import re
import socket
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dunwell.management.commands.serve import check_address, is_loopback
from dunwell.models import Company, Membership, PolicyVersion, SignInLink, User
from tests.conftest import AT
from tests.ports import free_port


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("desk.example", False),
    ],
)
def test_loopback_is_told_from_addresses_others_reach(host, answer):
    assert is_loopback(host) == answer


def test_serving_others_needs_https(settings):
    with pytest.raises(CommandError, match="0.0.0.0 can be reached by others"):
        check_address("0.0.0.0", 8000)
    settings.HTTPS = True
    check_address("0.0.0.0", free_port())


def test_a_taken_port_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError) as caught:
            check_address("127.0.0.1", port)
    assert str(caught.value) == (
        f"Port {port} is taken by another program; choose one with --port."
    )


def added(**options):
    out = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("add_company", "Northwind", admin="ada", stdout=out, **options)
    return out.getvalue().splitlines()


def test_a_company_comes_with_its_strategies_its_admin_and_a_link(db):
    lines = added(zone="Europe/Berlin", country="at", currency="chf", email="ada@x.example")
    company = Company.objects.get()
    user = User.objects.get()
    assert (company.name, company.zone, company.country, company.currency, company.is_demo) == (
        "Northwind",
        "Europe/Berlin",
        "AT",
        "CHF",
        False,
    )
    assert list(Membership.objects.values_list("user__username", "role")) == [("ada", "admin")]
    assert (user.email, user.has_usable_password()) == ("ada@x.example", False)
    assert PolicyVersion.objects.filter(company=company, status="published").count() == 4
    assert lines[0] == "Northwind is ready; ada is its admin."
    assert re.fullmatch(
        r"Sign in within 60 minutes: http://127\.0\.0\.1:8000/sign-in/[\w-]{43}/", lines[1]
    )


def test_a_company_known_already_or_a_wrong_zone_leaves_nothing_behind(db):
    added()
    with pytest.raises(CommandError, match="There is already a company named Northwind"):
        added()
    with pytest.raises(CommandError, match="Berlin is no time zone"):
        call_command("add_company", "Other", admin="bob", zone="Berlin")
    assert (Company.objects.count(), User.objects.count()) == (1, 1)


def test_a_link_works_once_and_only_for_people_who_work_somewhere(db, client):
    added()
    out = StringIO()
    call_command("sign_in_link", "ada", port=8080, stdout=out)
    path = re.search(r"http://127\.0\.0\.1:8080(/sign-in/\S+/)", out.getvalue())[1]
    assert SignInLink.objects.filter(used_at=None).count() == 2
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 422
    with pytest.raises(CommandError, match="There is no user eve with a role"):
        call_command("sign_in_link", "eve")


def test_links_lead_to_where_the_desk_is_reached_unless_a_port_of_this_machine_is_asked_for(
    db, settings
):
    settings.SITE = "https://desk.example.com"
    out = StringIO()
    told = added()[1]
    call_command("sign_in_link", "ada", stdout=out)
    call_command("sign_in_link", "ada", port=8000, stdout=out)
    away, here = (line.split(": ", 1)[1] for line in out.getvalue().splitlines())

    assert told.startswith("Sign in within 60 minutes: https://desk.example.com/sign-in/")
    assert away.startswith("https://desk.example.com/sign-in/")
    assert here.startswith("http://127.0.0.1:8000/sign-in/")
