"""What clients send, turned into our words: pure functions from the bytes of a request to a `Parcel`.

`unpacking` bodies to bytes · `decoding` bytes to values · `moments` · `gathering` one event after the other into a
parcel, with its merges and traits · `ruling` what people ruled of events · `segment`, `posthog`, `webhook` the
protocols, found through `protocols`.
"""
