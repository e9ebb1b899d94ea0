"""Reads the embedded engine with clickhouse-connect, as an analyst's or a planner's own program would.

Usage: connect.py HOST PORT, with one JSON object a line on standard input: {"user", "password", "table", "rows", "other"}.
It reads `table` in the ways the library offers, expects `rows` rows, and expects `other`, a write and a setting to be
refused. It prints "ok USER" for each, and ends with a message and status 1 at the first thing that is not as it should be.
"""

import json
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError


def expect(what, got, want):
    if got != want:
        sys.exit(f"{what}: {got!r}, want {want!r}")


def refused(client, user, statement):
    try:
        client.command(statement)
    except ClickHouseError as e:
        if "ACCESS_DENIED" not in str(e) and "READONLY" not in str(e):
            sys.exit(f"{user}: {statement}: refused for another reason: {e}")
        return
    sys.exit(f"{user}: {statement}: was not refused")


def check(host, port, who):
    user, table, rows = who["user"], who["table"], who["rows"]
    client = clickhouse_connect.get_client(host=host, port=port, username=user, password=who["password"])
    expect(f"{user}: currentUser", client.command("SELECT currentUser()"), user)
    database, name = table.split(".")
    result = client.query(f"SELECT * FROM {table}")
    expect(f"{user}: rows of {table}", len(result.result_rows), rows)
    counted = client.query(f"SELECT count() FROM {table} WHERE 1 = {{one:UInt8}}", parameters={"one": 1})
    expect(f"{user}: count with a parameter", counted.first_row[0], rows)
    with client.query_row_block_stream(f"SELECT * FROM {table}") as stream:
        expect(f"{user}: rows of a stream", sum(len(block) for block in stream), rows)
    listed = client.query("SELECT name FROM system.tables WHERE database = {d:String}", parameters={"d": database})
    if (name,) not in listed.result_rows:
        sys.exit(f"{user}: {table} is not listed in system.tables")
    for statement in (f"SELECT * FROM {who['other']}", f"TRUNCATE TABLE {table}", "SELECT file('/etc/hostname')||''"):
        if "file(" in statement:
            try:
                client.command(statement)
            except ClickHouseError:
                continue
            sys.exit(f"{user}: {statement}: was not refused")
        refused(client, user, statement)
    client.close()
    print("ok", user)


for line in sys.stdin:
    check(sys.argv[1], int(sys.argv[2]), json.loads(line))
