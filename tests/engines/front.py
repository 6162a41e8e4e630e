"""ClickHouse's engine in process (chdb) behind the HTTP that its clients speak; run as a process by tests/engines.

    python tests/engines/front.py PORT FOLDER

One query at a time. Enough of the protocol for clickhouse-connect and Ibis: queries in the address or the body,
inserts with their data in the body, gzip and chunked bodies, formats at the end of a query, the setting
`session_timezone` in the address. The server's own time zone is not UTC.
"""

from __future__ import annotations

import gzip
import os
import re
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
TURN = threading.Lock()


class Front(BaseHTTPRequestHandler):
    """One request: a ping, a query, or an insert."""

    protocol_version = "HTTP/1.1"
    session: Session

    def log_message(self, *_: object) -> None:
        """Say nothing; the tests read answers."""

    def do_GET(self) -> None:
        """Answer a ping, or a query in the address."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a query whose words or data are in the body."""
        body = self._body()
        self._answer(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)

    def _body(self) -> bytes:
        if self.headers.get("Content-Length"):
            return self.rfile.read(int(self.headers["Content-Length"]))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, body: bytes) -> None:
        address = urlsplit(self.path)
        if address.path == "/ping":
            self._send(200, b"Ok.\n")
            return
        given = dict(parse_qsl(address.query, keep_blank_values=True))
        query = given.get("query", "")
        sql, data = (query, body) if query else (body.decode(), b"")
        try:
            with TURN:
                self.session.query(f"SET session_timezone = '{given.get('session_timezone', '')}'")
                self._send(200, self._insert(sql, data) if data else self._query(sql))
        except Exception as why:
            self._send(500, str(why).encode())

    def _query(self, sql: str) -> bytes:
        wanted = FORMAT.search(sql)
        plain = sql[: wanted.start()] if wanted else sql.rstrip().rstrip(";")
        found = self.session.query(plain, wanted[1] if wanted else "TabSeparated")
        return bytes(found.bytes()) if found is not None else b""

    def _insert(self, sql: str, data: bytes) -> bytes:
        wanted = FORMAT.search(sql)
        assert wanted, sql
        with tempfile.NamedTemporaryFile(suffix=".bin") as file:
            file.write(data)
            file.flush()
            self.session.query(f"{sql[: wanted.start()]} FROM INFILE '{file.name}' FORMAT {wanted[1]}")
        return b""

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(body)), "X-ClickHouse-Summary": "{}", "X-ClickHouse-Format": "Native",
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until killed."""
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    Front.session = Session(str(Path(sys.argv[2])))
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Front).serve_forever()


if __name__ == "__main__":
    main()
