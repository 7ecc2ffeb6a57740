"""Fixtures for the tests of a service; `chassis.testing.plugin` is loaded by the root pyproject."""

from chassis.testing.service import ServiceUnderTest

__all__ = ["ServiceUnderTest"]
