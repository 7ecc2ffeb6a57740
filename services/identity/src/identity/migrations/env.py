"""Alembic asks for this file; the chassis knows what to do."""

from chassis.migrations import run_env

run_env()
