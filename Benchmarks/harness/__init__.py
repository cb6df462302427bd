"""Runs Sluice and its peers side by side on one machine and reports what each of them took."""
