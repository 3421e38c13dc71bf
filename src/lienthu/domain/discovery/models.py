"""The search room has no tables: everything in the index can be made again from the catalogue and the union."""
