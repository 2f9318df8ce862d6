"""Every setting of the server, in one place; each is an environment variable PLAYGROUND_<NAME>.

One more is read in device.py, since it is no matter of the server alone: PLAYGROUND_DEVICE, one of cpu (the default), cuda and auto.
"""

import os
import re
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import AliasChoices, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
PATH = re.compile(r"(?:/(?!\.\.?(?:/|$))[\w.~@%+-]+)+", re.ASCII)  # it becomes part of links and of redirects


def cache() -> Path:
    """Where results are kept unless the host says otherwise: with the user's other caches, out of reach for others on the machine."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "aigc-playground"


class Settings(BaseSettings):
    """What a host may change. Times are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="PLAYGROUND_", extra="ignore", populate_by_name=True, frozen=True)

    host: str = "0.0.0.0"
    port: int = Field(7860, ge=0, le=65535, validation_alias=AliasChoices("PLAYGROUND_PORT", "GRADIO_SERVER_PORT"))
    root_path: str = Field("", description="the prefix that a proxy serves the site under, such as /hub/user/x/proxy/7860")
    trusted_proxies: str = Field("", description="addresses (IPs, CIDRs) whose X-Forwarded-Prefix, -Proto and -Host count, by commas")
    concept: str = Field("", description="the slug that / leads to; in a Space of one concept it does so anyway")
    space_id: str = Field("", validation_alias="SPACE_ID", description="user/space, as Hugging Face Spaces tells it")
    space_host: str = Field("", validation_alias="SPACE_HOST", description="where that Space is served, without https://")

    assets: Path = ROOT / "assets"
    store: Path = Field(default_factory=cache)
    store_bytes: int = Field(2_000_000_000, ge=0, description="0: nothing is kept")
    memory_bytes: int = Field(64_000_000, ge=0, description="compressed runs kept in memory")

    runs_per_core: int = Field(16, ge=1)
    run_memory_share: float = Field(0.6, gt=0, le=1, description="of the machine's memory, or the container's, for all runs together")
    runs_a_tab: int = Field(4, ge=1, description="unfinished runs that one page may have")
    files_at_once: int = Field(2, ge=1, description="notebooks, scripts and pages in a file that are made at once")
    waiting: int = Field(200, ge=0, description="runs that may wait for a place before new ones are turned away")
    retries: int = Field(1, ge=0, description="how often a run is begun again after its worker died")
    linger_seconds: float = Field(2.0, ge=0, description="how long an unfinished run goes on without a viewer")
    nearly_done_seconds: float = Field(10.0, ge=0, description="a run with less than this to go is finished anyway")
    chunk_seconds: float = Field(0.1, ge=0, description="least time between two chunks of a stream")

    run_cpu_seconds: int = Field(600, ge=1)
    run_data_bytes: int = Field(4_000_000_000, ge=1)
    run_niceness: int = Field(10, ge=0, le=19)

    hub_models: str = Field("", description="ids on the Hugging Face hub that runs may load, separated by commas")

    body_bytes: int = Field(256_000, ge=0)
    connections: int = Field(2000, ge=1, description="at once; fewer where the system allows fewer open files")
    shutdown_seconds: int = Field(2, ge=0)

    @field_validator("root_path")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        if (path := value.rstrip("/")) and not PATH.fullmatch(path):
            raise PydanticCustomError("not_a_path", "not a path such as /demo/playground")
        return path

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        try:
            _networks(value)
        except ValueError:
            raise PydanticCustomError("not_addresses", "not IP addresses or CIDRs, separated by commas") from None
        return value

    @cached_property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return _networks(self.trusted_proxies)

    @property
    def hub_ids(self) -> tuple[str, ...]:
        return tuple(filter(None, (name.strip() for name in self.hub_models.split(","))))

    @property
    def places(self) -> int:
        """Runs computed at once."""
        return self.runs_per_core * len(os.sched_getaffinity(0))


def _networks(listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises ValueError."""
    return tuple(ip_network(name.strip(), strict=False) for name in listed.split(",") if name.strip())
