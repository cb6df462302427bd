"""Copies held to rates, measured from outside."""
