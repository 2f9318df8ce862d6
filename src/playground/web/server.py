"""The site as one ASGI app: pages, runs, files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from playground.concept import load, slugs
from playground.device import one_thread
from playground.runs.health import Health
from playground.runs.keys import code
from playground.runs.local import LocalEngine
from playground.runs.place import private
from playground.runs.service import Service
from playground.runs.store import Store
from playground.settings import Settings
from playground.web import assets, connections, front, limits, logs, paths, proxies, qr, runs, source, taking, tunnel
from playground.web import room as local_network
from playground.web.offline import route as offline


def create_app(settings: Settings | None = None, *, engine: LocalEngine | None = None, sites: bool = True) -> FastAPI:
    """The app; `app.state.service` computes runs. `sites=False` leaves Gradio's pages out."""
    one_thread()
    settings = settings or Settings()
    engine = engine or LocalEngine(settings)
    service = Service(engine, Store(settings.store, settings.store_bytes, settings.assets), settings)
    shelf = assets.Shelf()
    for slug in slugs():  # imported and hashed before the first visitor
        load(slug)
        code(slug)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine, service:
            filling = asyncio.create_task(shelf.fill(assets.shipped()))
            yield
            filling.cancel()
            shelf.close()

    app = FastAPI(title="AIGC Playground", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, redirect_slashes=False)
    app.state.service, app.state.settings = service, settings
    for router in (front.router(settings, Health(service)), runs.router(service), taking.router(service), offline.router(service)):
        app.include_router(_headed(router))
    for router in (qr.router(), source.router(), assets.router(shelf)):
        app.include_router(_headed(router))
    app.add_exception_handler(404, front.not_found)
    app.add_middleware(proxies.Below)
    app.add_middleware(assets.GradioAssets, shelf=shelf)
    app.add_middleware(paths.Paths)
    app.add_middleware(limits.Limits, body_bytes=settings.body_bytes)
    if sites:
        from playground.web.site import mount_sites

        app = mount_sites(app, service)
    app.add_middleware(proxies.Proxies, settings=settings)
    return app


def _headed(router: APIRouter) -> APIRouter:
    """HEAD wherever GET is, as HTTP has it (RFC 9110, 9.1) and FastAPI has not. uvicorn leaves the body out."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")
    return router


class Server(uvicorn.Server):
    """uvicorn, which says in the terminal where it listens, and who else can reach it."""

    def __init__(self, config: uvicorn.Config, room: bool, share: bool):
        super().__init__(config)
        self.room, self.share = room, share

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = next(sock.getsockname()[1] for server in self.servers for sock in server.sockets)
            print(f"ready at http://{self.config.host}:{port}", flush=True)
            if self.room:
                local_network.announce(self.config.host, port)
            if self.share:
                tunnel.announce(self.config.host, port)

    async def shutdown(self, sockets: list | None = None) -> None:
        if self.share:
            tunnel.close()
        self.config.app.state.service.stop()  # type: ignore[union-attr]  # so that no stream has to be waited for
        await super().shutdown(sockets)


def serve(app: FastAPI, settings: Settings, *, room: bool = True, share: bool = False) -> None:
    """Serve until interrupted. `room` tells the address in the local network, `share` asks for a public link."""
    logs.install()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=partial(connections.Protocol, most=connections.room(settings.connections)),  # type: ignore[arg-type]
        ws="none",
        log_config=None,  # its records go to ours
        access_log=False,
        proxy_headers=False,  # uvicorn believes whoever is on this machine: proxies.py asks the host instead
        timeout_keep_alive=30,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    Server(config, room, share).run()


def main(settings: Settings | None = None, **told: bool) -> None:
    """The site, as app.py and the command line start it. `told` is passed on to `serve`."""
    logs.install()
    settings = private(settings or Settings())
    engine = LocalEngine(settings)
    engine.start()  # beside the imports of create_app
    serve(create_app(settings, engine=engine), settings, **told)
