"""Memory that runs take, and that there is, in MB."""

import os
from pathlib import Path

CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # a container's limit, version 2 and 1


def there(cgroups: tuple[str, ...] = CGROUPS) -> float:
    """What this machine, or the container that we are in, has."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in map(Path, cgroups):
        if path.is_file() and (told := path.read_text().strip()).isdigit():
            sizes.append(int(told))
    return min(sizes) / 1e6
