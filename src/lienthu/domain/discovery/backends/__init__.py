"""Engines that can carry out a plan. One contract, one test suite: tests/test_backend_contract.py."""
