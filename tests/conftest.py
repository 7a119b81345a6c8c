"""Records and settings every test shares: a company, its people, a customer with one overdue invoice."""

import gc
import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import HealthCheck, settings

from tests import dealing, turns
from tests.dealing import is_long_tier

# how long values take to make says how busy the machine is, nothing of the code
settings.register_profile(
    "house", deadline=None, derandomize=True, max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.register_profile("release", settings.get_profile("house"), max_examples=240)
settings.load_profile("house")

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
"""The moment at which tests record things."""
TODAY = date(2026, 3, 5)
"""The company's own day at that moment."""

BROWSER = "tests/browser/"
ON_POSTGRESQL = {"tests/actions/": 3, "tests/queries/": 3, "tests/api/": 8, "tests/jobs/": 8,
                 "tests/web/": 8}  # fmt: skip
"""There one file in so many runs, besides what is marked `both`: CONTRIBUTING says why."""
FILES_LATE = pytest.StashKey[set[Path]]()
ALL_BOTH = f"pytestmark = pytest.{dealing.BOTH}"
LONG_TURNS = 8
"""Of tests that take long (`tests/turns.txt`) one in so many runs, unless all of them are asked for."""
LONG = (BROWSER, "tests/journeys/", "tests/jobs/", "tests/trust/", "tests/connectors/",
        "tests/api/test_schema", "tests/test_bench", "tests/test_package")  # fmt: skip


def pytest_addoption(parser):
    parser.addoption(
        "--every", action="store_true", help="also what takes long, in its turn or not"
    )
    parser.addoption("--release", action="store_true", help="also run the long tier")
    parser.addoption("--shuffle", type=int, metavar="SEED", help="in an order of chance")
    parser.addoption("--pictures", action="store_true", help="write what is taken into docs/img")


def pytest_configure(config):
    if config.getoption("--release"):
        settings.load_profile("release")
    config.addinivalue_line("markers", "release: long tier, run with --release")
    config.addinivalue_line("markers", "browser: drives a real Chromium")
    config.addinivalue_line("markers", "both: runs on SQLite and on PostgreSQL")
    config.addinivalue_line(
        "markers", "dealt(one_in, of, whole): one in so many of its family runs"
    )
    config.addinivalue_line("markers", "each: runs in every hand, however long it takes")
    dealing.deal()
    config.stash[FILES_LATE] = _files_late(config)


def _files_late(config):
    """The files whose turn it is not on PostgreSQL, of those that are not left out by name."""
    if "DUNWELL_DATABASE_URL" not in os.environ or config.getoption("--release"):
        return set()
    left_out = {Path(name).resolve() for name in config.getoption("ignore") or ()}
    files = {}
    for path in sorted(config.rootpath.glob("tests/*/test_*.py")):
        if path not in left_out and ALL_BOTH not in path.read_text(encoding="utf-8"):
            files[path.relative_to(config.rootpath).as_posix()] = path
    return {files[name] for name in dealing.files_not_dealt(files, ON_POSTGRESQL)}


def pytest_report_header():
    return f"dealt: {dealing.deal()} ({dealing.VARIABLE}=… deals another hand)"


def pytest_ignore_collect(collection_path, config):
    """A file whose turn it is not is not even read, unless a test in it runs on both databases."""
    named = {Path(name.split("::")[0]).resolve() for name in config.args}
    return dealing.unread(collection_path, config.stash[FILES_LATE] - named) or None


def pytest_collection_modifyitems(config, items):
    # what takes long begins first, so that no process is left alone with it at the end
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if not config.getoption("--release"):
        for item in items:
            if item.get_closest_marker("release") is not None:
                item.add_marker(pytest.mark.skip(reason="long tier: run with --release"))
        named = {Path(name.split("::")[0]).resolve() for name in config.args}
        late, lists = dealing.not_dealt(items, named), [turns.LIST]
        if "DUNWELL_DATABASE_URL" in os.environ:
            late |= dealing.not_of_both(items, config.stash[FILES_LATE] - named)
            lists.append(turns.ON_POSTGRESQL)
        if not config.getoption("--every"):
            long = turns.measured(*lists)
            late |= dealing.long_not_dealt(items, named, long, one_in=LONG_TURNS)
        config.hook.pytest_deselected(items=list(late))
        items[:] = [item for item in items if item not in late]
    if (seed := config.getoption("--shuffle")) is not None:
        items[:] = dealing.shuffled(items, seed)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Hardly anything read while tests are collected is let go again, so none of it is looked for."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish():
    # twenty thousand tests are a gigabyte that no collection need walk through again
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file is the work of one process, and all tests with a browser are: they share a server."""
    from xdist.scheduler import LoadFileScheduling

    class ByServer(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)

    return ByServer(config, log)


def examples(few, *, release):
    """Settings for a law whose examples are heavy: a few, and more in the long tier."""
    return settings(
        max_examples=release if is_long_tier() else few,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture(autouse=True, scope="session")
def sealing_keys(tmp_path_factory):
    """A keyring of the tests' own, as a desk has one after its first start."""
    # tests of the library run where Django cannot be imported
    if "django.conf" in sys.modules:
        from django.conf import settings as django_settings

        from dunwell.formats.sealing import new_keyring, write_keyring

        path = tmp_path_factory.mktemp("keys") / "keyring"
        path.write_text(write_keyring(new_keyring()), encoding="utf-8")
        django_settings.KEYRING_FILE = path


@pytest.fixture(autouse=True)
def in_english():
    """A page answered in German leaves its thread in German; the next test begins anew."""
    yield
    # tests of the library run where Django cannot be imported
    if translation := sys.modules.get("django.utils.translation"):
        translation.deactivate()


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    """A transaction around a module's tests: what its fixtures write once stands in all of them.

    Each test undoes its own writes as ever. For modules all of whose tests begin alike.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def company(db):
    from dunwell.models import Company
    from tests.light_writes import watched

    with watched():
        yield Company.objects.create(
            name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
        )


def add_user(company, username, *roles):
    """A person with the given roles, without a password."""
    from dunwell.models import Membership, User

    user = User.objects.create_user(username, email=f"{username}@northwind.example")
    for role in roles:
        Membership.objects.create(company=company, user=user, role=role)
    return user


@pytest.fixture
def collector(company):
    return add_user(company, "anna", "collector")


@pytest.fixture
def clerk(company):
    return add_user(company, "carla", "clerk")


@pytest.fixture
def manager(company):
    return add_user(company, "mona", "credit_manager")


@pytest.fixture
def admin(company):
    return add_user(company, "ada", "admin")


@pytest.fixture
def reader(company):
    return add_user(company, "rita", "read_only")


@pytest.fixture
def rival(db):
    """A person of another company, who must see nothing of ours."""
    from dunwell.models import Company

    other = Company.objects.create(name="Rival", zone="UTC", created_at=AT)
    return add_user(other, "rolf", "admin", "credit_manager", "collector", "clerk")


@pytest.fixture
def customer(company):
    return add_customer(company, "K1", "Acme")


def add_customer(company, number, name=None, **fields):
    from dunwell.models import Customer

    return Customer.objects.create(
        company=company, number=number, name=name or number, recorded_at=AT, **fields
    )


@pytest.fixture(scope="session")
def django_db_keepdb():
    """A server that is thrown away with its files need not drop a database of six hundred tables."""
    from django.db import connection

    from tests.postgres import is_of_cluster

    is_server = connection.vendor == "postgresql"
    return is_server and is_of_cluster(connection.settings_dict["HOST"])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The test database begins as a copy of a migrated one; `migrate` then has nothing to do."""
    from django.db import connection

    from tests.migrated import sqlite_file
    from tests.postgres import MIGRATED, is_of_cluster

    name = connection.creation._get_test_db_name()
    if connection.vendor == "postgresql":
        if is_of_cluster(connection.settings_dict["HOST"]):
            connection.settings_dict["TEST"]["TEMPLATE"] = MIGRATED
        yield
    elif not connection.creation.is_in_memory_db(name):
        yield
    else:
        # memory that connections share lives as long as one of them is open
        with (
            closing(sqlite3.connect(sqlite_file())) as migrated,
            closing(sqlite3.connect(name, uri=True)) as memory,
        ):
            migrated.backup(memory)
            yield


@pytest.fixture(scope="session", autouse=True)
def _tokens_of_small_letters():
    """A form's token is of letters in which "R3" never stands: pages are searched for numbers."""
    from django.middleware import csrf

    csrf.CSRF_ALLOWED_CHARS = ascii_lowercase


@pytest.fixture(scope="session", autouse=True)
def _private_data_dir():
    """Files that the product writes in tests go to a folder that ends with the run."""
    from django.conf import settings as django_settings

    with tempfile.TemporaryDirectory(prefix="dunwell-test-") as folder:
        django_settings.DATA_DIR = Path(folder)
        # tests ask more often in a minute than any program
        django_settings.API_LIMIT = django_settings.API_ADDRESS_LIMIT = 0
        yield
