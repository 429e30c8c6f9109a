"""Files from outside: good stills come in whole, bad ones end in one sentence with the numbers."""

import errno
import os
import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from cartoons import cartoon
from PIL import Image

from vitascope.errors import ImageError, VerifyError
from vitascope.media import mp4
from vitascope.media.read import Limits, still, video
from vitascope.types import Marked


@pytest.fixture
def picture():
    return cartoon(1, 60, 40)[0]


def huge_png(width, height):
    """A valid header of a picture that would need gigabytes, in 100 bytes."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_still_comes_in_as_pixels(tmp_path, picture, suffix):
    """PNG exactly, JPEG and WebP nearly."""
    Image.fromarray(picture).save(tmp_path / f"first.{suffix}", quality=95)
    read = still(tmp_path / f"first.{suffix}")
    assert (picture.shape, np.uint8) == (read.shape, read.dtype)
    assert np.abs(read.astype(int) - picture).mean() < (1 if suffix == "png" else 6)


def test_the_suffix_is_not_believed(tmp_path, picture):
    """A PNG named .jpg is read as what it is."""
    Image.fromarray(picture).save(tmp_path / "first.jpg", "PNG")
    assert np.array_equal(picture, still(tmp_path / "first.jpg"))


def test_a_photo_is_turned_as_its_exif_says(tmp_path):
    """Orientation 6: the camera lay on its side."""
    landscape = np.zeros((40, 60, 3), dtype=np.uint8)
    landscape[:20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(landscape).save(tmp_path / "photo.png", exif=exif)
    read = still(tmp_path / "photo.png")
    assert (60, 40, 3) == read.shape
    assert (0, 255) == (read[30, 5, 0], read[30, 35, 0])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_lies_over_white(tmp_path, mode):
    """Not over black, which is what dropping alpha would give."""
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0)).convert(mode)
    clear.save(tmp_path / "clear.png", **({"transparency": clear.getpixel((0, 0))} if mode == "P" else {}))
    assert 255 == still(tmp_path / "clear.png").min()


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "CMYK"])
def test_other_colour_models_become_rgb(tmp_path, mode):
    """Grey, bilevel, 16 bit and print colours all end as three channels."""
    path = tmp_path / ("first.jpg" if mode == "CMYK" else "first.png")
    Image.new(mode, (8, 6)).save(path)
    assert (6, 8, 3) == still(path).shape


def test_a_text_is_no_picture(tmp_path):
    """One sentence with the size of the file."""
    (tmp_path / "story.png").write_text("once upon a time")
    with pytest.raises(ImageError, match=r"story\.png \(16 bytes\) is not a PNG, JPEG or WebP"):
        still(tmp_path / "story.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_file_cut_short_is_refused(tmp_path, suffix):
    """Half a picture is not filled with grey."""
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageError, match="damaged or cut short"):
        still(path)


def huge_jpeg(width, height):
    """A small picture whose header says that it is large."""
    file = BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG")
    head, frame, rest = file.getvalue().partition(b"\xff\xc0\x00\x11\x08")
    return head + frame + struct.pack(">HH", height, width) + rest[4:]


@pytest.mark.parametrize(("side", "megapixels"), [(8_000, 64), (20_000, 400), (60_000, 3600)])
@pytest.mark.parametrize("drawn", [huge_png, huge_jpeg])
def test_a_bomb_is_refused_by_its_header(tmp_path, drawn, side, megapixels):
    """20,000 x 20,000 pixels are counted, never decoded; one sentence, below Pillow's own limit and beyond it."""
    (tmp_path / "bomb").write_bytes(drawn(side, side))
    with pytest.raises(ImageError) as refused:
        still(tmp_path / "bomb")
    told = f"bomb is {side}x{side} ({megapixels} megapixels); a first frame may have 40. Make it smaller."
    assert told == str(refused.value)


def test_a_file_of_more_than_50_megabytes_is_not_opened(tmp_path):
    """The size of the file comes before anything in it."""
    with (tmp_path / "big.png").open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(ImageError, match=r"60\.0 MB"):
        still(tmp_path / "big.png")


@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_an_animation_is_no_still(tmp_path, suffix):
    """The sentence tells how many frames there are."""
    frames = [Image.fromarray(frame) for frame in cartoon(3, 32, 32)]
    frames[0].save(tmp_path / f"moving.{suffix}", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageError, match=r"animated \(3 frames\)"):
        still(tmp_path / f"moving.{suffix}")


def test_a_gif_is_no_first_frame(tmp_path, picture):
    """Other formats are not tried: each decoder is a door."""
    Image.fromarray(picture).save(tmp_path / "first.gif")
    with pytest.raises(ImageError, match="not a PNG, JPEG or WebP"):
        still(tmp_path / "first.gif")


@pytest.mark.parametrize(
    ("name", "reason"), [("no.png", "No such file or directory"), ("x" * 300, "File name too long")]
)
def test_a_missing_picture_is_named(tmp_path, name, reason):
    """A path that leads nowhere, or cannot lead anywhere."""
    with pytest.raises(ImageError) as refused:
        still(tmp_path / name)
    assert f"The picture {tmp_path / name} cannot be read: {reason}. Check the path." == str(refused.value)


def test_what_is_no_file_is_called_what_it_is(tmp_path, monkeypatch):
    """A folder, a pipe nobody writes into, a device, and the folder that an empty name means."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    (tmp_path / "folder").mkdir()
    empty = "The current folder, which an empty name means too, is a folder"
    for name, told in (("folder", "folder is a folder"), ("pipe", "pipe is a pipe"), ("", empty)):
        with pytest.raises(ImageError) as refused:
            still(Path(name))
        assert f"{told}, not a picture. Name a PNG, JPEG or WebP file." == str(refused.value)
    with pytest.raises(ImageError, match="/dev/null is a device, not a picture"):
        still(Path("/dev/null"))


def test_a_picture_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    """The system's reason is told (root, who runs tests in some places, may read everything)."""

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "mine.png").write_bytes(b"12345")
    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(ImageError) as refused:
        still(tmp_path / "mine.png")
    assert "mine.png (5 bytes) cannot be read: Permission denied." == str(refused.value)


def test_a_film_is_read_up_to_its_limit(tmp_path):
    """Ten hours are not decoded to look for a mark."""
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(9, 64, 64)), tmp_path / "clip.mp4", fps=12)
    assert 4 == len(list(video(tmp_path / "clip.mp4", limits=Limits(frames=4))))


def test_a_still_is_a_film_of_one_frame(tmp_path, picture):
    """So that one call looks into any file."""
    Image.fromarray(picture).save(tmp_path / "one.png")
    assert [picture.tolist()] == [frame.tolist() for frame in video(tmp_path / "one.png")]


@pytest.mark.parametrize("content", [b"", b"not a film at all", b"\x00\x00\x00\x18ftypisom"])
def test_what_is_no_film_is_refused(tmp_path, content):
    """Empty, text, or a header and nothing more."""
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(VerifyError, match=r"clip\.mp4"):
        list(video(tmp_path / "clip.mp4"))


def test_frames_too_large_are_refused(tmp_path):
    """Before the first is decoded."""
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(1, 64, 64)), tmp_path / "clip.mp4", fps=12)
    with pytest.raises(VerifyError, match="64x64"):
        list(video(tmp_path / "clip.mp4", limits=Limits(pixels=1000)))


@pytest.mark.parametrize("name", ["Sunset: take 2.mp4", "http:clip.mp4", "frame%03d.mp4"])
def test_a_name_that_looks_like_an_address_is_a_name(tmp_path, monkeypatch, name):
    """FFmpeg would look for a protocol before a colon, and for a series of pictures."""
    monkeypatch.chdir(tmp_path)
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(2, 64, 64)), tmp_path / "clip.mp4", fps=12)
    (tmp_path / "clip.mp4").rename(name)

    assert 2 == len(list(video(Path(name))))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.mp4", "ffconcat version 1.0\nfile clip.mp4\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nclip.mp4\n#EXT-X-ENDLIST\n"),
    ],
)
def test_a_list_of_films_is_no_film(tmp_path, name, text):
    """What is said of a file must be said of that file, and nothing else may be opened for it."""
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(2, 64, 64)), tmp_path / "clip.mp4", fps=12)
    (tmp_path / name).write_text(text)

    for source in (tmp_path / name, text.encode()):
        with pytest.raises(VerifyError, match="cannot be read as a video or picture"):
            list(video(source))


def test_an_animated_webp_is_a_film(tmp_path):
    """Its frames come one after the other, up to the limits."""
    frames = [Image.fromarray(frame) for frame in cartoon(5, 48, 64)]
    frames[0].save(tmp_path / "clip.webp", save_all=True, append_images=frames[1:], lossless=True)

    read = list(video(tmp_path / "clip.webp"))

    assert [np.asarray(frame).tolist() for frame in frames] == [frame.tolist() for frame in read]
    assert 2 == len(list(video(tmp_path / "clip.webp", limits=Limits(frames=2))))
    with pytest.raises(VerifyError, match="48x64"):
        list(video(tmp_path / "clip.webp", limits=Limits(pixels=1000)))


def test_an_animated_bomb_is_refused_by_its_header(tmp_path):
    """An animated WebP that says it is 20,000 x 20,000: our sentence, not Pillow's."""
    frames = [Image.fromarray(frame) for frame in cartoon(2, 32, 32)]
    frames[0].save(tmp_path / "bomb.webp", save_all=True, append_images=frames[1:])
    content = bytearray((tmp_path / "bomb.webp").read_bytes())
    content[24:30] = 2 * (19_999).to_bytes(3, "little")
    with pytest.raises(VerifyError) as refused:
        list(video(bytes(content)))
    assert "The file has frames of 20000x20000; at most 40,000,000 pixels are read." == str(refused.value)


def test_a_film_cut_short_in_its_head_is_refused(tmp_path):
    """Wherever it is cut: one sentence, or no frames where the head is whole."""
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(2, 64, 64)), tmp_path / "clip.mp4", fps=12)
    content = (tmp_path / "clip.mp4").read_bytes()

    for length in range(0, content.index(b"mdat"), 7):
        with suppress(VerifyError):
            assert [] == list(video(content[:length]))
