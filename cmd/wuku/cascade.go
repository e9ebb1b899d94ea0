package main

import (
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/ingest"
)

func cascadeCommand() *cobra.Command {
	c := &cascade{}
	cmd := &cobra.Command{
		Use:   "cascade",
		Short: "tell another instance's feed what a library here says: city to province, province to nation, and back",
		Long: "tell another instance's feed what a library here says: city to province, province to nation, and back.\n\n" +
			"Every change event of the library becomes a CloudEvents message with the chosen elements of the entity as they are now. There the feed\n" +
			"is of format cloudevents: see docs/departments.md. How far it came stands under DATA/cascade; what is sent twice does no harm.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), c.flags, func(in *instance) error { return c.run(cmd, in) })
		},
	}
	c.flags.add(cmd)
	p := cmd.Flags()
	p.StringVar(&c.library, "library", "", "library to tell of")
	p.StringSliceVar(&c.fields, "fields", nil, "elements to tell; none is told unless it is named")
	p.StringVar(&c.to, "to", "", "brokers of the other instance, as --kafka")
	p.StringVar(&c.topic, "topic", "", "topic of the other instance's feed")
	p.StringVar(&c.source, "source", "", "name of this instance, which that feed expects; default wuku/<name of the catalogue>")
	p.StringVar(&c.toSecure.user, "to-user", "", "user name there, for SASL")
	p.StringVar(&c.toSecure.passwordFile, "to-password-file", "", "file with that user's password")
	p.StringVar(&c.toSecure.mechanism, "to-sasl", "scram-sha-512", "plain, scram-sha-256 or scram-sha-512")
	p.StringVar(&c.toSecure.ca, "to-ca", "", "file with the certificate authorities of the brokers there (PEM)")
	p.StringVar(&c.toSecure.cert, "to-cert", "", "file with our certificate for there (PEM)")
	p.StringVar(&c.toSecure.key, "to-key", "", "file with its private key (PEM)")
	p.BoolVar(&c.follow, "follow", false, "go on with what changes; without it, end when all is told")
	return cmd
}

// cascade is one run of `wuku cascade`.
type cascade struct {
	flags
	library, to, topic, source string
	fields                     []string
	toSecure                   kafkaFlags
	follow                     bool
}

// cascadePage is how many events are read at once, cascadePause how long a follower waits when there are none.
const (
	cascadePage  = 5_000
	cascadePause = 2 * time.Second
)

func (c *cascade) run(cmd *cobra.Command, in *instance) error {
	if err := c.validate(in.current.Load().catalog); err != nil {
		return err
	}
	k, err := flags{kafka: c.to, secure: c.toSecure}.kafkaOf()
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	p := ingest.NewPublisher(k, kafka.Lz4)
	told, err := c.loop(cmd.Context(), in, p)
	if err = errors.Join(err, p.Close()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d entities told to %s\n", told, c.topic)
	return nil
}

func (c *cascade) validate(cat *catalog.Catalog) error {
	lib := cat.Library(c.library)
	switch {
	case lib == nil:
		return fmt.Errorf("--library %q: the catalogue has no such library", c.library)
	case c.to == "" || c.topic == "":
		return errors.New("name the other instance: --to host:port,… and --topic src.<department>.<feed>")
	case len(c.fields) == 0:
		return errors.New("name the elements to tell: --fields name,…")
	}
	for _, f := range c.fields {
		if lib.Element(f) == nil {
			return fmt.Errorf("--fields: library %s has no element %q", c.library, f)
		}
	}
	if c.source == "" {
		c.source = "wuku/" + cat.Name
	}
	return nil
}

func (c *cascade) loop(ctx context.Context, in *instance, p *ingest.Publisher) (told int, err error) {
	path := in.path("cascade", c.library+"-"+strings.NewReplacer("/", "_", ":", "_").Replace(c.topic)+".json")
	m, err := readCascade(path)
	if err != nil {
		return 0, err
	}
	if !slices.Equal(m.Fields, c.fields) || m.To != c.to { // other elements: everything is told again
		m = cascadeMark{To: c.to, Fields: c.fields}
	}
	for {
		list, reached, err := c.page(ctx, in, m.Sequence)
		if err != nil {
			return told, err
		}
		if len(list) > 0 {
			if err := p.Share(ctx, c.topic, c.source, list); err != nil {
				return told, err
			}
			told, m.Sequence = told+len(list), reached
			if err := m.write(path); err != nil {
				return told, err
			}
			continue
		}
		if !c.follow {
			return told, nil
		}
		select {
		case <-ctx.Done():
			return told, nil
		case <-time.After(cascadePause):
		}
	}
}

// page reads the next events and what the library says of their entities now, which may be newer than the events: then the same comes
// again with a greater sequence.
func (c *cascade) page(ctx context.Context, in *instance, after uint64) (list []ingest.Shared, reached uint64, err error) {
	err = in.store.Query(ctx, "query/shared_events", map[string]any{"Library": c.library, "After": after, "Limit": cascadePage}, func(scan func(...any) error) error {
		e := ingest.Shared{Library: c.library}
		var at int64
		err := scan(&e.Entity, &e.Sequence, &at, &reached)
		e.At = time.UnixMilli(at)
		list = append(list, e)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	entities, at := make([]string, len(list)), map[string]int{}
	for i, e := range list {
		entities[i], at[e.Entity] = e.Entity, i
	}
	err = in.store.Query(ctx, "query/shared_rows", map[string]any{"Library": c.library, "Fields": c.fields, "Entities": entities}, func(scan func(...any) error) error {
		var entity, row string
		err := scan(&entity, &row)
		if i, ok := at[entity]; ok {
			list[i].Data = []byte(row)
		}
		return err
	})
	return list, reached, err
}

// cascadeMark is how far one cascade came.
type cascadeMark struct {
	To       string   `json:"to"`
	Fields   []string `json:"fields"`
	Sequence uint64   `json:"sequence"`
}

func readCascade(path string) (m cascadeMark, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%s: %w: move it away to tell everything again", path, err)
	}
	return m, nil
}

func (m cascadeMark) write(path string) error {
	b, err := json.Marshal(m, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
