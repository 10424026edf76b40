"""Tests of the questions to the log."""
