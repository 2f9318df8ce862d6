from collections.abc import Iterator

import pytest

from tests import lab


@pytest.fixture(scope="package", autouse=True)
def laboratory() -> Iterator[None]:
    with lab.installed():
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
