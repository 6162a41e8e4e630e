"""Diagnosis: detectors state findings with their evidence; people answer them; they resolve by themselves."""
