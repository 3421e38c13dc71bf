"""Byte encodings in which Vietnamese library data is found, and which of them given bytes are in."""

from lienthu.foundation.vietnamese.encodings.ranking import Guess, rank
from lienthu.foundation.vietnamese.encodings.registry import (
    DECODERS,
    ENCODERS,
    Decoder,
    Encoder,
    UnknownEncoding,
    decoder,
)

__all__ = ["DECODERS", "ENCODERS", "Decoder", "Encoder", "Guess", "UnknownEncoding", "decoder", "rank"]
