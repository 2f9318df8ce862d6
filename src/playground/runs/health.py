"""Whether a run could begin now, and what stands in its way."""

import asyncio
import time
from functools import cached_property

from playground.concept import load, slugs
from playground.params import Flaw
from playground.runs.service import Service

STALE = 5.0  # seconds; who asks more often hears what was found last


class Health:
    def __init__(self, service: Service):
        self.service = service
        self._found: tuple[Flaw, ...] = ()
        self._looked = float("-inf")

    async def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong; nothing where a run could begin at once."""
        if time.monotonic() - self._looked > STALE:
            self._looked = time.monotonic()
            self._found = await asyncio.to_thread(self._look)
        return (*(() if self.service.engine.ready() else (Flaw("", "workers_cold"),)), *self._found)

    def _look(self) -> tuple[Flaw, ...]:
        assets, store = self.service.settings.assets, self.service.store
        missing = any(not (assets / name).exists() for name in self._read)
        return (*(Flaw("", "assets_missing") for _ in range(missing)), *(() if store.writable() else (Flaw("", "store_closed"),)))

    @cached_property
    def _read(self) -> frozenset[str]:
        """What the runs of every preset open."""
        concepts = [load(slug) for slug in slugs()]
        return frozenset(name for c in concepts for preset in c.presets.values() for name in c.reads(c.params.checked(preset)))
