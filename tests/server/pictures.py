"""Small pictures and films to keep characters from."""

import io

import av
import numpy as np
from PIL import Image, ImageDraw


def drawing(kind="PNG", colour="teal", side=64):
    """A ball on white, as a file."""
    canvas = Image.new("RGB", (side, side), "white")
    ImageDraw.Draw(canvas).ellipse((side // 8, side // 8, side - side // 8, side - side // 8), fill=colour)
    file = io.BytesIO()
    canvas.save(file, kind)
    return file.getvalue()


def cut_out(colour=(255, 0, 255, 255)):
    """A square with nothing around it."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[16:48, 16:48] = colour
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def film(frames=6):
    """An mp4 by another program: a ball that comes into focus."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=12)
        stream.width = stream.height = 64
        sharp = np.array(Image.open(io.BytesIO(drawing())))
        for number in range(frames):
            shown = sharp // 2 + 100 if number < frames // 2 else sharp
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown.astype(np.uint8), "rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()
