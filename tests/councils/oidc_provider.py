"""A small OpenID Connect provider on this machine, for one person who is signed in with it.

It answers as the standard says: discovery, an authorisation page that sends straight back, tokens
for a code that works once (client, secret, address and PKCE are checked), and its public key.
Tests change what it says: `provider.claims`, `provider.key`, `provider.down` and so on.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT_ID, SECRET = "planner", "a client secret: with a colon"
TENANT = "4d1ab5b0-0000-4000-8000-000000000001"


@cache
def rsa_key(name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}/{TENANT}/v2.0"
        self.issuer = self.url
        self.claims = {
            "iss": self.issuer,
            "sub": "lasting-id-of-the-person",
            "aud": CLIENT_ID,
            "tid": TENANT,
            "email": "officer@riverdale.example",
            "email_verified": True,
        }
        self.key, self.algorithm, self.key_id = rsa_key("published"), "RS256", "key-1"
        self.cancels = False
        self.nonce = None  # what it says instead of the nonce it was given
        self.broken = {}  # the last part of a path: what is said there, as bytes
        self.codes = {}
        self.asked = []  # what the authorisation page was asked
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def stop(self):
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()

    def discovery(self, query):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self, query):
        published = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key("published").public_key(), True)
        curve = ec.generate_private_key(ec.SECP256R1()).public_key()
        other = jwt.algorithms.ECAlgorithm.to_jwk(curve, True)
        return {
            "keys": [
                published | {"kid": "key-1", "use": "sig", "alg": "RS256"},
                other | {"kid": "key-of-a-curve", "use": "sig", "alg": "ES256"},
            ]
        }

    def authorize(self, query):
        """Where the person is sent back to."""
        self.asked.append(query)
        answer = {"state": query["state"]}
        if self.cancels:
            answer |= {"error": "access_denied"}
        else:
            answer["code"] = secrets.token_hex(8)
            self.codes[answer["code"]] = query
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, body):
        asked = self.codes.pop(body.get("code"), None)
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            not asked
            or asked.get("code_challenge_method") != "S256"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != body.get("redirect_uri")
            or (body.get("client_id"), body.get("client_secret")) != (CLIENT_ID, SECRET)
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iat": now, "exp": now + 300, "nonce": self.nonce or asked["nonce"]} | self.claims
        id_token = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            self.key,
            self.algorithm,
            headers={"kid": self.key_id},
        )
        return {"access_token": "unused", "token_type": "Bearer", "id_token": id_token}


def handler_for(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            page = address.path.rpartition("/")[2]
            if page == "authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            else:
                pages = {"openid-configuration": provider.discovery, "keys": provider.keys}
                self.answer(page, pages[page](query))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer("token", provider.token(fields))

        def answer(self, page, content):
            self.send_response(400 if "error" in content else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(provider.broken.get(page, json.dumps(content).encode()))

        def log_message(self, *args):
            pass

    return Handler
