"""Pages about policies: what applies, drafting with cases and differences, publishing."""

import pytest

from dunwell.models import PolicyVersion
from dunwell.queries.authority import authority_in_force
from dunwell.queries.policy_documents import standard_text
from dunwell.web.policy_texts import DiffLine, differences
from tests.actions.test_policies_by_kind import drafted, text
from tests.conftest import TODAY, add_user

PAGES = "/policies/authority/"
QUERIES_OF_THE_LIST = 9
QUERIES_OF_A_VERSION = 6


def test_a_policy_is_drafted_compared_published_and_shown(come_in, manager, company):
    second_manager = add_user(company, "max", "credit_manager")
    client = come_in(manager)
    overview = client.get("/policies/").text
    assert "Authority" in overview and "the standard" in overview
    page = client.get(PAGES).text
    assert "No version of your own yet" in page
    start = client.get(f"{PAGES}draft/").text
    assert f"valid_from: {TODAY.isoformat()}" in start and "who may grant what" in start.lower()

    answer = client.post(f"{PAGES}draft/", {"text": text().replace("\n", "\r\n"), "save": "1"})
    version = PolicyVersion.objects.get()
    assert answer["Location"] == f"{PAGES}{version.pk}/" and version.text == text()
    page = client.get(f"{PAGES}{version.pk}/").text
    assert "What differs from the standard" in page and "name: ours" in page
    assert "somebody else has to publish it" in page and "1 passed" in page
    own = client.post(f"{PAGES}{version.pk}/publish/")
    assert own.status_code == 422 and "somebody else has to publish it" in own.text

    second = come_in(second_manager)
    second.post(f"{PAGES}{version.pk}/publish/")
    assert authority_in_force(company, as_of=TODAY).version_id == version.pk
    page = second.get(f"{PAGES}{version.pk}/").text
    assert "This is the version in force." in page
    assert "name: ours" in second.get(f"{PAGES}draft/").text
    assert f'href="{PAGES}{version.pk}/"' in second.get("/policies/").text


def test_checking_plays_the_cases_shows_the_difference_and_writes_nothing(come_in, manager):
    client = come_in(manager)
    good = client.post(f"{PAGES}draft/", {"text": text(), "check": "1"})
    assert good.status_code == 200 and "its case passes" in good.text
    assert 'class="diff-new"' in good.text
    bad = client.post(f"{PAGES}draft/", {"text": text(months=9), "check": "1"})
    assert bad.status_code == 422 and "1 case does not come out" in bad.text
    assert "expected allowed, found never" in bad.text
    for button in ("check", "save"):
        typo = client.post(f"{PAGES}draft/", {"text": text(most="x"), button: "1"})
        assert typo.status_code == 422 and 'data-line="6"' in typo.text
    assert PolicyVersion.objects.count() == 0


ASKED = """\
playbooks:
  valid_from: 2026-03-05
  matrix:
    - kind: dispute
      rungs:
        - {role: collector}
        - {person: mona}
"""


def test_people_a_policy_names_have_to_work_here(come_in, admin, company):
    client = come_in(admin)
    routed = standard_text("disputes").replace("owner: collector", "owner: mona")
    number = routed[: routed.index("owner: mona")].count("\n") + 1
    for kind, told, line in (("playbooks", ASKED, 7), ("disputes", routed, number)):
        for button in ("check", "save"):
            page = client.post(f"/policies/{kind}/draft/", {"text": told, button: "1"})
            assert page.status_code == 422 and f'data-line="{line}"' in page.text
            assert "is mona, but nobody of that user name works here" in page.text
    assert PolicyVersion.objects.count() == 0
    add_user(company, "mona", "credit_manager")
    page = client.post("/policies/playbooks/draft/", {"text": ASKED, "check": "1"})
    assert page.status_code == 200 and "The text is right. It states no cases." in page.text


def test_a_draft_is_discarded_and_strangers_find_nothing(come_in, company, admin, rival, reader):
    version = drafted(admin)
    assert come_in(rival).get(f"{PAGES}{version.pk}/").status_code == 404
    client = come_in(reader)
    assert client.get(f"{PAGES}{version.pk}/").status_code == 200
    assert client.get(f"{PAGES}draft/").status_code == 403
    assert client.get("/policies/strategy/").status_code == 404
    assert client.get(f"/policies/strategy/{version.pk}/").status_code == 404
    client = come_in(admin)
    assert client.get(f"{PAGES}draft/?from={version.pk}").status_code == 200
    assert client.get(f"{PAGES}draft/?from=99").status_code == 404

    client.post(f"{PAGES}{version.pk}/discard/")

    version.refresh_from_db()
    assert version.status == "discarded"


@pytest.mark.parametrize("drafts", [1, 3])
def test_the_pages_cost_the_same_whatever_there_is(
    come_in, admin, drafts, django_assert_num_queries
):
    versions = [drafted(admin, most=5 + n) for n in range(drafts)]
    client = come_in(admin)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get(PAGES)
    with django_assert_num_queries(QUERIES_OF_A_VERSION):
        client.get(f"{PAGES}{versions[0].pk}/")


def test_a_difference_keeps_its_surroundings_and_skips_the_rest():
    before = "\n".join(str(n) for n in range(20))
    after = before.replace("10", "ten").replace("19", "19\n20")
    lines = differences(before, after)
    assert [line for line in lines if line.mark != "same"] == [
        DiffLine(mark="gone", text="10"),
        DiffLine(mark="new", text="ten", number=11),
        DiffLine(mark="skipped", text=""),
        DiffLine(mark="new", text="20", number=21),
    ]
    assert differences(before, before) == ()
    assert len(differences(standard_text("authority"), "")) > 100
