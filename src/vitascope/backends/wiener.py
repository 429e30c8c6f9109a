"""What a linear filter already sees in noisy rows, so that the network is asked only for the rest.

A row has 1,024 numbers and the network is 384 wide: it cannot pass a nearly clean row through. So each number is first
estimated by itself, from its mean and spread over all clips (the filter of Wiener 1949), and the network's answer,
scaled to the error that estimate is expected to have, is added. This is the preconditioning of Karras et al. 2022
(EDM, 2206.00364, section 5) with a variance per channel. Plain arithmetic, for NumPy and torch alike.
"""

from vitascope.backends.flow import A


def whole(z: A, level: A, answer: A, mean: A, spread: A) -> A:
    """x-hat: the filter's estimate and, in units of the error it is expected to have, the network's answer."""
    return estimate(z, level, mean, spread) + error(level, spread) * answer


def estimate(z: A, level: A, mean: A, spread: A) -> A:
    """The clip a linear filter sees in rows at a noise level; ``mean`` and ``spread`` are per channel."""
    keep = 1.0 - level
    power = spread * spread
    return mean + (power * keep / _total(level, spread)) * (z - keep * mean)


def error(level: A, spread: A) -> A:
    """The root mean square error of that estimate, per channel; 0 at level 0, ``spread`` at level 1."""
    root: A = _total(level, spread) ** 0.5
    return spread * level / root


def _total(level: A, spread: A) -> A:
    keep = 1.0 - level
    return keep * keep * (spread * spread) + level * level
