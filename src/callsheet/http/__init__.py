"""What every route needs: app factory, sign-in, sessions, keys, errors, server-sent events, the static UI."""
