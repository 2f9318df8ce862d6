"""The address that phones in the room are told, and its code in the terminal."""

import socket
from io import StringIO

import numpy as np
import psutil
import pytest
import zxingcpp

from playground.web import qr, room

URL = "http://192.168.1.23:7860"


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def photographed(lines: list[str]) -> str:
    """What a phone reads off these lines of a dark terminal: two rows of modules a line, a foot of ink a half block."""
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    rows = np.array([[halves[sign] for sign in line] for line in lines], dtype=np.uint8)  # line, column, half
    picture = rows.transpose(0, 2, 1).reshape(-1, rows.shape[1])
    (code,) = zxingcpp.read_barcodes(np.kron(picture, np.ones((8, 8), np.uint8)))
    return code.text


def addresses_of_this_machine() -> set[str]:
    return {a.address for card in psutil.net_if_addrs().values() for a in card if a.family == socket.AF_INET}


def test_the_code_is_read_by_another_library() -> None:
    assert photographed(qr.terminal(URL).splitlines()) == URL


def test_the_address_is_this_machines(capsys: pytest.CaptureFixture[str]) -> None:
    address = room.own_address()
    if not address:
        pytest.skip("this machine is in no network")
    assert address in addresses_of_this_machine()
    room.announce("0.0.0.0", 7860)
    said, *code = capsys.readouterr().out.splitlines()
    assert said == f"On this network: http://{address}:7860"
    assert photographed(code) == f"http://{address}:7860"


def test_without_a_way_abroad_a_card_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a room whose router leads nowhere: the kernel has no route to the address asked for."""

    class Cut(socket.socket):
        def connect(self, address: object) -> None:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(room.socket, "socket", Cut)
    assert set(room._addresses()) <= addresses_of_this_machine() - {"127.0.0.1"}


@pytest.mark.parametrize("address", ["", "8.8.8.8", "127.0.0.1", "0.0.0.0"])
def test_an_address_of_no_room_is_not_told(address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(room, "_addresses", lambda: filter(None, [address]))
    room.announce("0.0.0.0", 7860)
    assert capsys.readouterr().out == ""


def test_only_who_listens_everywhere_is_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(room, "_addresses", lambda: iter(["192.168.1.23"]))
    room.announce("127.0.0.1", 7860)
    monkeypatch.setenv("SPACE_ID", "someone/space")
    room.announce("0.0.0.0", 7860)
    assert capsys.readouterr().out == ""


class Screen(StringIO):
    """A terminal that remembers."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_on_a_screen_it_is_white_on_black_whatever_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_addresses", lambda: iter(["192.168.1.23"]))
    monkeypatch.setattr(room.sys, "stdout", screen := Screen())
    room.announce("0.0.0.0", 7860)
    _, *lines = screen.getvalue().splitlines()
    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)
    assert photographed([line[len("\x1b[97;40m") : -len("\x1b[0m")] for line in lines]) == URL
