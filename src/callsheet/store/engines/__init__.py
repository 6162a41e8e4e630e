"""Engines behind the warehouse's interface."""
