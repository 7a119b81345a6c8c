"""A throwaway PostgreSQL server for tests: `with cluster() as url`, or around a command:

`python -m tests.postgres COMMAND ...` runs it with DUNWELL_DATABASE_URL set; without a
command it prints the address and waits.

The server's binaries come from the system; as root it runs as the unprivileged user
`postgres`, since PostgreSQL refuses to run as root. It listens on a unix socket alone.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.migrated import made_once, run_migrations

USER, NAME = "dunwell", "dunwell"
PREFIX, MIGRATED = "dwpg-", "dunwell_migrated"
"""A migrated database that nobody connects to, so that others can be copied from it."""

CARELESS = ("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off",
            "-c min_wal_size=2MB")  # fmt: skip
"""Options of a server that nobody will miss."""


def binaries() -> Path:
    """Return the folder with initdb and postgres, newest version first; raise if there is none."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[4]),
        reverse=True,
    )
    if versions:
        return versions[0].parent
    if found := shutil.which("postgres"):
        return Path(found).parent
    raise RuntimeError("PostgreSQL's server is not installed: apt-get install postgresql")


def _as_server(command: list[str]) -> list[str]:
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else command


@contextmanager
def cluster(prepare: Callable[[Path], tuple[str, ...]] | None = None) -> Iterator[str]:
    """Start a server in a temporary folder, yield the URL of a migrated database, and stop it.

    Tests kill clients and never the server, so it waits for no disk. `prepare` puts files into its
    folder and returns more options.
    """
    kept = made_once("tar", str(binaries()), Path(__file__).read_text(), make=_make_kept)
    with _folder(PREFIX) as folder:
        # the server's account may not be able to read the file itself
        with kept.open("rb") as tar:
            unpack = ["tar", "-x", "-p", "-C", str(folder)]
            subprocess.run(_as_server(unpack), check=True, stdin=tar)
        with _running(folder, *CARELESS, *(prepare(folder) if prepare else ())) as url:
            yield url


@contextmanager
def durable_cluster() -> Iterator[str]:
    """Start a server as it is for users, with an empty database, for measuring."""
    with _folder("dunwell-durable-") as folder:
        _initialise(folder)
        with _running(folder) as url:
            _say(folder, "createdb", NAME)
            yield url


def is_of_cluster(host: str) -> bool:
    """Return whether a server is one of `cluster`, which holds the database MIGRATED."""
    return Path(host).name.startswith(PREFIX)


def _make_kept(path: Path) -> None:
    """Make a server with two migrated databases, and keep its folder as a tar file."""
    with _folder("dunwell-kept-") as folder:
        _initialise(folder, "--wal-segsize=1")
        with _running(folder, *CARELESS, end="fast") as url:
            _say(folder, "createdb", NAME)
            run_migrations(folder / "files", url=url)
            _say(folder, "createdb", "-T", NAME, MIGRATED)
        with path.open("wb") as tar:
            pack = ["tar", "-c", "-C", str(folder), "data"]
            subprocess.run(_as_server(pack), check=True, stdout=tar)


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    """Make a folder of the server's account, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(folder: Path, *options: str) -> None:
    locale = ("-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-A", "trust")
    command = [str(binaries() / "initdb"), "-D", str(folder / "data"), "-U", USER, *locale]
    subprocess.run(
        _as_server([*command, *options]), check=True, stdout=subprocess.DEVNULL, cwd=folder
    )


def _say(folder: Path, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the server of a folder."""
    command = [str(binaries() / program), "-h", str(folder), "-U", USER, *arguments]
    subprocess.run(_as_server(command), check=True, cwd=folder)


@contextmanager
def _running(folder: Path, *options: str, end: str = "immediate") -> Iterator[str]:
    """Run the server of a folder and yield the URL of its database; `fast` ends it in order."""
    told = " ".join(
        (f"-k {folder} -c listen_addresses='' -c max_connections=60 -c shared_buffers=256MB",
         "-c checkpoint_timeout=30min -c max_wal_size=4GB", *options)
    )  # fmt: skip
    control = [str(binaries() / "pg_ctl"), "-D", str(folder / "data")]
    start = [*control, "-o", told, "-w", "-l", str(folder / "log"), "start"]
    subprocess.run(_as_server(start), check=True, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        yield f"postgresql://{USER}@{str(folder).replace('/', '%2F')}/{NAME}"
    finally:
        subprocess.run(
            _as_server([*control, "-m", end, "stop"]),
            check=False,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )


if __name__ == "__main__":
    with cluster() as address:
        if sys.argv[1:]:
            environment = {**os.environ, "DUNWELL_DATABASE_URL": address}
            sys.exit(subprocess.run(sys.argv[1:], check=False, env=environment).returncode)
        sys.stdout.write(f"export DUNWELL_DATABASE_URL={address}\n")
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
        signal.sigwait([signal.SIGINT, signal.SIGTERM])
