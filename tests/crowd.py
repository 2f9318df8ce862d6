"""Someone who floods a server: python -m tests.crowd PORT SLUG CALLS NAMES throws so many API calls and runs of invented pages at it.

The calls are never read, the runs are held until stdin is closed. Each has a seed of its own. "thrown" is printed once all are out.
"""

import asyncio
import json
import secrets
import sys


async def ask(port: int, path: str, body: bytes | None = None, **headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    told = {"Host": f"127.0.0.1:{port}", "Content-Type": "application/json", "Content-Length": str(len(body or b""))} | headers
    first = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"
    lines = [first, *(f"{name.replace('_', '-')}: {value}" for name, value in told.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + (body or b""))
    await writer.drain()
    return reader, writer


async def flood(port: int, slug: str, calls: int, names: int, query: str) -> list[asyncio.StreamWriter]:
    """The connections of those that are held."""
    if calls:
        reader, _ = await ask(port, "/en/gradio_api/info", Connection="close")
        told = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])["named_endpoints"][f"/{slug}"]["parameters"]
        for seed in range(calls):
            data = [100_000 + seed if each["parameter_name"] == "seed" else each["parameter_default"] for each in told]
            await ask(port, f"/en/gradio_api/call/{slug}", json.dumps({"data": data}).encode(), Connection="close")
    runs = [await ask(port, f"/runs/{slug}?{query}seed={200_000 + seed}", X_Tab=secrets.token_hex(12)) for seed in range(names)]
    return [writer for _, writer in runs]


async def main() -> None:
    held = await flood(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), "".join(sys.argv[5:]))
    print("thrown", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for writer in held:
        writer.close()


if __name__ == "__main__":
    asyncio.run(main())
