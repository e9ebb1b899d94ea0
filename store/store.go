package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"wuku/sql"
)

// Options say where the server is and in which form the tables stand there.
type Options struct {
	Address  []string // host:port of the native protocol; several for the nodes of a cluster
	User     string
	Password string
	TLS      *tls.Config
	Dialect  sql.Dialect
	// Durable makes the engine fsync every part before it acknowledges; without it a power cut (not a crash of the process) can
	// take acknowledged rows.
	Durable bool
	// CrashPoint is called between the steps of Write; tests stop the process there. May be nil.
	CrashPoint func(name string)
	// Connections is how many queries may run at once; 0 means 8.
	Connections int
}

// Store is an open connection. All methods may be called concurrently.
type Store struct {
	options   Options
	conn      driver.Conn
	nodes     []driver.Conn // one a node, for an unreplicated cluster only
	sql       *sql.Set
	writers   chan *ch.Client                              // idle connections for column inserts
	numbering sync.Mutex                                   // guards the making of numbers
	numbers   atomic.Pointer[map[string]map[string]uint16] // of elements, by table of claims; replaced as a whole
}

// settings go with every query. No deduplication tokens and no asynchronous inserts: with them a kill -9 was measured to lose
// acknowledged rows. What makes a repeated insert harmless is that rows converge (docs/delivery.md). optimize_on_insert would
// merge each block at insert, which costs more than all the rest of it and the reads do again anyway.
func (o Options) settings() map[string]any {
	s := map[string]any{
		"async_insert":                  0,
		"deduplicate_insert":            "disable",
		"optimize_on_insert":            0,
		"insert_distributed_sync":       1,
		"distributed_foreground_insert": 1,
		"join_use_nulls":                0,
		"max_insert_block_size":         1_000_000,
		"min_insert_block_size_rows":    1_000_000,
		"min_insert_block_size_bytes":   512 << 20,
		"use_query_condition_cache":     0,
		"max_query_size":                4 << 20, // ten thousand warnings and what each is called stand in one statement
		"precise_float_parsing":         1,       // values are kept as text: a typed column must give back the number that was sent
	}
	if o.Dialect.Cluster != "" {
		s["distributed_product_mode"] = "global"    // package sql says where this is leant on
		s["parallel_distributed_insert_select"] = 0 // else each shard keeps its own share of an INSERT SELECT, whatever the sharding key says
	}
	if o.Dialect.Replicated { // what one step of a cycle wrote the next must read
		s["insert_quorum"] = "auto"
		s["load_balancing"] = "in_order"
	}
	return s
}

// Open connects and waits until the server answers.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Connections == 0 {
		o.Connections = 8
	}
	if o.CrashPoint == nil {
		o.CrashPoint = func(string) {}
	}
	set, err := sql.New(o.Dialect)
	if err != nil {
		return nil, err
	}
	s := &Store{options: o, sql: set, writers: make(chan *ch.Client, o.Connections)}
	if s.conn, err = o.dial(ctx, o.Address, o.Connections); err != nil {
		return nil, err
	}
	if o.Dialect.Cluster != "" && !o.Dialect.Replicated {
		for _, address := range o.Address {
			node, err := o.dial(ctx, []string{address}, o.Connections)
			if err != nil {
				return nil, errors.Join(err, s.Close())
			}
			s.nodes = append(s.nodes, node)
		}
	}
	return s, nil
}

func (o Options) dial(ctx context.Context, address []string, connections int) (driver.Conn, error) {
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr:         address,
		Auth:         clickhouse.Auth{Username: o.User, Password: o.Password, Database: "default"},
		TLS:          o.TLS,
		Settings:     clickhouse.Settings(o.settings()),
		DialTimeout:  5 * time.Second,
		ReadTimeout:  10 * time.Minute,
		MaxOpenConns: connections,
		MaxIdleConns: connections,
	})
	if err != nil {
		return nil, fmt.Errorf("connect to clickhouse %s: %w", strings.Join(address, ","), err)
	}
	if err := conn.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("clickhouse at %s does not answer: %w", strings.Join(address, ","), err), conn.Close())
	}
	return conn, nil
}

// Close ends all connections.
func (s *Store) Close() error {
	var failed []error
	for _, node := range s.nodes {
		failed = append(failed, node.Close())
	}
	for {
		select {
		case w := <-s.writers:
			_ = w.Close() // an idle connection: nothing is in flight that could be lost
		default:
			return errors.Join(append(failed, s.conn.Close())...)
		}
	}
}

// Exec runs every statement of a template of package sql, in order.
func (s *Store) Exec(ctx context.Context, statement string, data any) error {
	texts, err := s.sql.Render(statement, data)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if err := s.send(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// send runs one rendered statement: once, or on all shards at the same time where package sql says so.
func (s *Store) send(ctx context.Context, text string) error {
	if !s.sql.Everywhere(text) {
		return s.conn.Exec(ctx, text)
	}
	group, inner := errgroup.WithContext(ctx)
	for i, node := range s.nodes {
		group.Go(func() error {
			if err := node.Exec(inner, text); err != nil {
				return fmt.Errorf("on %s: %w", s.options.Address[i], err)
			}
			return nil
		})
	}
	return group.Wait()
}

// Query runs the one statement of a template and calls each for every row, with a function that scans the row. args are bound
// as {name:Type} parameters (clickhouse.Named).
func (s *Store) Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error {
	texts, err := s.sql.Render(statement, data)
	if err != nil {
		return err
	}
	if len(texts) != 1 {
		return fmt.Errorf("%s: %d statements where one is wanted", statement, len(texts))
	}
	rows, err := s.conn.Query(ctx, texts[0], args...)
	if err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// Append adds rows by the one INSERT of a template, without VALUES; a row has a value for each column that the statement names. It
// returns when the engine has acknowledged them.
func (s *Store) Append(ctx context.Context, statement string, data any, rows [][]any) error {
	texts, err := s.sql.Render(statement, data)
	if err != nil {
		return err
	}
	if len(texts) != 1 {
		return fmt.Errorf("%s: %d statements where one is wanted", statement, len(texts))
	}
	batch, err := s.conn.PrepareBatch(ctx, texts[0])
	if err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	for _, row := range rows {
		if err := batch.Append(row...); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", statement, err), batch.Abort())
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
