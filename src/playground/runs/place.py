"""Where the store is when the host says nothing: where nobody else on the machine can fill or foresee it."""

import atexit
import os
import shutil
import stat
import tempfile
from pathlib import Path

from playground.settings import Settings


def private(settings: Settings) -> Settings:
    """These settings, with a store of our own: the usual place, or where that can't be had a folder that ends with us."""
    if "store" in settings.model_fields_set or _own(settings.store):
        return settings
    folder = tempfile.mkdtemp(prefix="aigc-playground-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return settings.model_copy(update={"store": Path(folder)})


def _own(folder: Path) -> bool:
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        told = folder.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & 0o022
    return ours and folder.is_absolute() and os.access(folder, os.W_OK)
