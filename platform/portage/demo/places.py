"""Where the demo keeps its state, and how servers that refuse to run as root reach their programs and data.

PostgreSQL refuses root. Started by root it runs as `nobody`, and that user can enter neither a clone in root's closed
home folder nor the wheels in it: state and copies of the programs then go to a folder of the system. No user is made
and no folder's mode is changed but those that the demo made itself.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A Unix socket's path holds at most 103 bytes on macOS; `.s.PGSQL.5432` and its slash are 14 of them.
LONGEST_SOCKET_FOLDER = 88
SYSTEM_STATE = Path("/var/lib/portage-demo")


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that a server runs as."""

    uid: int
    gid: int
    is_ours: bool

    @property
    def user(self) -> int | None:
        """The user to switch to for a child process; None when nothing changes. Likewise `group` and `groups`."""
        return None if self.is_ours else self.uid

    @property
    def group(self) -> int | None:
        """The group to switch to."""
        return None if self.is_ours else self.gid

    @property
    def groups(self) -> list[int] | None:
        """The further groups to keep: none."""
        return None if self.is_ours else []

    def own(self, path: Path) -> None:
        """Give a file or folder that the demo made to this account."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may pass through `folder` and all folders above it."""
        if self.is_ours:
            return True
        folder = folder.resolve()
        return all(self._may_pass(place) for place in (folder, *folder.parents) if place.exists())

    def _may_pass(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def ourselves() -> Account:
    """The user that runs this."""
    return Account(os.geteuid(), os.getegid(), is_ours=True)


def server_account() -> Account:
    """Ourselves, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return ourselves()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, is_ours=False)


def repository() -> Path:
    """The clone that this code is part of, or the current folder when it was installed from a wheel."""
    clone = Path(__file__).resolve().parents[3]
    return clone if (clone / "tenants").is_dir() or (clone / "pyproject.toml").is_file() else Path.cwd()


def state_folder(clone: Path, account: Account) -> Path:
    """`.demo` in the clone where the servers can enter it, else a folder of the system that belongs to this clone."""
    if account.can_enter(clone):
        folder = clone / ".demo"
    else:
        folder = SYSTEM_STATE / hashlib.sha256(bytes(clone.resolve())).hexdigest()[:12]
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def private_folder(folder: Path, account: Account) -> Path:
    """A folder that `account` alone may use, made when it is not there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    account.own(folder)
    return folder


def socket_folder(state: Path, account: Account) -> Path:
    """A folder for Unix sockets, as short as their paths must be."""
    folder = state / "run"
    if len(bytes(folder)) > LONGEST_SOCKET_FOLDER:
        folder = Path(tempfile.mkdtemp(prefix="portage-", dir="/tmp"))
    return private_folder(folder, account)


def enterable_copy(programs: Path, copies: Path, account: Account) -> Path:
    """`programs`, or a copy of it under `copies` when `account` cannot enter where it lies.

    A wheel keeps the libraries of its programs beside its package (`name.libs`), on macOS in it (`.dylibs`), and finds
    them by the way from one to the other, so both are copied as they lie.
    """
    if account.can_enter(programs):
        return programs
    package = programs.parent
    libraries = (package.with_name(f"{package.name}.libs"), package / ".dylibs")
    parts = [part for part in (programs, *libraries) if part.is_dir()]
    newest = max(file.stat().st_mtime_ns for part in parts for file in part.rglob("*"))
    copy = copies / hashlib.sha256(f"{programs.resolve()} {newest}".encode()).hexdigest()[:12]
    if not copy.is_dir():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            shutil.copytree(part, unfinished / part.relative_to(package.parent), symlinks=True)
        for folder in (unfinished, unfinished / package.name):
            folder.chmod(0o755)
        unfinished.rename(copy)
    return copy / programs.relative_to(package.parent)


def keep_secret(file: Path) -> str:
    """The secret kept in `file`, drawn and written for its owner's eyes alone when it is not there yet."""
    if not file.exists():
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(secrets.token_hex(32), encoding="ascii")
    return file.read_text(encoding="ascii").strip()
