package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wuku/entity"
)

// postgres is the peer: a server of its own with the same rows, whose answers take the place of our engine's.
type postgres struct {
	cmd  *exec.Cmd
	pool *pgxpool.Pool
}

// startPostgres makes a cluster in dir and runs it on loopback. Settings come after those that all benches have.
func startPostgres(ctx context.Context, cfg ServeConfig, dir string, settings ...string) (*postgres, error) {
	bin := cfg.Postgres
	if bin == "" {
		found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
		if err != nil || len(found) == 0 {
			return nil, errors.New("no PostgreSQL in /usr/lib/postgresql: install the package postgresql, name its directory with --postgres, or leave the peer out with --postgres none")
		}
		bin = slices.Max(found)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	if err := l.Close(); err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGTERM}, "/"
		return cmd
	}
	if out, err := run("initdb", "-D", dir, "-U", "bench", "--auth=trust", "--no-sync", "--locale=C.UTF-8").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	args := []string{"-D", dir, "-p", port}
	for _, set := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=1GB", "jit=off", "max_wal_size=4GB"}, settings...) {
		args = append(args, "-c", set)
	}
	p := &postgres{cmd: run("postgres", args...)}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	pc, err := pgxpool.ParseConfig("postgres://bench@127.0.0.1:" + port + "/postgres?pool_max_conns=8")
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.pool, err = pgxpool.NewWithConfig(ctx, pc); err != nil {
		return nil, errors.Join(err, p.close())
	}
	for range 100 {
		if err = p.pool.Ping(ctx); err == nil {
			return p, nil
		}
		if !pause(ctx, 200*time.Millisecond) {
			break
		}
	}
	return nil, errors.Join(fmt.Errorf("PostgreSQL does not answer: %w", err), p.close())
}

// unprivileged is as whom PostgreSQL runs: it refuses to run as root.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errU, errG, os.Mkdir(dir, 0o700), os.Chown(dir, int(uid), int(gid)), os.Chmod(filepath.Dir(dir), 0o711)); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (p *postgres) close() error {
	if p.pool != nil {
		p.pool.Close()
	}
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	_ = p.cmd.Wait() // it was told to stop: how it says so does not matter
	return nil
}

// load copies the same rows, with the same key.
func (p *postgres) load(ctx context.Context, b *serveBench) error {
	for _, statement := range []string{
		"CREATE TABLE person (anchor uuid NOT NULL, entity uuid NOT NULL, live smallint NOT NULL, ver bigint NOT NULL, els int[] NOT NULL, anchors uuid[] NOT NULL, feeds text[] NOT NULL, sources bigint[] NOT NULL, times bigint[] NOT NULL, updated timestamptz NOT NULL, citizen_number text, name text, sex text, birth_date date, division text)",
		"CREATE TABLE state (library text NOT NULL, anchor uuid NOT NULL, element text NOT NULL, open smallint NOT NULL)",
	} {
		if _, err := p.pool.Exec(ctx, statement); err != nil {
			return err
		}
	}
	short, times := b.provenance()
	numbers := make([]int32, 0, len(short))
	for _, n := range b.numbers() {
		numbers = append(numbers, int32(n))
	}
	sources := make([]int64, len(short))
	for i, v := range short {
		sources[i] = int64(v)
	}
	columns := append([]string{"anchor", "entity", "live", "ver", "els", "anchors", "feeds", "sources", "times", "updated"}, servedColumns...)
	_, err := p.pool.CopyFrom(ctx, pgx.Identifier{"person"}, columns, pgx.CopyFromSlice(len(b.people), func(i int) ([]any, error) {
		q := b.people[i]
		id := [16]byte(q.anchor)
		return []any{id, id, int16(1), int64(1), numbers, [][16]byte{id}, []string{serveFeed}, sources, times, time.UnixMilli(times[0]), q.number, q.name, "1", q.born, q.number[:6]}, nil
	}))
	if err != nil {
		return err
	}
	for _, statement := range []string{"ALTER TABLE person ADD PRIMARY KEY (anchor)", "CREATE INDEX ON state (anchor)", "VACUUM ANALYZE person", "CHECKPOINT"} {
		if _, err := p.pool.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Query answers the statements of lookups, as serve.Reader wants it.
func (p *postgres) Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error {
	var ids [][16]byte
	for _, a := range args {
		if n, ok := a.(driver.NamedValue); ok && n.Name == "anchors" {
			for _, id := range n.Value.([]entity.ID) {
				ids = append(ids, id)
			}
		}
	}
	switch statement {
	case "query/serve_doubts":
		return p.each(ctx, "SELECT anchor, element FROM state WHERE library = 'person' AND anchor = ANY($1) AND open = 1", ids, each)
	case "query/serve_row":
		return p.each(ctx, p.rowText(data.(map[string]any)), ids, each)
	}
	return fmt.Errorf("the peer does not know %s", statement)
}

// rowText is sql/query/serve_row.sql in PostgreSQL's words.
func (p *postgres) rowText(data map[string]any) string {
	var texts []string
	for _, name := range servedColumns {
		texts = append(texts, "coalesce("+pgx.Identifier{name}.Sanitize()+"::text, '')")
	}
	text := "SELECT anchor, entity, live, ver, els, ARRAY[" + strings.Join(texts, ", ") + "]"
	if lean, _ := data["Lean"].(bool); !lean {
		text += ", anchors, feeds, updated, sources, times"
	}
	return text + " FROM person WHERE anchor = ANY($1)"
}

func (p *postgres) each(ctx context.Context, text string, ids [][16]byte, each func(scan func(dest ...any) error) error) error {
	rows, err := p.pool.Query(ctx, text, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(func(dest ...any) error { return scanPostgres(rows, dest) }); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanPostgres reads a row into what the HTTP layer has for ClickHouse's types.
func scanPostgres(rows pgx.Rows, dest []any) error {
	own := make([]any, len(dest))
	var after []func()
	for i, d := range dest {
		switch d := d.(type) {
		case *entity.ID:
			own[i] = (*[16]byte)(d)
		case *[]entity.ID:
			var ids [][16]byte
			own[i] = &ids
			after = append(after, func() {
				for _, id := range ids {
					*d = append(*d, id)
				}
			})
		case *uint8:
			var n int16
			own[i] = &n
			after = append(after, func() { *d = uint8(n) })
		case *uint64:
			var n int64
			own[i] = &n
			after = append(after, func() { *d = uint64(n) })
		case *[]uint16:
			var list []int32
			own[i] = &list
			after = append(after, func() {
				for _, n := range list {
					*d = append(*d, uint16(n))
				}
			})
		case *[]uint32:
			var list []int64
			own[i] = &list
			after = append(after, func() {
				for _, n := range list {
					*d = append(*d, uint32(n))
				}
			})
		default:
			own[i] = d
		}
	}
	if err := rows.Scan(own...); err != nil {
		return err
	}
	for _, f := range after {
		f()
	}
	return nil
}
