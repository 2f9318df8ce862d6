"""In a frame that is made as tall as the page in it, as some hosts do: it comes to rest."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Visit = Callable[..., Page]
HOST = """<!doctype html><title>host</title><iframe style="border: 0; width: 100%" src="PATH"></iframe><script>
const frame = document.querySelector("iframe");
window.heights = [];
setInterval(() => {
  const height = frame.contentDocument?.documentElement?.scrollHeight;
  if (!height || height === heights.at(-1)) return;
  heights.push(height);
  frame.style.height = `${height}px`;
}, 200);
</script>"""


@pytest.mark.parametrize("slug", ["gridworld", "diffusion", "vae"])
def test_it_comes_to_rest(visit: Visit, slug: str) -> None:
    page = visit("/healthz")
    page.route("**/host", lambda route: route.fulfill(body=HOST.replace("PATH", f"/en/{slug}"), content_type="text/html"))
    page.goto(page.evaluate("location.origin") + "/host")
    page.frame_locator("iframe").locator(".shell").wait_for(state="detached", timeout=60_000)
    page.wait_for_timeout(5000)
    assert page.evaluate("heights.at(-1)") < 15_000
    assert page.evaluate("heights.length") < 15
