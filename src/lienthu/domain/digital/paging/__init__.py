"""Pages as paper: their order, numbers, cuts and contents. Pure; `services/paging.py` writes what is decided here."""
