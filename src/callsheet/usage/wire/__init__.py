"""The protocols that SDKs speak: bytes in, events and refusals out. Pure; HTTP is in `api/intake.py`."""
