"""An OpenID Connect provider on loopback: discovery, PKCE, codes used once, signed tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "desk", "a shared secret of two machines"


def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What it says about the person who signs in is `claims`; `sign` makes the token of it."""

    def __init__(self):
        self.key = key()
        self.codes = {}
        self.asked = {}
        self.claims = {}
        self.sign = self.signed
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.provider = self
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def signed(self, claims, **header):
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k1"} | header)

    def public(self):
        told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [told | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/nobody-asks-here",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def visit(self, address):
        """Sign in as a browser does, and return where the provider leads back to."""
        parts = urlsplit(address)
        line = HTTPConnection(parts.hostname, parts.port, timeout=10)
        line.request("GET", f"{parts.path}?{parts.query}")
        answer = line.getresponse()
        answer.read()
        line.close()
        assert answer.status == 302, address
        return answer.headers["Location"]

    def authorize(self, asked):
        """Return a code for one attempt; it must bring a PKCE challenge and a nonce."""
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) == 64
        self.asked = asked
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form):
        """Return a token for a code that was not used yet, to whoever began; else an error."""
        asked = self.codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300,
            "auth_time": now, "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        token = self.sign({name: told for name, told in claims.items() if told is not None})
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts, provider = urlsplit(self.path), self.server.provider
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorize(dict(parse_qsl(parts.query))))
            self.end_headers()
        elif parts.path == "/keys":
            self.answer(200, provider.public())
        elif parts.path == "/.well-known/openid-configuration":
            self.answer(200, provider.discovery())
        else:
            self.answer(404, {})

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        form = {name: one[0] for name, one in parse_qs(self.rfile.read(length).decode()).items()}
        self.answer(*self.server.provider.token(form))

    def answer(self, status, told):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told):
        """Say nothing."""
