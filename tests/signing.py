"""A browser without a window: it signs requests as WebCrypto does, with a key that stays here."""

import base64
import json
import secrets
import time
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vitascope.programme.people import sign_in
from vitascope.programme.people.sign_in import Proof


class Browser:
    """One browser's key, and the requests it signs."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = base64.b64encode(der).decode()

    def proof(self, *, nonce, at, path, body=b""):
        """A signed request."""
        bare = Proof(method="POST", path=path, body_sha256=sign_in.body_digest(body), at=at, nonce=nonce, signature="")
        r, s = utils.decode_dss_signature(self._key.sign(bare.text, ec.ECDSA(SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return replace(bare, signature=base64.b64encode(raw).decode())

    def post(self, client, path, cookie, **values):
        """Send something to the page, signed just now."""
        return client.send(self._signed(client, path, cookie, values))

    def stream(self, client, path, cookie, **values):
        """The same, of an answer that goes on; whoever reads it closes it."""
        return client.send(self._signed(client, path, cookie, values), stream=True)

    def _signed(self, client, path, cookie, values):
        body = json.dumps(values).encode()
        made = self.proof(nonce=secrets.token_hex(16), at=round(time.time(), 3), path=path, body=body)
        headers = {
            "content-type": "application/json",
            "cookie": f"vs_session={cookie}",
            "x-vitascope-proof": f"{made.at:.3f} {made.nonce} {made.signature}",
        }
        return client.build_request("POST", path, content=body, headers=headers)

    def come_in(self, database, party, secrets_of_house):
        """A session of somebody; its cookie."""
        with database.transaction() as tx:
            return sign_in.open_session(tx, party, self.public, secrets=secrets_of_house, now=time.time())[0]
