"""Tests mirror src; contract, browser, faults, bench and proof stand beside."""
