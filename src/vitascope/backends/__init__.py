"""From a plan to frames: samplers, codecs and the runtimes that carry the network."""
