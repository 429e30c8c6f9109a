"""Finding the mark again after what happens to clips, and not finding it where there is none."""

import numpy as np
import pytest
from cartoons import cartoon
from PIL import Image

from vitascope.media import gif, mp4
from vitascope.media.film import Film, write_film
from vitascope.media.read import video
from vitascope.provenance.detect import ALONE, Detection, detect, identify, scores, threshold
from vitascope.provenance.mark import mark, signs_of
from vitascope.types import Marked

KEY = bytes(range(32))
MARK = 0x0123_4567_89AB_CDEF
OTHERS = [int(number) for number in np.random.default_rng(5).integers(0, 2**63, 100_000)]
SIZE = 128


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Frames decoded from a marked file, 9 of 128x128."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    mp4.write(mark(cartoon(9, SIZE, SIZE), MARK, KEY), path, fps=12)
    return list(video(path))


def encoded(frames, folder, crf):
    path = folder / "again.mp4"
    film = Film(container="mp4", container_options={}, codec="libx264", codec_options={"crf": str(crf)})
    write_film((Marked(frame=frame, mark_id=0) for frame in frames), path, fps=12, film=film)
    return list(video(path))


def resized(frames, factor):
    height, width = (2 * round(side * factor / 2) for side in frames[0].shape[:2])
    return [np.asarray(Image.fromarray(frame).resize((width, height), Image.Resampling.BICUBIC)) for frame in frames]


def found(frames):
    """The id named among 100,001."""
    match = identify(detect(frames, KEY), [*OTHERS, MARK])
    return match.mark_id if match else None


DISTORTIONS = {
    "strong compression": lambda frames, folder: encoded(frames, folder, 28),
    "three quarters of the size": lambda frames, folder: encoded(resized(frames, 0.75), folder, 23),
    "one and a half times the size": lambda frames, folder: encoded(resized(frames, 1.5), folder, 23),
    "a crop to 60 percent": lambda frames, folder: encoded([frame[26:102, 14:90] for frame in frames], folder, 23),
    "brighter": lambda frames, _: [np.clip(frame * 1.2, 0, 255).astype(np.uint8) for frame in frames],
    "darker": lambda frames, _: [(frame * 0.8).astype(np.uint8) for frame in frames],
    "one frame": lambda frames, _: frames[6:7],
}


@pytest.mark.parametrize("name", DISTORTIONS)
def test_the_right_id_is_named_after(clip, tmp_path, name):
    """Among 100,001 ids at p = 1e-3."""
    assert MARK == found(DISTORTIONS[name](clip, tmp_path))


def test_a_mark_that_only_the_first_frame_kept_is_read():
    """Strong compression leaves the mark in the frame that stands alone; those after it drown it in the mean."""
    frames = list(cartoon(17, SIZE, SIZE))
    marked = next(mark(frames, MARK, KEY)).frame

    assert MARK == found([marked, *frames[1:]])
    assert found([*frames[1:9], marked, *frames[9:]]) is None  # the same mean, and another frame stands first


def test_stripes_that_outshine_the_mark_do_not_hide_it(clip):
    """A weak mark is read where an untouched copy has it, though the sync peak may stand elsewhere."""
    detection = detect(clip, KEY)

    assert 1 < len(detection.softs) <= 3
    assert (1.0, 1.0) == pytest.approx(detection.scale, abs=0.01)


def test_a_gif_keeps_the_mark(tmp_path):
    """256 colours and dithering do not drown it."""
    gif.write(mark(cartoon(9, SIZE, SIZE), MARK, KEY), tmp_path / "clip.gif", fps=12)
    assert MARK == found(video(tmp_path / "clip.gif"))


@pytest.mark.parametrize("seed", range(3))
def test_an_unmarked_clip_is_not_likely(tmp_path, seed):
    """Neither an id nor a sync peak that chance could not make."""
    detection = detect(encoded(cartoon(5, SIZE, SIZE, seed), tmp_path, 17), KEY)
    assert detection.p > 1e-3
    assert identify(detection, [*OTHERS, MARK]) is None


def test_regular_patterns_name_nobody():
    """A checkerboard lifts the sync peak above that of noise (6.2 was seen), not to that of a mark; no id fits."""
    y, x = np.mgrid[:SIZE, :SIZE]
    for side in range(4, 17, 3):
        board = (((x // side + y // side) % 2) * 200 + 20).astype(np.uint8)
        detection = detect([np.repeat(board[..., None], 3, axis=2)], KEY)
        assert detection.z < ALONE
        assert identify(detection, [*OTHERS, MARK]) is None


def test_another_key_does_not_see_it(clip):
    """The mark speaks only to its own house."""
    detection = detect(clip, b"another house" * 3)
    assert detection.p > 1e-3
    assert identify(detection, [MARK]) is None


def test_a_marked_clip_names_nobody_when_its_id_is_not_asked_for(clip):
    """The nearest of 100,000 wrong ids is not good enough."""
    detection = detect(clip, KEY)
    assert detection.p < 1e-6
    assert identify(detection, OTHERS) is None


def test_scores_are_the_sums_they_stand_for(clip):
    """Looked up byte by byte, an id has the score of the plain product with its signs, and the best is the best."""
    detection, ids = detect(clip, KEY), np.array([*OTHERS, MARK], np.uint64)
    plain = (signs_of(ids) @ detection.softs.T).max(axis=1) / 8

    looked_up = np.array(list(scores(detection, ids.tolist()).values()))

    assert np.allclose(plain, looked_up, atol=5e-6)
    assert float(plain.max()) == pytest.approx(identify(detection, ids).score, abs=5e-6)
    assert MARK == identify(detection, ids).mark_id


def test_two_copies_are_told_apart(clip):
    """An id 13 bits away is not taken for the true one."""
    near = MARK ^ 0x1FFF
    assert MARK == identify(detect(clip, KEY), [near, MARK]).mark_id


def test_a_crop_shows_as_an_offset(clip):
    """The grid is found wherever the cut fell: 10 rows and 20 columns are gone."""
    detection = detect([frame[10:, 20:] for frame in clip], KEY)
    off = [(-cut - shift + 3) % 64 - 3 for cut, shift in zip((10, 20), detection.offset, strict=True)]
    assert np.abs(off).max() <= 1


def test_the_scale_is_found(clip):
    """A clip at three quarters of its size needs 4/3 back."""
    detection = detect(resized(clip, 0.75), KEY)
    assert np.allclose((4 / 3, 4 / 3), detection.scale, atol=0.01)


def test_the_threshold_grows_with_the_ids_compared():
    """The table of the method: normal tail of p / N."""
    assert [4.75, 5.61, 6.0] == [round(threshold(number, 1e-3), 2) for number in (1_000, 100_000, 1_000_000)]


def test_no_frames_no_answer():
    """An empty film is no unmarked film."""
    assert detect([], KEY) is None


@pytest.mark.parametrize("size", [(1, 1), (8, 200), (64, 64)])
def test_small_and_flat_frames_are_no_error(size):
    """Nothing to see is answered with nothing found."""
    detection = detect([np.full((*size, 3), 90, dtype=np.uint8)], KEY)
    assert identify(detection, [MARK]) is None
    assert detection.p > 1e-3


def test_the_chance_of_a_high_peak_is_small_and_not_nothing():
    """By the function of errors, not by a distribution that ends at 1e-16."""
    softs = np.ones((1, 64), np.float32)
    seen = Detection(z=12.0, scale=(1.0, 1.0), offset=(0, 0), softs=softs, trials=1, frames=1)

    assert seen.p == pytest.approx(1.776e-33, rel=1e-3)
    assert identify(seen, [2**64 - 1]).p == pytest.approx(6.22e-16, rel=1e-2)


def spelling(right, *, z=8.0, readings=1):
    """A clip whose mark spells that many of the 64 bits of ``MARK`` right."""
    softs = signs_of(np.array([MARK], np.uint64)) * np.where(np.arange(64) < right, 1, -1)
    return Detection(z=z, scale=(1.0, 1.0), offset=(0, 0), softs=softs.repeat(readings, 0), trials=1, frames=1)


@pytest.mark.parametrize(
    ("seen", "others", "is_found"),
    [
        (spelling(45), 0, True),  # 3.25 of 3.09 needed at 1e-3
        (spelling(44), 0, False),  # 3.00
        (spelling(50), 99, True),  # 4.50 of 4.26 needed among a hundred ids
        (spelling(49), 99, False),  # 4.25
        (spelling(46, readings=4), 0, True),  # 3.50 of 3.48 needed by the best of four readings
        (spelling(45, readings=4), 0, False),
        (spelling(48, z=5.0), 0, True),  # 4.00 of 3.89 needed below the gate of the sync peak
        (spelling(47, z=5.0), 0, False),  # 3.75
        (spelling(45, z=6.5), 0, True),
    ],
)
def test_an_id_is_named_from_a_chance_of_one_in_a_thousand(seen, others, is_found):
    """For however many ids and readings there are, and a twentieth of it where hardly any mark is heard."""
    assert (identify(seen, [MARK, *OTHERS[:others]]) is not None) == is_found


@pytest.mark.parametrize(("apart", "is_found"), [(3, False), (4, True)])
def test_two_ids_that_fit_alike_name_neither(apart, is_found):
    """The best must stand a sigma above the second: four bits of a perfect reading."""
    assert (identify(spelling(64), [MARK, MARK ^ (2**apart - 1)]) is not None) == is_found
