package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/demo"
)

// Peers are the names of what Ingest can measure beside ours: ClickHouse's Kafka table engine with materialized views, naive or
// tuned, landing rows only or with a golden record a key. All are configured as kindly as we know; none checks, keeps history
// or sees a delete.
var peerKinds = map[string]peerKind{
	"naive-landing": {Does: "JSONEachRow, typed rows landed"},
	"naive-golden":  {Does: "JSONEachRow, typed rows landed, newest record a key by max(Tuple)", Golden: true},
	"tuned-landing": {Does: "RawBLOB and JSONExtract of a tuple, 2 consumers a topic, typed rows landed", Tuned: true, Consumers: 2},
	// Five topics keep two cores busy with one consumer each as well, and a group of one is never rebalanced.
	"tuned-single": {Does: "as tuned-golden, with one consumer a topic", Tuned: true, Golden: true, Consumers: 1},
	"tuned-golden": {Does: "RawBLOB and JSONExtract of a tuple, 2 consumers a topic, newest record a key by max(Tuple)", Tuned: true, Golden: true, Consumers: 2},
}

type peerKind struct {
	Does          string
	Tuned, Golden bool
	Consumers     int // threads that read one topic
}

// PeerNames turns none, naive, tuned or all into the names for Config.Peers.
func PeerNames(which string) ([]string, error) {
	switch which {
	case "none", "":
		return nil, nil
	case "naive":
		return []string{"naive-landing", "naive-golden"}, nil
	case "tuned":
		return []string{"tuned-landing", "tuned-golden", "tuned-single"}, nil
	case "all":
		return []string{"naive-landing", "naive-golden", "tuned-landing", "tuned-golden", "tuned-single"}, nil
	}
	var names []string
	for n := range strings.SplitSeq(which, ",") {
		if _, ok := peerKinds[n]; !ok && n != oldCatalogue {
			return nil, fmt.Errorf("--peers=%s: want none, naive, tuned, all or %s", which, oldCatalogue)
		}
		names = append(names, n)
	}
	return names, nil
}

// peerFeed is one topic as the peer reads it.
type peerFeed struct {
	peerKind
	Brokers, Group string
	Name           string // the feed's name with _ for the point
	Topic          string
	Table          string     // where its rows land
	Columns        string     // JSONEachRow: the columns of the Kafka table
	Tuple          string     // RawBLOB: the type for JSONExtract
	Selected       []selected // what lands, in order
}

// selected is one landed column and the expression that fills it.
type selected struct{ Name, Expression string }

// peerLibrary is one landing table and its golden table.
type peerLibrary struct {
	Name     string
	Key      string // element that names an entity
	Columns  []peerColumn
	Consumer int
}

// peerColumn is one landed element: its type, and its type inside a golden tuple, which may not be LowCardinality.
type peerColumn struct{ Name, Type, Plain string }

// node is one level of the JSON that a feed's fields need.
type node struct {
	name string
	kind string // type of a leaf
	list []*node
}

func (n *node) at(path []string, kind string) {
	if len(path) == 0 {
		n.kind = kind
		return
	}
	i := slices.IndexFunc(n.list, func(c *node) bool { return c.name == path[0] })
	if i < 0 {
		n.list = append(n.list, &node{name: path[0]})
		i = len(n.list) - 1
	}
	n.list[i].at(path[1:], kind)
}

func (n *node) sqlType() string {
	if len(n.list) == 0 {
		return n.kind
	}
	return "Tuple(" + n.columns() + ")"
}

func (n *node) columns() string {
	parts := make([]string, len(n.list))
	for i, c := range n.list {
		parts[i] = "`" + c.name + "` " + c.sqlType()
	}
	return strings.Join(parts, ", ")
}

// sourceType is how a field is read from JSON, and landed how it lands.
func sourceType(e *catalog.Element, format string) string {
	switch {
	case strings.HasPrefix(format, "epoch_"):
		return "Int64"
	case e.Type == catalog.TypeInt:
		return "Int64"
	case e.Type == catalog.TypeFloat:
		return "Float64"
	}
	return "String"
}

func columnType(e *catalog.Element) peerColumn {
	c := peerColumn{Name: e.Name}
	switch e.Type {
	case catalog.TypeInt:
		c.Type = "Int64"
	case catalog.TypeDecimal:
		c.Type = "Decimal(18, 4)"
	case catalog.TypeFloat:
		c.Type = "Float64"
	case catalog.TypeDate:
		c.Type = "Date32"
	case catalog.TypeDateTime:
		c.Type = "DateTime64(3, 'UTC')"
	case catalog.TypeCode:
		c.Type, c.Plain = "LowCardinality(String)", "String"
	default:
		c.Type = "String"
	}
	if c.Plain == "" {
		c.Plain = c.Type
	}
	return c
}

// converted is the expression that makes a landed value of a source value.
func converted(e *catalog.Element, format, source string) string {
	switch {
	case e.Type == catalog.TypeDecimal:
		return "toDecimal64OrZero(" + source + ", 4)"
	case e.Type == catalog.TypeDate && format == "epoch_days":
		return "toDate32(toInt32(" + source + "))"
	case e.Type == catalog.TypeDate:
		return "toDate32OrZero(" + source + ")"
	case e.Type == catalog.TypeDateTime:
		return moment(format, source)
	}
	return source
}

// moment is the expression for a time.
func moment(format, source string) string {
	switch format {
	case "epoch_ms":
		return "fromUnixTimestamp64Milli(" + source + ", 'UTC')"
	case "epoch_s":
		return "fromUnixTimestamp64Milli(" + source + " * 1000, 'UTC')"
	case "yyyyMMddHHmmss":
		return "toDateTime64(parseDateTimeBestEffortOrZero(" + source + ", 'UTC'), 3, 'UTC')"
	}
	return "toDateTime64(toDateTimeOrZero(" + source + ", 'UTC'), 3, 'UTC')"
}

// peerOf describes a feed for the peer, from the same catalogue that ours reads.
func peerOf(c *catalog.Catalog, f *catalog.Feed, kind peerKind) peerFeed {
	slot := f.Claims[0]
	lib := c.Library(slot.Library)
	p := peerFeed{peerKind: kind, Name: strings.ReplaceAll(f.Name, ".", "_"), Topic: f.Topic, Table: "land." + lib.Name}
	root := &node{}
	prefix := []string{}
	if f.Format == "debezium" {
		prefix = []string{"after"}
		root.at([]string{"op"}, "String")
	}
	reach := func(from, kind string) string {
		path := strings.Split(from, ".")
		if path[0] != "source" {
			path = append(slices.Clone(prefix), path...)
		}
		root.at(path, kind)
		if kind := p.Tuned; kind {
			return "t." + strings.Join(path, ".")
		}
		return strings.Join(path, ".")
	}
	key := make([]string, len(f.Key))
	for i, k := range f.Key {
		key[i] = reach(k, "String")
	}
	when := catalog.Time{Field: f.Version.Field, Format: f.Version.Format}
	version := "0"
	if f.Version.Kind == catalog.VersionCounter {
		version = "toUInt64(" + reach(f.Version.Field, "Int64") + ")"
	}
	if f.EventTime != nil {
		when = *f.EventTime
	}
	kindOf := "String"
	if strings.HasPrefix(when.Format, "epoch_") {
		kindOf = "Int64"
	}
	p.Selected = []selected{{"record_feed", "'" + f.Name + "'"}, {"record_key", key[0]}, {"record_version", version}, {"record_time", moment(when.Format, reach(when.Field, kindOf))}}
	for _, field := range slot.Fields {
		e := lib.Element(field.Element)
		value := "'" + field.Const + "'"
		if field.Const == "" {
			value = reach(field.From, sourceType(e, field.Format))
		}
		p.Selected = append(p.Selected, selected{e.Name, converted(e, field.Format, value)})
	}
	p.Columns, p.Tuple = root.columns(), root.sqlType()
	return p
}

// elements counts the different elements that feeds map.
func elements(c *catalog.Catalog, feeds []string) int {
	names := map[string]bool{}
	for _, f := range feeds {
		for _, s := range c.Feed(f).Claims {
			for _, field := range s.Fields {
				names[s.Library+"."+field.Element] = true
			}
		}
	}
	return len(names)
}

// landing describes the tables of a library: all elements that the five feeds map.
func landing(c *catalog.Catalog, library string) peerLibrary {
	lib := c.Library(library)
	l := peerLibrary{Name: library, Key: lib.Identity[0].Elements[0]}
	if library == "certificate" {
		l.Key = "number" // only one of the two feeds has the identifier
	}
	for i := range lib.Elements {
		e := &lib.Elements[i]
		mapped := slices.ContainsFunc(feedsOf(c, library), func(f *catalog.Feed) bool {
			return slices.ContainsFunc(f.Claims[0].Fields, func(x catalog.Field) bool { return x.Element == e.Name })
		})
		if mapped {
			l.Columns = append(l.Columns, columnType(e))
		}
	}
	return l
}

// measurePeer lands the topics with the peer, from attaching its views until every row has landed and every golden record is whole.
func measurePeer(ctx context.Context, cfg Config, dir string, b *broker, name string, mix Mix) (side *Side, err error) {
	if name == oldCatalogue {
		return measureOld(ctx, cfg, dir, b)
	}
	kind, ok := peerKinds[name]
	if !ok {
		return nil, fmt.Errorf("no such peer")
	}
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		return nil, err
	}
	cfg.Say("peer %s", name)
	d, err := openDatabase(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	side = &Side{Name: name, Does: kind.Does, Records: mix.Messages}
	var views []string
	if views, err = d.lay(ctx, c, kind, b, name); err != nil {
		return nil, err
	}
	w := startWatch(three{engine: process{d.engine.PID()}, broker: b.process})
	for _, v := range views {
		if err := d.conn.Exec(ctx, v); err != nil {
			return nil, fmt.Errorf("attach a view: %w", err)
		}
	}
	want := mix.Messages - mix.Tombstones // the table engine does not see a message without a value
	if err := d.landed(ctx, cfg, "landed", 1); err != nil {
		return nil, err
	}
	w.lap("join and first")
	if err := d.landed(ctx, cfg, "landed", want); err != nil {
		return nil, err
	}
	if kind.Golden {
		if err := d.landed(ctx, cfg, "golden", want); err != nil {
			return nil, err
		}
	}
	w.lap("the rest")
	w.total(side)
	side.Stages = w.list
	if err := w.settled(ctx, side, d); err != nil {
		return nil, err
	}
	n, err := d.number(ctx, "landed", nil)
	if err != nil {
		return nil, err
	}
	// More than wanted are messages that a change in the peer's consumer group made it read twice: then it ended too early above,
	// with others still to come, and its time is flattered.
	side.Landed = int(n)
	if kind.Golden {
		n, err := d.number(ctx, "golden_keys", nil)
		side.Entities = int(n)
		return side, err
	}
	return side, nil
}

// lay makes the peer's tables and returns the statements that attach its views.
func (d *database) lay(ctx context.Context, c *catalog.Catalog, kind peerKind, b *broker, name string) ([]string, error) {
	for _, library := range libraries(c) {
		list, err := renderAll("peer_tables", struct {
			peerKind
			peerLibrary
		}{kind, landing(c, library)})
		if err != nil {
			return nil, err
		}
		for _, text := range list {
			if err := d.conn.Exec(ctx, text); err != nil {
				return nil, fmt.Errorf("landing tables of %s: %w\n%s", library, err, text)
			}
		}
	}
	var views []string
	for _, feed := range demo.BenchFeeds() {
		p := peerOf(c, c.Feed(feed), kind)
		p.Brokers, p.Group = b.address, fmt.Sprintf("peer-%s-%d", name, time.Now().UnixNano())
		list, err := renderAll("peer_feed", p)
		if err != nil {
			return nil, err
		}
		if err := d.conn.Exec(ctx, list[0]); err != nil {
			return nil, fmt.Errorf("table of topic %s: %w\n%s", p.Topic, err, list[0])
		}
		views = append(views, list[1])
	}
	return views, nil
}

// patience is how long a peer may make no progress.
const patience = 2 * time.Minute

// landed waits until a statement counts as many rows as wanted.
func (d *database) landed(ctx context.Context, cfg Config, statement string, want int) error {
	told, before, moved := time.Now(), -1.0, time.Now()
	for {
		n, err := d.number(ctx, statement, nil)
		switch {
		case err != nil:
			return err
		case int(n) >= want:
			return nil
		case n != before:
			before, moved = n, time.Now()
		case time.Since(moved) > patience:
			return fmt.Errorf("%s stands at %.0f of %d rows for %v", statement, n, want, patience)
		}
		if time.Since(told) > 5*time.Second {
			cfg.Say("%s %.0f", statement, n)
			told = time.Now()
		}
		if !pause(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
}
