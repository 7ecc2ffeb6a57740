"""Programs that only some tests drive: installed or unpacked when this machine lacks them and has apt."""

from __future__ import annotations

import ctypes
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from runner import programs
from runner.places import CACHE
from runner.steps import step

WRAPPERS = CACHE / "bin"
LIBRARIES = CACHE / "lib"


@dataclass(frozen=True)
class Extra:
    program: str
    packages: tuple[str, ...]
    inside: str  # where the program lies in them
    library: str = ""  # what else must be loadable


# Playwright's own node wants libatomic, which a small Debian lacks.
BROWSER = Extra(
    "chromium", ("chromium", "fonts-dejavu-core", "libatomic1"), "usr/lib/chromium/chromium", "libatomic.so.1"
)
NGINX = Extra("nginx", ("nginx-light",), "usr/sbin/nginx")


def provide(extra: Extra) -> None:
    if is_here(extra) or not shutil.which("apt-get"):
        return
    title = " ".join(extra.packages)
    if os.geteuid() == 0:
        with step(f"apt-get install {title}"):
            programs.install_packages(list(extra.packages))
        return
    folder = CACHE / extra.program
    with step(f"unpacking {title} into {folder}"):
        programs.unpack(list(extra.packages), folder)
        wrap(extra, folder)


def is_here(extra: Extra) -> bool:
    return shutil.which(extra.program, path=environment()["PATH"]) is not None and loads(extra.library)


def loads(library: str) -> bool:
    if not library or (LIBRARIES / library).exists():
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def wrap(extra: Extra, folder: Path) -> None:
    """A script on the search path that shows the unpacked program where its parts are."""
    main = sorted((folder / "usr/lib").glob("*-linux-gnu*"))
    private = {library.parent for place in main for library in place.glob("*/lib*.so*")}  # such as pulseaudio/
    found = [*main, *sorted(private)]
    for place in (WRAPPERS, LIBRARIES):
        place.mkdir(parents=True, exist_ok=True)
    script = WRAPPERS / extra.program
    script.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={':'.join(map(str, found))}\n"
        f"export FONTCONFIG_PATH={folder}/etc/fonts XDG_DATA_HOME={folder}/usr/share\n"
        f'exec {folder / extra.inside} "$@"\n'
    )
    script.chmod(0o755)
    for library in (place / extra.library for place in found if extra.library):
        if library.exists():
            (LIBRARIES / extra.library).unlink(missing_ok=True)
            (LIBRARIES / extra.library).symlink_to(library)


def environment() -> dict[str, str]:
    """Where tests find programs: as told, where Debian keeps servers, and what was unpacked."""
    path = f"{os.environ['PATH']}:/usr/sbin:{WRAPPERS}"
    if not LIBRARIES.exists():
        return {"PATH": path}
    own = os.environ.get("LD_LIBRARY_PATH")
    return {"PATH": path, "LD_LIBRARY_PATH": f"{own}:{LIBRARIES}" if own else str(LIBRARIES)}
