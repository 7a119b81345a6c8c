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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
def cluster() -> Iterator[str]:
    """Start a server in a temporary folder, yield its URL, and stop it."""
    folder = Path(tempfile.mkdtemp(prefix="dwpg-"))
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    data, user = folder / "data", "dunwell"
    subprocess.run(
        _as_server(
            [
                str(binaries() / "initdb"),
                "-D",
                str(data),
                "-U",
                user,
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-A",
                "trust",
            ]
        ),
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    options = (
        f"-k {folder} -c listen_addresses='' -c max_connections=60 -c shared_buffers=256MB "
        "-c checkpoint_timeout=30min -c max_wal_size=4GB"
    )
    control = str(binaries() / "pg_ctl")
    subprocess.run(
        _as_server(
            [control, "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start"]
        ),
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        subprocess.run(
            _as_server([str(binaries() / "createdb"), "-h", str(folder), "-U", user, "dunwell"]),
            check=True,
            cwd=folder,
        )
        yield f"postgresql://{user}@{str(folder).replace('/', '%2F')}/dunwell"
    finally:
        subprocess.run(
            _as_server([control, "-D", str(data), "-m", "immediate", "stop"]),
            check=False,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with cluster() as address:
        if sys.argv[1:]:
            environment = {**os.environ, "DUNWELL_DATABASE_URL": address}
            sys.exit(subprocess.run(sys.argv[1:], check=False, env=environment).returncode)
        sys.stdout.write(f"export DUNWELL_DATABASE_URL={address}\n")
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
        signal.sigwait([signal.SIGINT, signal.SIGTERM])
