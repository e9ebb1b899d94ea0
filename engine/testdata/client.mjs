// Reads the embedded engine with @clickhouse/client, as an analyst's or a planner's own program would.
//
// Usage: client.mjs HOST PORT NODE_DIR, with one JSON object a line on standard input: {user, password, table, rows, other}.
// NODE_DIR is where @clickhouse/client is installed. It reads `table` in the ways the library offers, expects `rows` rows,
// and expects `other` and a write to be refused. It prints "ok USER" for each, and ends with a message and status 1 at the
// first thing that is not as it should be.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import process from "node:process";

const [host, port, nodeDir] = process.argv.slice(2);
const { createClient, ClickHouseLogLevel } = createRequire(`${nodeDir}/`)("@clickhouse/client");

function expect(what, got, want) {
  if (got !== want) throw new Error(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

async function refused(user, statement, run) {
  try {
    await run();
  } catch (e) {
    if (e.type !== "ACCESS_DENIED" && e.type !== "READONLY") {
      throw new Error(`${user}: ${statement}: refused for another reason: ${e.message}`);
    }
    return;
  }
  throw new Error(`${user}: ${statement}: was not refused`);
}

async function check({ user, password, table, rows, other }) {
  const client = createClient({ url: `http://${host}:${port}`, username: user, password, log: { level: ClickHouseLogLevel.OFF } });
  try {
    expect(`${user}: ping`, (await client.ping()).success, true);
    const all = await client.query({ query: `SELECT * FROM ${table}`, format: "JSONEachRow" });
    expect(`${user}: rows of ${table}`, (await all.json()).length, rows);
    const counted = await client.query({
      query: `SELECT toUInt32(count()) AS n FROM ${table} WHERE 1 = {one:UInt8}`,
      query_params: { one: 1 },
      format: "JSON",
    });
    expect(`${user}: count with a parameter`, (await counted.json()).data[0].n, rows);
    const streamed = await client.query({ query: `SELECT * FROM ${table}`, format: "CSV" });
    let lines = 0;
    for await (const chunk of streamed.stream()) lines += chunk.length;
    expect(`${user}: rows of a stream`, lines, rows);
    const stranger = `SELECT * FROM ${other}`;
    await refused(user, stranger, async () => (await client.query({ query: stranger })).text());
    const write = `TRUNCATE TABLE ${table}`;
    await refused(user, write, () => client.command({ query: write }));
    console.log("ok", user);
  } finally {
    await client.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) await check(JSON.parse(line));
