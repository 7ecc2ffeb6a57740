"""Institutions, their units, and who belongs where with which role."""
