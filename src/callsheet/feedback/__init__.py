"""Feedback: what people ask for, put to requests, and the demand behind each request."""
