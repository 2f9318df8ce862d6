"""A minute of pages, runs and calls leaves the server as large as it was; `make bench ARGS=flat` takes a quarter of an hour."""

import pytest

from tests.bench.flat import grown
from tests.doors.conftest import Site


@pytest.mark.timeout(300)
def test_a_minute_of_use_leaves_the_server_as_it_was(site: Site) -> None:
    before, after = grown(site.url, site.process, 20, 60)
    assert after.rss < 1.1 * before.rss, (before, after)
    assert after.files <= before.files + 5, (before, after)
    assert after.threads <= before.threads + 5, (before, after)
    assert after.processes <= before.processes, (before, after)
