package ingest

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Registry finds Avro schemas by id in a schema registry (GET /schemas/ids/{id}, as Confluent's, Apicurio's compatible API and
// Karapace answer it). A schema of an id never changes, so what was found is kept. It is safe for concurrent use.
type Registry struct {
	base   *url.URL
	client *http.Client

	mu      sync.RWMutex
	schemas map[uint32]*avroSchema // nil: the registry has none that can be used
	missed  map[uint32]time.Time   // when the registry said so
}

const (
	registryTimeout = 10 * time.Second
	registryAnswer  = 4 << 20          // bytes of a schema that are read
	registryMissed  = 30 * time.Second // a schema that was missing is asked for again after so long: it may be registered late
	mostSchemas     = 10_000
)

// NewRegistry returns a client for the registry at address: http(s)://user:password@host:port/path. It does not connect.
func NewRegistry(address string) (*Registry, error) {
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("the schema registry's address must be http(s)://host:port")
	}
	return &Registry{base: u, client: &http.Client{Timeout: registryTimeout}, schemas: map[uint32]*avroSchema{}, missed: map[uint32]time.Time{}}, nil
}

// errNoRegistry is what every question comes to where no registry is named.
var errNoRegistry = errors.New("no schema registry is known: give --registry")

// schema returns a schema that was fetched, or nil.
func (r *Registry) schema(id uint32) *avroSchema {
	if r == nil {
		return nil
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.schemas[id]
}

// known reports whether the registry has answered for an id.
func (r *Registry) known(id uint32) bool {
	if r == nil {
		return false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.schemas[id] != nil {
		return true
	}
	at, missed := r.missed[id]
	return missed && time.Since(at) < registryMissed
}

// Fetch makes a schema known. A registry that cannot be reached is an error; one that has no such schema is none: messages that
// name it go to quarantine.
func (r *Registry) Fetch(ctx context.Context, id uint32) error {
	if r == nil {
		return errNoRegistry
	}
	if r.known(id) {
		return nil
	}
	text, found, err := r.get(ctx, id)
	if err != nil {
		return fmt.Errorf("schema %d: %w", id, err)
	}
	var schema *avroSchema
	if found {
		schema, err = compileAvro(text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.schemas) >= mostSchemas {
		clear(r.schemas)
	}
	if len(r.missed) >= mostSchemas {
		clear(r.missed)
	}
	if schema == nil || err != nil {
		r.missed[id] = time.Now()
		return nil
	}
	r.schemas[id] = schema
	return nil
}

func (r *Registry) get(ctx context.Context, id uint32) (text string, found bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base.JoinPath("schemas", "ids", strconv.FormatUint(uint64(id), 10)).String(), nil)
	if err != nil {
		return "", false, err
	}
	req.Header.Set("Accept", "application/vnd.schemaregistry.v1+json, application/json")
	answer, err := r.client.Do(req)
	if err != nil {
		return "", false, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, registryAnswer))
	switch {
	case err != nil:
		return "", false, err
	case answer.StatusCode == http.StatusNotFound:
		return "", false, nil
	case answer.StatusCode != http.StatusOK:
		return "", false, fmt.Errorf("the schema registry answers %s", answer.Status)
	}
	var doc struct {
		Schema string `json:"schema"`
		Type   string `json:"schemaType"` // absent: Avro
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", false, fmt.Errorf("the schema registry's answer cannot be read: %w", err)
	}
	return doc.Schema, doc.Type == "" || doc.Type == "AVRO", nil
}

// Await makes the schemas known that a message needs, as often as it takes while ctx lasts: a registry that is down delays a feed
// and refuses nothing.
func (r *Registry) Await(ctx context.Context, backoff time.Duration, m *Message, failed func(error)) {
	for _, part := range [][]byte{m.Key, m.Value} {
		id, ok := schemaID(part)
		if !ok {
			continue
		}
		for pause := (&pauses{first: backoff}); !r.known(id) && ctx.Err() == nil; {
			if err := r.Fetch(ctx, id); err != nil && ctx.Err() == nil {
				failed(err)
				pause.wait(ctx)
			}
		}
	}
}

// awaiter is a Mapping whose messages may need something before they can be mapped. prepared is cheap and does not wait.
type awaiter interface {
	prepared(m *Message) bool
	await(ctx context.Context, backoff time.Duration, m *Message, failed func(error))
}

// prepared reports whether the schemas of a message are known.
func (m *Mapper) prepared(msg *Message) bool {
	if !m.plan.feed.IsAvro() {
		return true
	}
	for _, part := range [][]byte{msg.Key, msg.Value} {
		if id, ok := schemaID(part); ok && !m.opts.Schemas.known(id) {
			return false
		}
	}
	return true
}

// await makes them known.
func (m *Mapper) await(ctx context.Context, backoff time.Duration, msg *Message, failed func(error)) {
	m.opts.Schemas.Await(ctx, backoff, msg, failed)
}

// Prepare makes the schemas of a message known, for callers of Map other than the Consumer. Without Avro it does nothing.
func (m *Mapper) Prepare(ctx context.Context, msg *Message) error {
	if m.prepared(msg) {
		return nil
	}
	for _, part := range [][]byte{msg.Key, msg.Value} {
		if id, ok := schemaID(part); ok {
			if err := m.opts.Schemas.Fetch(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}
