"""Imported by every Python program of the server under test: no way out of this machine, and a note of each who looks for one."""

import os
import socket

NEAR = ("127.", "::1", "localhost", "0.0.0.0", "::")


def _note(what: str, where: object) -> None:
    with open(os.environ["GUARD_NOTES"], "a") as notes:
        notes.write(f"{what} {where!r}\n")
    raise OSError(f"no way out: {where!r}")


def _guarded(name: str) -> None:
    real = getattr(socket.socket, name)

    def connect(self: socket.socket, address: object) -> object:
        if isinstance(address, tuple) and not str(address[0]).startswith(NEAR):
            _note(name, address)
        return real(self, address)

    setattr(socket.socket, name, connect)


def _looking_up(real, name):  # type: ignore[no-untyped-def]
    def look_up(host, *rest, **more):  # type: ignore[no-untyped-def]
        if host and not str(host).startswith(NEAR):
            _note(name, host)
        return real(host, *rest, **more)

    return look_up


for _name in ("connect", "connect_ex"):
    _guarded(_name)
for _name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    setattr(socket, _name, _looking_up(getattr(socket, _name), _name))
