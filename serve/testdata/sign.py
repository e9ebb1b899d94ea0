# A signed call with the library http-message-signatures, in standard Python otherwise.
import os, secrets, urllib.request
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

class Keys(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id):
        return open(os.environ["KEY"], "rb").read()

class Request:  # what the library looks at
    method, url, headers = "POST", os.environ["URL"], {"Content-Type": "application/json"}

body = os.environ["BODY"].encode()
HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys()).sign(
    Request, body=body, key_id=os.environ["KEYID"], nonce=secrets.token_hex(16), covered_component_ids=("@method", "@target-uri", "content-type"))
with urllib.request.urlopen(urllib.request.Request(Request.url, body, Request.headers)) as answer:
    print(answer.read().decode())
