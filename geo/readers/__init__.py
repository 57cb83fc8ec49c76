"""Readers: each turns one kind of file into rows of the raw schema, and keeps account of every record."""
