"""Delivery: how work flows, where it waits, and when it will be done."""
