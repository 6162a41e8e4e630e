"""Usage: who uses the product, and what became of each feature after its release."""
