"""Rows in even units for the network: every channel of about unit variance on the way in and on the way out.

In a row, the number for a flat sky has a spread of 18, that for the edge of a wing one of 0.2. A network fed and asked
in such units learns the first and hardly hears the second. So what goes in is divided by the spread a channel has at
its noise level, and what comes out, x-hat, is counted in spreads from the mean. Plain arithmetic, for NumPy and torch
alike; ``mean`` and ``spread`` are per channel, measured once over training clips and stored with the weights.
"""

from vitascope.backends.flow import A


def evened(z: A, level: A, mean: A, spread: A) -> A:
    """Noisy rows as the network takes them: mean 0 and variance 1 in every channel, at any level."""
    keep = 1.0 - level
    return (z - keep * mean) / (keep * keep * (spread * spread) + level * level) ** 0.5


def restored(answer: A, mean: A, spread: A) -> A:
    """The network's answer as a clip's rows, x-hat."""
    return mean + spread * answer
