"""An SMTP server for tests, which speaks the protocol over a socket: it keeps what it took, and fails as it is told."""

from __future__ import annotations

import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Lock, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.config import Smtp
from tests.service.houses import MONDAY

SENDER = "wijkcyclus@gemeente.example"
Answer = Callable[[str], str | None]


@dataclass
class Post:
    """What came in, by recipient, and how the server answers: `rule` gets each command, and may answer it otherwise."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    rule: Answer = lambda _command: None
    offers_starttls: bool = False
    tls: ssl.SSLContext | None = None
    lock: Lock = field(default_factory=Lock)

    def smtp(self, security: str = "geen", **more: object) -> Smtp:
        return Smtp("localhost", self.port, security, SENDER, **more)  # type: ignore[arg-type]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.taken if recipient == address]


class _Talk(socketserver.StreamRequestHandler):
    post: Post
    timeout = 20

    def handle(self) -> None:
        self.is_secure, self.recipients = False, list[str]()
        try:
            self._talk()
        except OSError:
            return  # whoever called does not believe our certificate, or is gone
        finally:
            self.wfile.close()
            self.rfile.close()
            self.connection.close()

    def finish(self) -> None:
        """Everything is closed."""

    def _talk(self) -> None:
        self._say("220 klaar")
        while line := self.rfile.readline(2000):
            command = line.decode("ascii", "replace").rstrip("\r\n")
            with self.post.lock:
                self.post.commands.append(command)
            told = self.post.rule(command)
            if told is None:
                told = self._answer(command)
            elif told == "":
                return  # the line goes dead
            if told != "-":
                self._say(told)
            if command.upper() == "QUIT" or told.startswith("421"):
                return

    def _answer(self, command: str) -> str:
        verb = command.upper().split(" ")[0].split(":")[0]
        if verb == "EHLO":
            offers = "250-STARTTLS\r\n" if self.post.offers_starttls and not self.is_secure else ""
            return f"250-localhost\r\n{offers}250-AUTH PLAIN\r\n250 SIZE 1000000"
        if verb == "STARTTLS":
            assert self.post.tls is not None
            self._say("220 begin")
            self.connection = self.post.tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            self.is_secure = True
            return "-"
        if verb == "RCPT":
            self.recipients.append(command.partition("<")[2].partition(">")[0])
        if verb == "DATA":
            return self._data()
        if verb == "RSET":
            self.recipients.clear()
        return "221 dag" if verb == "QUIT" else "235 goed" if verb == "AUTH" else "250 goed"

    def _data(self) -> str:
        self._say("354 ga uw gang")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        told = self.post.rule(".")
        if told is None or told == "":
            message = message_from_bytes(b"".join(lines), policy=default)
            with self.post.lock:
                self.post.taken += [(one, message) for one in self.recipients]
                self.post.raw.append(b"".join(lines))
                self.post.secured.append(self.is_secure)
        self.recipients = []
        return "250 aangenomen" if told is None else "421 weg" if told == "" else told

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


@contextmanager
def mail_server() -> Iterator[Post]:
    """A server as long as this lasts."""
    post = Post()
    with _Server(("127.0.0.1", 0), type("Talk", (_Talk,), {"post": post})) as server:
        post.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield post
        server.shutdown()
        thread.join()


def certificate(directory: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A certificate of this name that nobody signed but itself: for the server, and the file in which to believe it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(MONDAY - timedelta(days=3650))
        .not_valid_after(MONDAY + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, secret = directory / f"{name}.pem", directory / f"{name}.key"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context, path
