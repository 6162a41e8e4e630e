"""Files on their way in: looked through, read in chunks, recognised, and mapped to fact tables."""
