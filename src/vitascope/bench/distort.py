"""What happens to clips out there: encoders, other sizes, cuts, light, overlays; frames in, frames out.

Encoders write into memory: nothing here can leave a file.
"""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image

from vitascope.types import Pixels

Clip = Sequence[Pixels]
Distortion = Callable[[Clip, np.random.Generator], list[Pixels]]

_USUAL = 23  # x264's own default


def encoded(frames: Clip, crf: int, **options: str) -> list[Pixels]:
    """``frames`` after H.264 at ``crf`` and back; sides are cut to even numbers first, as encoders want them."""
    file = BytesIO()
    height, width = (side // 2 * 2 for side in frames[0].shape[:2])
    with av.open(file, "w", format="mp4") as container:
        settings = {"crf": str(crf), "preset": "fast", **options}
        stream = container.add_stream("libx264", rate=8, options=settings)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 1
        convert = VideoReformatter()  # one for a clip: one for each frame takes longer than it converts
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
            container.mux(stream.encode(convert.reformat(picture, format="yuv420p", threads=1)))
        container.mux(stream.encode(None))
    file.seek(0)
    return _decoded(file)


def _decoded(file: BytesIO) -> list[Pixels]:
    convert = VideoReformatter()
    with av.open(file, "r") as container:
        container.streams.video[0].codec_context.thread_count = 1
        converted = (convert.reformat(frame, format="rgb24", threads=1) for frame in container.decode(video=0))
        return [np.asarray(frame.to_ndarray(), np.uint8) for frame in converted]


def delivered(frames: Clip) -> list[Pixels]:
    """``frames`` as the house's own MP4 holds them; copying the stream to another file changes nothing in them."""
    return encoded(frames, 17, tune="animation")


def _at_crf(crf: int) -> Distortion:
    return lambda frames, _: encoded(frames, crf)


def _scaled(factor: float) -> Distortion:
    def apply(frames: Clip, _: np.random.Generator) -> list[Pixels]:
        height, width = (2 * round(side * factor / 2) for side in frames[0].shape[:2])
        kernel = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        return encoded(
            [np.asarray(cv2.resize(f, (width, height), interpolation=kernel), np.uint8) for f in frames], _USUAL
        )

    return apply


def _cropped(share: float) -> Distortion:
    def apply(frames: Clip, rng: np.random.Generator) -> list[Pixels]:
        height, width = (round(side * share) for side in frames[0].shape[:2])
        top, left = (
            int(rng.integers(whole - part + 1)) for whole, part in zip(frames[0].shape, (height, width), strict=False)
        )
        return encoded([frame[top : top + height, left : left + width] for frame in frames], _USUAL)

    return apply


def _lit(factor: float) -> Distortion:
    return lambda frames, _: encoded([np.clip(f * factor, 0, 255).astype(np.uint8) for f in frames], _USUAL)


def _trimmed(frames: Clip, rng: np.random.Generator) -> list[Pixels]:
    """Half of the clip, from anywhere in it."""
    keep = max(1, len(frames) // 2)
    start = int(rng.integers(len(frames) - keep + 1))
    return encoded(frames[start : start + keep], _USUAL)


def _covered(frames: Clip, rng: np.random.Generator) -> list[Pixels]:
    """A plate with letters over 15 % of the picture, in one of its corners."""
    height, width = frames[0].shape[:2]
    tall, wide = round(height * 0.3), round(width * 0.5)
    top, left = (height - tall) * int(rng.integers(2)), (width - wide) * int(rng.integers(2))
    plate = np.full((tall, wide, 3), rng.integers(0, 256, 3), np.uint8)
    cv2.putText(
        plate, "@somebody", (2, tall // 2), cv2.FONT_HERSHEY_SIMPLEX, wide / 200, (255, 255, 255), 1, cv2.LINE_AA
    )
    covered = [frame.copy() for frame in frames]
    for frame in covered:
        frame[top : top + tall, left : left + wide] = plate
    return encoded(covered, _USUAL)


def _as_gif(frames: Clip, _: np.random.Generator) -> list[Pixels]:
    """256 colours from the first frame, dithered, as converters do it."""
    palette = Image.fromarray(frames[0]).quantize(256, method=Image.Quantize.MEDIANCUT)
    drawn = (Image.fromarray(f).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for f in frames)
    return [np.asarray(picture.convert("RGB")) for picture in drawn]


DISTORTIONS: Mapping[str, Distortion] = {
    "re-mux": lambda frames, _: list(frames),
    "CRF 18": _at_crf(18),
    "CRF 23": _at_crf(23),
    "CRF 28": _at_crf(28),
    "CRF 35": _at_crf(35),
    "scale 0.5": _scaled(0.5),
    "scale 0.75": _scaled(0.75),
    "scale 1.5": _scaled(1.5),
    "scale 2": _scaled(2.0),
    "crop to 80 %": _cropped(0.8),
    "crop to 60 %": _cropped(0.6),
    "darker 20 %": _lit(0.8),
    "brighter 20 %": _lit(1.2),
    "half of it": _trimmed,
    "overlay 15 %": _covered,
    "GIF": _as_gif,
}
"""By name. All but re-mux, the CRFs and GIF are followed by an encoder at its default, as on any site."""
