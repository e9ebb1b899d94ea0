package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"

	"wuku/entity"
	"wuku/sql"
)

// column sends an entity.Column as it is: its bytes already have the engine's layout. It implements proto.ColInput.
type column struct {
	*entity.Column
	rows int
}

var wireTypes = [...]proto.ColumnType{
	entity.Text: "String", entity.Int: "Int64", entity.Decimal: "Decimal(18, 4)", entity.Float: "Float64", entity.Bool: "Bool",
	entity.Date: "Date32", entity.DateTime: "DateTime64(3, 'UTC')", entity.UUID: "UUID", entity.UUIDs: "Array(UUID)",
	entity.Words: "Array(UInt64)", entity.U8: "UInt8", entity.U32: "UInt32", entity.U64: "UInt64", entity.U128: "UInt128",
	entity.Constant: "LowCardinality(String)", entity.Shorts: "Array(UInt16)", entity.Texts: "Array(String)",
}

// Type is the type that is declared on the wire; the server converts to the column's own (LowCardinality, Enum).
func (c column) Type() proto.ColumnType {
	if c.Nullable {
		return "Nullable(" + wireTypes[c.Kind] + ")"
	}
	return wireTypes[c.Kind]
}

// Rows is the number of rows of the block.
func (c column) Rows() int { return c.rows }

// EncodeColumn is the copying form, used when the connection compresses.
func (c column) EncodeColumn(b *proto.Buffer) {
	if c.Kind == entity.Constant {
		b.Buf = appendConstant(b.Buf, c.Data, c.rows)
		return
	}
	b.Buf = append(b.Buf, c.Null...)
	b.Buf = append(b.Buf, c.Ends...)
	b.Buf = append(b.Buf, c.Data...)
}

// WriteColumn hands the bytes to the connection without copying; the block must not change until the insert is acknowledged.
func (c column) WriteColumn(w *proto.Writer) {
	if c.Kind == entity.Constant {
		w.ChainBuffer(func(b *proto.Buffer) { b.Buf = appendConstant(b.Buf, c.Data, c.rows) })
		return
	}
	for _, part := range [][]byte{c.Null, c.Ends, c.Data} {
		if len(part) > 0 {
			w.ChainWrite(part)
		}
	}
}

// appendConstant writes a LowCardinality column whose dictionary is the default value and the one value: version 1, then flags
// (one-byte keys, additional keys, update dictionary), dictionary, keys.
func appendConstant(dst, value []byte, rows int) []byte {
	const additionalKeys, updateDictionary = 1 << 9, 1 << 10
	dst = binary.LittleEndian.AppendUint64(dst, 1)
	dst = binary.LittleEndian.AppendUint64(dst, additionalKeys|updateDictionary)
	dst = binary.LittleEndian.AppendUint64(dst, 2)
	dst = append(dst, 0)
	dst = binary.AppendUvarint(dst, uint64(len(value)))
	dst = append(dst, value...)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(rows))
	start := len(dst)
	dst = append(dst, make([]byte, rows)...)
	if len(value) > 0 {
		for i := start; i < len(dst); i++ {
			dst[i] = 1
		}
	}
	return dst
}

func input(b *entity.Block, only func(name string) bool) proto.Input {
	in := make(proto.Input, 0, len(b.Columns))
	for _, c := range b.Columns {
		if only == nil || only(c.Name) {
			in = append(in, proto.InputColumn{Name: c.Name, Data: column{c, b.Rows}})
		}
	}
	return in
}

// insert writes blocks of one table and one set of columns in one INSERT and returns when the server has acknowledged it.
func (s *Store) insert(ctx context.Context, table string, blocks []*entity.Block, only func(name string) bool) error {
	first := input(blocks[0], only)
	names := make([]string, len(first))
	for i, c := range first {
		names[i] = sql.Ident(c.Name)
	}
	next := 0
	query := ch.Query{
		Body:  "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES",
		Input: first,
	}
	if len(blocks) > 1 {
		query.OnInput = func(context.Context) error {
			next++
			copy(query.Input, input(blocks[next], only))
			if next == len(blocks)-1 {
				return io.EOF // what stands in Input now is the tail, and still sent
			}
			return nil
		}
	}
	client, err := s.writer(ctx)
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	if err := client.Do(ctx, query); err != nil {
		return errors.Join(fmt.Errorf("insert into %s: %w", table, err), client.Close()) // the connection's state is unknown
	}
	select {
	case s.writers <- client:
	default:
		return client.Close()
	}
	return nil
}

func (s *Store) writer(ctx context.Context) (*ch.Client, error) {
	select {
	case w := <-s.writers:
		if !w.IsClosed() {
			return w, nil
		}
	default:
	}
	o := ch.Options{
		User: s.options.User, Password: s.options.Password, TLS: s.options.TLS, Database: "default",
		ReadTimeout: ch.NoTimeout, DialTimeout: 5 * time.Second, ClientName: "wuku",
	}
	for name, value := range s.options.settings() {
		o.Settings = append(o.Settings, ch.Setting{Key: name, Value: fmt.Sprint(value), Important: true})
	}
	var failed []error
	for _, address := range s.options.Address {
		o.Address = address
		client, err := ch.Dial(ctx, o)
		if err == nil {
			return client, nil
		}
		failed = append(failed, fmt.Errorf("%s: %w", address, err))
	}
	return nil, errors.Join(failed...)
}
