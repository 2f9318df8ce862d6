"""A public link through Gradio's own tunnel, for a server that runs at home or in a classroom."""

import os
import threading
from pathlib import Path
from urllib.parse import urlsplit

from playground.web.room import EVERYWHERE
from playground.words import spoken, words


def announce(host: str, port: int) -> None:
    """Print the public link once there is one, or in one sentence why there is none. Doesn't wait for it."""
    if "SPACE_ID" in os.environ:
        _say("public_not_needed")
    else:
        threading.Thread(target=_open, args=("127.0.0.1" if host in EVERYWHERE else host, port), daemon=True).start()


def close() -> None:
    """End the tunnel's program: gradio would leave it running where this process ends by a signal."""
    from gradio.tunneling import CURRENT_TUNNELS

    for tunnel in CURRENT_TUNNELS:
        if tunnel.proc is not None:
            tunnel.proc.terminate()
            tunnel.proc = None


def _open(host: str, port: int) -> None:
    import secrets

    from gradio.exceptions import ChecksumMismatchError, ShareCertificateWriteError
    from gradio.networking import GRADIO_SHARE_SERVER_ADDRESS, setup_tunnel
    from gradio.tunneling import BINARY_PATH

    try:
        url = setup_tunnel(host, port, secrets.token_urlsafe(32), None, None)
        secure = GRADIO_SHARE_SERVER_ADDRESS is None  # Gradio's server answers http, and serves https
        _say("public", url=urlsplit(url)._replace(scheme="https").geturl() if secure else url)
    except ShareCertificateWriteError:
        _say("public_folder")
    except ChecksumMismatchError:
        Path(BINARY_PATH).unlink(missing_ok=True)  # or it would be trusted the next time
        _say("public_altered")
    except RuntimeError:
        _say("public_unreachable")
    except Exception:
        _say("public_refused") if Path(BINARY_PATH).exists() else _say("public_missing", path=BINARY_PATH)


def _say(sentence: str, **places: str) -> None:
    print(words(spoken())["host"][sentence].format(**places), flush=True)
