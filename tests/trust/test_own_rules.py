"""Rules of ours that a scanner would hold: each names what it forbids and where it is allowed."""

import ast
import re
from pathlib import Path

import pytest

import dunwell

pytestmark = pytest.mark.each

SOURCE = Path(dunwell.__file__).parent
SURFACES = ("web/", "portal/", "api/", "mcp_server/")
WAYS_OUT = {
    "HTTPConnection", "HTTPSConnection", "SMTP", "SMTP_SSL", "IMAP4", "IMAP4_SSL", "urlopen",
    "create_connection", "MailBox", "MailBoxUnencrypted",
}  # fmt: skip


@pytest.fixture(scope="module")
def trees():
    """Path within the product -> every node of each module but the migrations, found once."""
    return {
        path.relative_to(SOURCE).as_posix(): [*ast.walk(ast.parse(path.read_text("utf-8")))]
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def calls(tree):
    """(name, call) of every call; the name is its last word."""
    for node in tree:
        if isinstance(node, ast.Call):
            named = node.func
            name = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
            yield name, node


def test_a1_2_4_pages_and_the_api_write_no_sql(trees):
    found = [
        f"{path}: {name}"
        for path, tree in trees.items()
        if path.startswith(SURFACES)
        for name, _call in calls(tree)
        if name in {"execute", "executemany", "RawSQL", "extra", "cursor"}
    ]

    assert found == []


def test_a1_3_1_nothing_a_person_wrote_is_marked_as_safe(trees):
    """Marks are given by template tags to what they drew, and by no page."""
    marked = {
        path
        for path, tree in trees.items()
        if any(name in {"mark_safe", "SafeString"} for name, _ in calls(tree))
    }
    loose = [
        f"{path.relative_to(SOURCE)}: {told}"
        for path in (SOURCE / "templates").rglob("*.html")
        for told in re.findall(r"\|\s*safe(?:seq)?\b|autoescape off", path.read_text("utf-8"))
    ]

    assert all(path.startswith("templatetags/") for path in marked), marked
    assert loose == []


def test_a12_3_2_no_certificate_goes_unchecked(trees):
    found = [
        f"{path}: {ast.unparse(node)[:60]}"
        for path, tree in trees.items()
        for node in tree
        if (
            isinstance(node, ast.keyword)
            and node.arg == "verify"
            and ast.unparse(node.value) == "False"
        )
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"CERT_NONE", "_create_unverified_context"}
        )
        or (isinstance(node, ast.Assign) and "check_hostname = False" in ast.unparse(node))
    ]

    assert found == []


def test_a13_2_6_whoever_calls_out_waits_for_so_long_and_no_longer(trees):
    silent, seen = [], 0
    for path, tree in trees.items():
        for name, call in calls(tree):
            if name in WAYS_OUT:
                seen += 1
                told = {one.arg for one in call.keywords}
                if not told & {"timeout", None} and len(call.args) < 2:
                    silent.append(f"{path}: {ast.unparse(call)[:80]}")

    assert silent == []
    assert seen > 4


def test_a16_2_2_only_one_file_reads_the_clock(trees):
    found = {
        f"{path}: {ast.unparse(call.func)}"
        for path, tree in trees.items()
        if path != "clock.py"
        for name, call in calls(tree)
        if ast.unparse(call.func)
        in {"time.time", "datetime.now", "datetime.utcnow", "date.today", "timezone.now"}
    }

    assert found == set()


def test_a2_2_1_only_uploads_and_hooks_go_without_the_check_of_forms_until_it_is_made(trees):
    """`csrf_exempt` stands before the check that the same page makes once its upload is capped."""
    bare = [
        path
        for path, tree in trees.items()
        if any(isinstance(node, ast.Name) and node.id == "csrf_exempt" for node in tree)
        and not any(isinstance(node, ast.Name) and node.id == "csrf_protect" for node in tree)
    ]

    # programs that prove themselves by a signature, a token, or a link of a mail
    assert sorted(bare) == [
        "mcp_server/http.py",
        "portal/delivery_hooks.py",
        "portal/mail_hooks.py",
        "portal/payment_hooks.py",
        "portal/response_hooks.py",
        "portal/unsubscriptions.py",
        "web/saml_sign_on.py",
    ]
