"""Loading a sample network."""

from lienthu.domain.network.services.sample.load import Loaded, load_sample
from lienthu.domain.network.services.sample.shapes import NetworkSample

__all__ = ["Loaded", "NetworkSample", "load_sample"]
