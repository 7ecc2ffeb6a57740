"""Zoom: its REST API with what it refuses and forgets, the meetings themselves, and the events it sends."""
