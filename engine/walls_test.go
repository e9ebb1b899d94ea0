package engine_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/engine"
	"wuku/engine/enginetest"
)

// ClickHouse's error codes that a wall answers with.
const (
	badArguments  = 36  // the shadow of file() takes one argument
	switchedOff   = 395 // the shadow of file()
	readonly      = 164
	outfile       = 358
	denied        = 497
	authenticate  = 516
	impersonation = 344
	tooManyRows   = 396
	sessions      = 700
)

// walled starts an engine with two databases for outsiders and one that is not theirs.
func walled(t *testing.T) *engine.Engine {
	t.Helper()
	e := enginetest.NewClickHouse(t, engine.Config{})
	mustExec(t, e, append(aTable,
		"CREATE DATABASE open", "CREATE DATABASE claims",
		"CREATE TABLE claims.person (id UInt64, secret String) ENGINE = MergeTree ORDER BY id",
		"INSERT INTO claims.person VALUES (1, 'x')",
		"CREATE VIEW open.population DEFINER = wuku SQL SECURITY DEFINER AS SELECT count() AS people FROM base.person",
		"CREATE VIEW base.claimed DEFINER = wuku SQL SECURITY DEFINER AS SELECT id FROM claims.person",
	)...)
	return e
}

// code returns ClickHouse's code of an error, 0 for nil and -1 for an error that is not ClickHouse's.
func code(err error) int {
	var ex *clickhouse.Exception
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ex):
		return int(ex.Code)
	}
	return -1
}

func TestOutsidersMay(t *testing.T) {
	t.Parallel()
	e := walled(t)
	common := []string{
		"SELECT name FROM system.databases", "SELECT name FROM system.tables", "SELECT name FROM system.columns",
		"SELECT name, value FROM system.settings", "SELECT name FROM system.functions", "SHOW DATABASES",
		"SELECT version(), timezone(), currentUser(), hostName()",
	}
	allowed := map[string][]string{
		engine.UserReader:  append(common, "SELECT * FROM base.person", "SELECT * FROM base.claimed", "DESCRIBE TABLE base.person", "SHOW TABLES FROM base"),
		engine.UserPlanner: append(common, "SELECT * FROM open.population", "DESCRIBE TABLE open.population", "SHOW TABLES FROM open"),
	}
	for user, statements := range allowed {
		conn := connect(t, e, user, passwordOf(e, user))
		for _, s := range statements {
			rows, err := conn.Query(t.Context(), s)
			if err != nil {
				t.Errorf("%s: %s: %v", user, s, err)
				continue
			}
			for rows.Next() {
			}
			if err := rows.Err(); err != nil {
				t.Errorf("%s: %s: %v", user, s, err)
			}
			rows.Close()
		}
	}
}

func passwordOf(e *engine.Engine, user string) string {
	if user == engine.UserReader {
		return e.ReaderPassword()
	}
	return ""
}

// refused are statements that no outsider may run, with the code of the refusal.
func refused(dir string) map[string]int {
	users := dir + "/users.xml"
	return map[string]int{
		"SELECT * FROM file('" + users + "', LineAsString)":                           denied,
		"SELECT concat(file('" + users + "'), '')":                                    switchedOff,
		"SELECT concat(file('" + users + "', 'default'), '')":                         badArguments,
		"SELECT concat(file('" + users + "', NULL), '')":                              badArguments,
		"SELECT concat(`file`(materialize('" + users + "')), '')":                     switchedOff,
		"SELECT * APPLY(file) FROM (SELECT '" + users + "')":                          switchedOff,
		"SELECT arrayMap(file, ['" + users + "'])":                                    switchedOff,
		"SELECT arrayMap(x -> file(x), ['" + users + "'])":                            switchedOff,
		"WITH x -> file(x) AS f SELECT f('" + users + "')":                            switchedOff,
		"SELECT * REPLACE (file(a) AS a) FROM (SELECT '" + users + "' AS a)":          switchedOff,
		"SELECT * FROM values('x String', concat(file('" + users + "'), ''))":         badArguments,
		"SELECT 1 SETTINGS enable_analyzer = 0":                                       readonly,
		"SELECT * FROM url('http://127.0.0.1:1/', LineAsString)":                      denied,
		"SELECT * FROM remote('127.0.0.1:1', system, one)":                            denied,
		"SELECT * FROM s3('http://127.0.0.1:1/bucket/a', LineAsString)":               denied,
		"SELECT * FROM sqlite('" + users + "', 'a')":                                  denied,
		"SELECT * FROM executable('x', TSV, 'a String')":                              denied,
		"SELECT * FROM mergeTreeIndex('claims', 'person')":                            denied,
		"SELECT * FROM claims.person":                                                 denied,
		"SELECT secret FROM claims.person":                                            denied,
		"SELECT * FROM system.users":                                                  denied,
		"SELECT * FROM system.processes":                                              denied,
		"SELECT * FROM system.parts":                                                  denied,
		"SELECT * FROM system.server_settings":                                        denied,
		"SELECT * FROM system.clusters":                                               denied,
		"SELECT * FROM system.grants":                                                 denied,
		"INSERT INTO base.person SELECT 1":                                            denied,
		"INSERT INTO FUNCTION file('" + dir + "/x', TSV, 'x String') SELECT 'a'":      denied,
		"INSERT INTO FUNCTION url('http://127.0.0.1:1/', TSV, 'x String') SELECT 'a'": denied,
		"CREATE TABLE open.x (a UInt8) ENGINE = Memory":                               denied,
		"CREATE TEMPORARY TABLE x (a UInt8)":                                          denied,
		"CREATE FUNCTION f AS x -> x":                                                 denied,
		"DROP FUNCTION file":                                                          denied,
		"ALTER TABLE base.person DELETE WHERE 1":                                      denied,
		"TRUNCATE TABLE base.person":                                                  denied,
		"DROP TABLE base.person":                                                      denied,
		"KILL QUERY WHERE 1":                                                          denied,
		"SYSTEM SHUTDOWN":                                                             denied,
		"SYSTEM STOP LISTEN TCP":                                                      denied,
		"BACKUP TABLE base.person TO File('" + dir + "/b')":                           denied,
		"EXECUTE AS wuku SELECT 1":                                                    impersonation,
		"SET readonly = 0":                                                            readonly,
		"SET max_memory_usage = 0":                                                    readonly,
		"SET profile = 'default'":                                                     readonly,
		"SELECT * FROM numbers(1000001)":                                              tooManyRows,
	}
}

func TestOutsidersMayNot(t *testing.T) {
	t.Parallel()
	e := walled(t)
	for _, user := range []string{engine.UserReader, engine.UserPlanner} {
		conn := connect(t, e, user, passwordOf(e, user))
		for statement, want := range refused(e.Dir()) {
			if user == engine.UserPlanner && strings.Contains(statement, "FROM base.") {
				continue // stands below with the code that applies to a stranger
			}
			err := run(t, conn, statement)
			if got := code(err); got != want {
				t.Errorf("%s: %s: code %d, want %d (%v)", user, statement, got, want, err)
			}
		}
	}
	for user, statement := range map[string]string{
		engine.UserReader:  "SELECT * FROM open.population",
		engine.UserPlanner: "SELECT * FROM base.person",
	} {
		if got := code(run(t, connect(t, e, user, passwordOf(e, user)), statement)); got != denied {
			t.Errorf("%s: %s: code %d, want %d", user, statement, got, denied)
		}
	}
}

// run executes a statement and reads its whole answer.
func run(t *testing.T, conn clickhouse.Conn, statement string) error {
	t.Helper()
	rows, err := conn.Query(t.Context(), statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	e := walled(t)
	for name, c := range map[string]struct {
		user, password string
		want           int
	}{
		"the start-up user":           {"default", "", sessions},
		"the owner without password":  {engine.UserOwner, "", authenticate},
		"the owner, wrong password":   {engine.UserOwner, "x", authenticate},
		"the reader without password": {engine.UserReader, "", authenticate},
		"the planner with a password": {engine.UserPlanner, "x", authenticate},
		"nobody":                      {"nobody", "", authenticate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := code(connect(t, e, c.user, c.password).Ping(t.Context())); got != c.want {
				t.Errorf("native: code %d, want %d", got, c.want)
			}
			_, answer := get(t, e, "/", url.Values{"user": {c.user}, "password": {c.password}, "query": {"SELECT 1"}})
			if want := fmt.Sprintf("Code: %d.", c.want); !strings.HasPrefix(answer, want) {
				t.Errorf("HTTP: %q, want %q", answer, want)
			}
		})
	}
}

func TestHTTPWalls(t *testing.T) {
	t.Parallel()
	e := walled(t)
	for _, setting := range []string{"readonly=2", "enable_analyzer=0", "max_memory_usage=0", "max_threads=64", "profile=default"} {
		name, value, _ := strings.Cut(setting, "=")
		_, answer := get(t, e, "/", url.Values{"user": {engine.UserPlanner}, "query": {"SELECT 1"}, name: {value}})
		if !strings.HasPrefix(answer, fmt.Sprintf("Code: %d.", readonly)) {
			t.Errorf("%s: %q, want code %d", setting, answer, readonly)
		}
	}
	for setting, want := range map[string]string{
		"max_result_rows=0":            "Code: 452.", // 0 would be no limit
		"max_result_rows=2000000":      "Code: 452.",
		"max_execution_time=0":         "Code: 452.",
		"max_execution_time=61":        "Code: 452.",
		"max_execution_time=10":        "1\n",
		"max_result_rows=10":           "1\n",
		"result_overflow_mode=break":   "1\n",
		"session_timezone=Asia/Urumqi": "1\n",
	} {
		name, value, _ := strings.Cut(setting, "=")
		_, answer := get(t, e, "/", url.Values{"user": {engine.UserPlanner}, "query": {"SELECT 1"}, name: {value}})
		if !strings.HasPrefix(answer, want) {
			t.Errorf("%s: %q, want %q", setting, answer, want)
		}
	}
	if status, _ := get(t, e, "/webterminal", nil); status != http.StatusForbidden {
		t.Errorf("/webterminal: status %d, want 403", status)
	}
}

// get asks the engine's HTTP port.
func get(t *testing.T, e *engine.Engine, path string, values url.Values) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + e.HTTP() + path + "?" + values.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// The library's own answer to a failed connection is to end the process: see disarm.
func TestServerSurvivesBadClients(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{})
	for name, sent := range map[string]string{
		"nothing":               "",
		"HTTP":                  "GET / HTTP/1.1\r\n\r\n",
		"garbage":               strings.Repeat("\xff\x00\x7f", 1000),
		"a hello cut short":     "\x00\x0aClickHouse",
		"an unknown packet":     "\x63",
		"a name without end":    "\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		"a TLS client's hello":  "\x16\x03\x01\x02\x00\x01",
		"another server's user": "\x00\x01x\x01\x01\xc0\xa9\x03\x00\x06nobody\x01x",
	} {
		for _, address := range []string{e.Native(), e.HTTP()} {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			conn.Close()
		}
	}
	for range 20 {
		if got := code(connect(t, e, "nobody", "x").Ping(t.Context())); got != authenticate {
			t.Fatalf("code %d, want %d", got, authenticate)
		}
	}
	mustExec(t, e, "SELECT 1")
	if err := e.Err(); err != nil {
		t.Error(err)
	}
}
