"""What the film containers share: marked frames into a video stream, one by one as they arrive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
from av.container import OutputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from vitascope.errors import OutputError, SizeError
from vitascope.media.draft import whole
from vitascope.types import Marked, Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A container and how its stream is encoded."""

    container: str
    container_options: Mapping[str, str]
    codec: str
    codec_options: Mapping[str, str]


def write_film(frames: Iterable[Marked], path: Path, *, fps: int, film: Film) -> int:
    """Writes ``frames`` to ``path`` in one pass and returns their number; on any failure ``path`` is untouched.

    Raises:
        OutputError: no frame came, or the file cannot be written.
        SizeError: the sides are odd, or a frame differs in size from the first.
        TypeError: something other than a marked frame came: a bug, never a user's mistake.
    """
    with whole(path) as unfinished:
        num_frames = _write(frames, unfinished, fps, film)
        if num_frames == 0:
            message = f"Cannot write {path}: the clip has 0 frames."
            raise OutputError(message)
    return num_frames


def marked_frame(item: Marked) -> Marked:
    """``item``, if it is a marked frame: the types say so, and this holds where types are not checked."""
    if not isinstance(item, Marked):
        message = f"Only marked frames are written to files, this is a {type(item).__name__}."
        raise TypeError(message)
    return item


def _write(frames: Iterable[Marked], path: Path, fps: int, film: Film) -> int:
    num_frames, reformatter = 0, VideoReformatter()
    with av.open(str(path), "w", format=film.container, options=dict(film.container_options)) as container:
        stream: VideoStream | None = None
        for item in frames:
            pixels = marked_frame(item).frame
            if stream is None:
                stream = _open_stream(container, pixels.shape[1], pixels.shape[0], fps, film)
            _require_size(pixels.shape, stream)
            container.mux(stream.encode(_to_yuv(pixels, reformatter)))
            num_frames += 1
        if stream is not None:
            container.mux(stream.encode(None))
    return num_frames


def _open_stream(container: OutputContainer, width: int, height: int, fps: int, film: Film) -> VideoStream:
    if width % 2 or height % 2:
        message = f"Frames of {width}x{height} cannot be written: H.264 and VP9 need even sides. Choose even numbers."
        raise SizeError(message)
    stream = cast("VideoStream", container.add_stream(film.codec, rate=fps, options=dict(film.codec_options)))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    # Untagged files are guessed at: small ones as BT.601, which shifts greens and reds in some players.
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.thread_count = 2  # fixed: x264 gives the same bytes for the same number of threads
    return stream


def _require_size(shape: tuple[int, ...], stream: VideoStream) -> None:
    if shape != (stream.height, stream.width, 3):
        message = f"A frame of {shape[1]}x{shape[0]} came into a clip of {stream.width}x{stream.height}."
        raise SizeError(message)


def _to_yuv(pixels: Pixels, reformatter: VideoReformatter) -> av.VideoFrame:
    """To what encoders take, by one converter for the whole film and on this thread.

    A new one for every frame, with threads of its own beside those of the network, took 2 ms instead of 0.1 at 128x128.
    """
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return reformatter.reformat(
        frame,
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        threads=1,
    )
