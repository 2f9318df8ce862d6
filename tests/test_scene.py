"""Scenes: how far a run is, from what its chapters say beforehand."""

import pytest

from playground.scene import Chapter, Scene

CHAPTERS = (Chapter("forward", 4, 3, 0.1), Chapter("train", 10, 800, 0.7), Chapter("reverse", 5, 4, 0.2))


@pytest.mark.parametrize(("frames", "done"), [(0, 0), (2, 0.05), (4, 0.1), (9, 0.45), (14, 0.8), (19, 1), (30, 1)])
def test_the_work_done_follows_the_chapters_shares(frames: int, done: float) -> None:
    assert Scene((), (), chapters=CHAPTERS).done(frames, 19) == pytest.approx(done)


def test_without_chapters_frames_are_counted() -> None:
    assert Scene((), ()).done(30, 120) == pytest.approx(0.25)
