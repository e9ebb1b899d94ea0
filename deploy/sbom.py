#!/usr/bin/env python3
"""sbom.py BINARY PACKAGE_LOCK ENGINE_VERSION ENGINE_SHA256 [VERSION]: a bill of materials (CycloneDX 1.6, JSON) on standard output.

What is in it is read from what was built, not from what was asked for: the Go modules that the linker put into the binary
(go version -m), the npm packages of the console's lock file that are not only for building, and the engine's library. The same input
gives the same bytes: no time and no random number stands in it.
"""
import base64
import json
import subprocess
import sys
import uuid


def go_modules(binary):
    main = toolchain = None
    modules = []
    for line in subprocess.run(["go", "version", "-m", binary], check=True, capture_output=True, text=True).stdout.splitlines():
        words = line.split("\t")
        if not line.startswith("\t"):
            toolchain = line.rsplit(" ", 1)[1]
        elif words[1] == "mod":
            main = words[2]
        elif words[1] in ("dep", "=>"):
            if words[1] == "=>":
                modules.pop()
            modules.append((words[2], words[3], words[4] if len(words) > 4 else ""))
    return main, toolchain, modules


def component(kind, name, version, purl, digest=None, scope="required"):
    c = {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl, "scope": scope}
    if digest:
        c["hashes"] = [{"alg": digest[0], "content": digest[1]}]
    return c


def main():
    binary, lock, engine, engine_sha = sys.argv[1:5]
    version = sys.argv[5] if len(sys.argv) > 5 else "0"
    name, toolchain, modules = go_modules(binary)
    parts = [component("framework", "go", toolchain.removeprefix("go"), f"pkg:generic/go@{toolchain.removeprefix('go')}")]
    for path, v, h1 in modules:
        # go.sum's h1 is a SHA-256 over a list of files, not over one file: kept as a property, not as a hash of the component.
        c = component("library", path, v, f"pkg:golang/{path}@{v}")
        if h1:
            c["properties"] = [{"name": "go:h1", "value": h1}]
        parts.append(c)
    with open(lock) as f:
        packages = json.load(f)["packages"]
    for place, p in sorted(packages.items()):
        if not place or p.get("link"):
            continue
        npm = place.rsplit("node_modules/", 1)[1]
        digest = None
        if p.get("integrity", "").startswith("sha512-"):
            digest = ("SHA-512", base64.b64decode(p["integrity"][7:]).hex())
        parts.append(component("library", npm, p["version"], f"pkg:npm/{npm.replace('@', '%40')}@{p['version']}", digest, "excluded" if p.get("dev") else "required"))
    parts.append(component("library", "libchdb", engine, f"pkg:npm/%40chdb/lib-linux-x64-gnu@{engine}", ("SHA-256", engine_sha), "optional"))
    unique = {c["bom-ref"]: c for c in parts}
    root = f"pkg:generic/{name}@{version}"
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
           "metadata": {"component": {"type": "application", "bom-ref": root, "name": name, "version": version, "purl": root}},
           "components": [unique[k] for k in sorted(unique)],
           "dependencies": [{"ref": root, "dependsOn": sorted(unique)}]}
    bom["serialNumber"] = "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True)))
    json.dump(bom, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
