"""T10: whose turn to write does not come is told so, and when to try again; never a bare error."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.db import OperationalError

from dunwell.jobs.held_books import SECONDS, is_held
from tests.api.conftest import add_token
from tests.conftest import add_user
from tests.postgres import cluster


def as_django_says(error):
    """The error as Django hands it on."""
    told = OperationalError(*error.args)
    told.__cause__ = error
    return told


@pytest.fixture
def locked(tmp_path):
    """What SQLite says to the second of two who write."""
    with (
        closing(sqlite3.connect(tmp_path / "books.sqlite3", isolation_level=None)) as first,
        closing(sqlite3.connect(tmp_path / "books.sqlite3", isolation_level=None)) as second,
    ):
        second.execute("PRAGMA busy_timeout=0")
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked") as told:
            second.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="no such table") as other:
            second.execute("SELECT * FROM missing")
    return as_django_says(told.value), as_django_says(other.value)


def raising(error):
    """A function that meets the error."""

    def read(*_, **__):
        raise error

    return read


def test_t10_a_lock_is_told_from_other_troubles(locked):
    held, other = locked
    assert is_held(held)
    assert not is_held(other)
    assert not is_held(OperationalError("database is locked"))


@pytest.mark.release
def test_t10_a_lock_of_postgresql_is_told_from_other_troubles():
    with cluster() as url, psycopg.connect(url) as first, psycopg.connect(url) as second:
        first.execute("CREATE TABLE books (row int)")
        first.commit()
        first.execute("LOCK TABLE books")
        second.execute("SET lock_timeout = '10ms'")
        with pytest.raises(psycopg.OperationalError) as told:
            second.execute("LOCK TABLE books")
        second.rollback()
        with pytest.raises(psycopg.errors.UndefinedTable) as other:
            second.execute("SELECT * FROM missing")
    assert is_held(as_django_says(told.value))
    assert not is_held(as_django_says(other.value))


def test_t10_a_page_says_when_to_try_again(client, company, settings, monkeypatch, locked):
    settings.REQUIRE_MFA = False
    client.force_login(add_user(company, "clara", "collector"))
    monkeypatch.setattr("dunwell.web.customers.customer_page", raising(locked[0]))
    answer = client.get("/customers/?q=north")
    assert (answer.status_code, answer["Retry-After"]) == (503, str(SECONDS))
    text = answer.content.decode()
    assert "Nothing of what you sent was kept." in text
    assert "/customers/?q=north" in text
    monkeypatch.setattr("dunwell.web.customers.customer_page", raising(locked[1]))
    with pytest.raises(OperationalError, match="no such table"):
        client.get("/customers/")


def test_t10_the_api_says_when_to_try_again(company, settings, monkeypatch, locked):
    settings.REQUIRE_MFA = False
    program = add_token(add_user(company, "clara", "collector"), company)
    monkeypatch.setattr("dunwell.api.customers.customer_page", raising(locked[0]))
    answer = program.get("/customers")
    assert (answer.status_code, answer["Retry-After"]) == (503, str(SECONDS))
    assert "nothing was kept" in answer.json()["detail"]
    monkeypatch.setattr("dunwell.api.customers.customer_page", raising(locked[1]))
    with pytest.raises(OperationalError, match="no such table"):
        program.get("/customers")
