"""python -m tests.bench [server] [page] [viewers] [maths] [latent] [gan] [attention] [gridworld] [vae] [flat]: all, or the named parts."""

import sys

import psutil

from tests.bench import attention, flat, gan, gridworld, latent, maths, page, server, vae, viewers
from tests.bench.figures import table

PARTS = {
    "server": server.measure,
    "page": page.measure,
    "viewers": viewers.measure,
    "maths": maths.measure,
    "latent": latent.measure,
    "gan": gan.measure,
    "attention": attention.measure,
    "gridworld": gridworld.measure,
    "vae": vae.measure,
    "flat": flat.measure,
}


def main(names: list[str]) -> None:
    if (busy := psutil.cpu_percent(2)) > 10:
        print(f"the processors are {busy:.0f} % busy with something else: the figures mean an idle machine", file=sys.stderr)
    figures = []
    for name in names or list(PARTS):
        print(f"measuring: {name}", file=sys.stderr)
        figures += PARTS[name]()
    print(table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
