"""Liên Thư: one system for all libraries of a province."""
