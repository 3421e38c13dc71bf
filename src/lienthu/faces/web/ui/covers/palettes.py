"""Colours of the covers: papers, lacquers and dyes of Vietnamese prints and cloth.

`ink` and `soft` are read on `ground`, `slip_ink` on `slip`; a test holds each pair to a contrast of 4.5 : 1.
"""

from typing import NamedTuple


class Palette(NamedTuple):
    ground: str
    ink: str
    soft: str
    a: str  # the motif
    b: str  # its second colour
    accent: str
    slip: str  # a pasted title slip
    slip_ink: str


DO_PAPER = Palette("#f3e8cf", "#2b2118", "#5a4a38", "#0b6a5d", "#a9c6b4", "#b23a26", "#fffaee", "#2b2118")
JADE = Palette("#0d5a50", "#f8f1df", "#d5e3d6", "#3a8f7e", "#8fc1ae", "#e6bb63", "#f6ebd2", "#173b35")
LACQUER = Palette("#7c211a", "#f9ead0", "#f0d6bb", "#b04c39", "#dca077", "#e8be62", "#f6e7c8", "#4a130e")
INDIGO = Palette("#24345a", "#f4eedf", "#d3d8e4", "#4a619b", "#9bacd2", "#e0a94a", "#f2e9d6", "#1e2a49")
BLACK_LACQUER = Palette("#211c18", "#f3e6c8", "#d6c6a4", "#7a6236", "#b8975a", "#c8553b", "#f1e4c5", "#211c18")
SOPHORA = Palette("#ebc76e", "#2f2210", "#533d13", "#b97f22", "#f7e4a9", "#9e2b20", "#fff7df", "#2f2210")
SHELL_PINK = Palette("#efd3c5", "#3a1b14", "#65362a", "#c0705a", "#f9e8de", "#0b6a5d", "#fff8f0", "#3a1b14")
CELADON = Palette("#cbdecd", "#1b332b", "#37534a", "#5f957f", "#e8f1e4", "#a3281e", "#fbfaf0", "#1b332b")

PALETTES = (DO_PAPER, JADE, LACQUER, INDIGO, BLACK_LACQUER, SOPHORA, SHELL_PINK, CELADON)
LIGHT = (DO_PAPER, SOPHORA, SHELL_PINK, CELADON)
DARK = (JADE, LACQUER, INDIGO, BLACK_LACQUER)
