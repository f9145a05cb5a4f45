"""The front door: one module a noun; parse, call one workflow or query, render."""
