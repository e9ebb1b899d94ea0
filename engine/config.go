package engine

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"text/template"
)

// The users of the embedded engine.
const (
	// UserOwner is the program's own user: all rights, generated password.
	UserOwner = "wuku"
	// UserReader reads base.* only: generated password.
	UserReader = "reader"
	// UserPlanner reads open.* only: no password, loopback only.
	UserPlanner = "planner"
)

// Config says how to start an engine. Only Dir is required.
type Config struct {
	// Dir is the engine's own directory, made when missing (mode 0700). One process at a time may have it.
	Dir string
	// TCPPort and HTTPPort are the loopback ports of the native protocol and of HTTP. 0 picks a free port, and keeps it
	// over the restarts of a Supervisor.
	TCPPort, HTTPPort int
	// MemoryLimit is the most memory in bytes that the server's queries, merges and caches may use together; 0 means 4 GiB.
	MemoryLimit int64
	// Durable makes an acknowledged insert survive a power cut, at some milliseconds an insert; without it an
	// acknowledged insert survives the death of any process, not of the machine.
	Durable bool
	// Password is the password of the user "wuku"; "" keeps the one in Dir/engine.json or generates one. The shards of a
	// cluster must share it.
	Password string
	// Shards lists the native addresses (host:port) of all shards, itself included, of the cluster "wuku"; nil for none.
	Shards []string
	// Shard is this engine's place in Shards, counted from 1: the macro {shard}.
	Shard int
	// Log receives what the child says; nil discards it.
	Log io.Writer
}

// Secrets is the content of Dir/engine.json (mode 0600): how to reach the engine in Dir and as whom.
type Secrets struct {
	Native         string `json:"native"` // host:port of the native protocol
	HTTP           string `json:"http"`   // host:port of HTTP
	Password       string `json:"password"`
	ReaderPassword string `json:"reader_password"`
}

// ReadSecrets reads Dir/engine.json, for a command that looks at a running engine.
func ReadSecrets(dir string) (Secrets, error) {
	var s Secrets
	b, err := os.ReadFile(filepath.Join(dir, "engine.json"))
	if err != nil {
		return s, fmt.Errorf("engine: %w; has an engine ever been started with this directory?", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("engine: %s: %w", filepath.Join(dir, "engine.json"), err)
	}
	return s, nil
}

//go:embed config.xml.tmpl
var serverTemplate string

//go:embed users.xml.tmpl
var usersTemplate string

// shadowFile is a function of the name "file" that only fails. libchdb is clickhouse-local inside, which lets every user's
// SELECT file('…') read any file of the process, its own data and our passwords included, whatever the grants say. A
// function that the server finds in its directory of user-defined ones takes the built-in one's place in every query.
// checkWalls proves it at each start.
//
//go:embed function_file.sql
var shadowFile []byte

// settings is what the two templates are filled from.
type settings struct {
	Secrets
	TCPPort, HTTPPort          int
	Shard                      int
	Durable                    bool
	DataDir, UsersFile         string
	Memory                     int64
	QueryMemory, OutsideMemory int64
	Threads                    int
	Shards                     []address
}

type address struct{ Host, Port string }

// prepare writes everything the child reads (mode 0600) and returns the secrets and the path of the server's file.
func prepare(cfg Config) (Secrets, string, error) {
	sec, err := secrets(cfg)
	if err != nil {
		return sec, "", err
	}
	memory := cfg.MemoryLimit
	if memory == 0 {
		memory = 4 << 30
	}
	s := settings{
		Secrets: sec, TCPPort: cfg.TCPPort, HTTPPort: cfg.HTTPPort, Shard: cfg.Shard, Durable: cfg.Durable,
		DataDir: filepath.Join(cfg.Dir, "data"), UsersFile: filepath.Join(cfg.Dir, "users.xml"),
		Memory: memory, QueryMemory: memory * 3 / 4, OutsideMemory: memory / 4,
		Threads: runtime.NumCPU(),
	}
	for _, a := range cfg.Shards {
		host, port, err := net.SplitHostPort(a)
		if err != nil {
			return sec, "", fmt.Errorf("engine: shard %q: %w; want host:port", a, err)
		}
		s.Shards = append(s.Shards, address{host, port})
	}
	for _, sub := range []string{"data", "data/tmp", "data/user_defined"} {
		if err := os.MkdirAll(filepath.Join(cfg.Dir, sub), 0o700); err != nil {
			return sec, "", fmt.Errorf("engine: %w", err)
		}
	}
	server := filepath.Join(cfg.Dir, "server.xml")
	return sec, server, errors.Join(
		writePrivate(filepath.Join(s.DataDir, "user_defined", "function_file.sql"), shadowFile),
		render(usersTemplate, s.UsersFile, s),
		render(serverTemplate, server, s))
}

// secrets returns the passwords kept in Dir, or new ones, and keeps them there with the ports of this start.
func secrets(cfg Config) (Secrets, error) {
	s, err := ReadSecrets(cfg.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	if cfg.Password != "" {
		s.Password = cfg.Password
	}
	if s.Password == "" {
		s.Password = rand.Text()
	}
	if s.ReaderPassword == "" {
		s.ReaderPassword = rand.Text()
	}
	s.Native = fmt.Sprintf("127.0.0.1:%d", cfg.TCPPort)
	s.HTTP = fmt.Sprintf("127.0.0.1:%d", cfg.HTTPPort)
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return s, fmt.Errorf("engine: %w", err)
	}
	return s, writePrivate(filepath.Join(cfg.Dir, "engine.json"), append(b, '\n'))
}

// render fills a template into a private file.
func render(text, path string, s settings) error {
	t, err := template.New(filepath.Base(path)).Funcs(template.FuncMap{
		"x":      escapeXML,
		"sha256": func(v string) string { sum := sha256.Sum256([]byte(v)); return hex.EncodeToString(sum[:]) },
	}).Parse(text)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, s); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return writePrivate(path, b.Bytes())
}

func escapeXML(v string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(v))
	return b.String(), err
}

// writePrivate replaces a file in one step, readable by its owner only.
func writePrivate(path string, content []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, content, 0o600); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}
