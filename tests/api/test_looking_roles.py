"""The matrix for those who mostly look: sales and support, and advisors and auditors from outside."""

from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import AdvisorAccess, Company, Role
from dunwell.queries.advisor_areas import AREAS, may_open
from tests.api.conftest import add_token
from tests.api.operations import OPERATIONS, send
from tests.api.test_routes import ROUTES, undone
from tests.conftest import AT, add_user
from tests.dealing import share

INSIDE = (Role.SALES, Role.SUPPORT)
OUTSIDE = (Role.ADVISOR, Role.AUDITOR)
SHARED = frozenset(
    {
        *("new_escalation", "new_voice", "new_remark", "new_hand_off", "begin_call"),
        *("begin_a_quiz", "list_curricula", "list_certificates", "list_role_plays"),
    }
)
"""What every desk does with colleagues, besides looking."""
NOT_THEIRS = {"take_escalation_on": 422, "end_escalation": 422}
"""They may answer one, but not this one: it waits for another role."""
WORDS = frozenset(
    {
        *("list_inbox", "show_inbound", "list_conversations", "show_conversation"),
        *("list_assistant_talks", "get_assistant_talk", "list_surveys"),
    }
)
"""What was said, which comes with the area of messages."""


@pytest.fixture
def company(kept, db):
    return Company.objects.get(pk=kept[0])


@pytest.fixture
def ids(kept, db):
    return kept[1]


@pytest.fixture
def today(company):
    return clock.today(company.zone)


def caller(company, role):
    person = add_user(company, "callie", role)
    if role in OUTSIDE:
        AdvisorAccess.objects.create(
            company=company, user=person, role=role, name="Callie", email=person.email,
            areas=sorted(AREAS), reason="a look", starts_at=AT, ends_at=AT + timedelta(days=300),
            invited_by="ada", token_hash="x", link_until_at=AT, accepted_at=AT, recorded_at=AT,
        )  # fmt: skip
    return add_token(person, company, rights=sorted(ROLE_RIGHTS[role]))


def expected(name, method, path, role):
    looks = "R" in OPERATIONS[name].may
    if role in INSIDE:
        return "done" if looks or name in SHARED else NOT_THEIRS.get(name, 403)
    is_open = method == "GET" and may_open(f"/api/v1{path}", frozenset(AREAS))
    return "done" if is_open and (looks or name in WORDS) else 403


@pytest.mark.parametrize("role", [*INSIDE, *OUTSIDE])
def test_a8_2_1_every_operation_answers_those_who_look_as_their_rights_say(
    company,
    ids,
    today,
    role,
):
    program = caller(company, role)
    told, wanted = {}, {}
    for name, method, path, _ in share(ROUTES, role, one_in=24):
        answer = undone(lambda: send(program, name, method, path, ids, today))  # noqa: B023
        told[name] = "done" if answer.status_code in {200, 201, 202} else answer.status_code
        wanted[name] = expected(name, method, path, role)

    assert len(told) > len(ROUTES) // 50
    assert {name: found for name, found in told.items() if found != wanted[name]} == {}
