"""How the rows of the digital room are told in the preservation store, and read from it again."""
