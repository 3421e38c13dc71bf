"""A sample province: real places and works, plausible libraries, a generator for volume. No Django."""
