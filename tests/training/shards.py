"""A shard of clips as a cache holds it, for tests that read one."""

import numpy as np


def shard(folder, number, mark, preset):
    """Eight clips that are one number all over."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"words-{number:04}.npy", np.ones((8, 4, 16), np.uint8))
    np.save(folder / f"look-{number:04}.npy", np.full(8, -1, np.int16))
    np.save(folder / f"covered-{number:04}.npy", np.zeros((8, 2, 16), np.uint8))
    np.save(folder / f"rows-{number:04}.npy", np.full((8, 2, 16, preset.codec.channels), mark, np.float16))
