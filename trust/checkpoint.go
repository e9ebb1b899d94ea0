package trust

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// origin is the first line of every checkpoint and the name of its key.
const origin = "wuku/audit"

// Checkpoint is a signed statement that the log had this size and root at this time. 检查点
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	Time time.Time
	Note []byte // the signed note itself, for others to check
}

// sign makes a checkpoint of the form of C2SP tlog-checkpoint, with the time as its one extension line.
func sign(signer note.Signer, size int64, root tlog.Hash, at time.Time) (Checkpoint, error) {
	at = at.UTC().Truncate(time.Millisecond)
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", origin, size, root, at.Format(time.RFC3339Nano))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign checkpoint of size %d: %w", size, err)
	}
	return Checkpoint{Size: size, Root: root, Time: at, Note: signed}, nil
}

// ParseCheckpoint checks the signature of a checkpoint and reads it.
func ParseCheckpoint(signed []byte, verifier note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 || lines[0] != origin {
		return Checkpoint{}, errors.New("checkpoint: want the lines origin, size, root and time")
	}
	c := Checkpoint{Note: signed}
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 {
		return Checkpoint{}, errors.New("checkpoint: the size is no number")
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: root: %w", err)
	}
	if c.Time, err = time.Parse(time.RFC3339Nano, lines[3]); err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: time: %w", err)
	}
	return c, nil
}

// signingKey reads the log's private key, making it at the first call, and leaves its public half beside the log.
func signingKey(dir string) (note.Signer, note.Verifier, error) {
	private, public := filepath.Join(dir, "audit.key"), filepath.Join(dir, "audit", "verifier")
	text, err := os.ReadFile(private)
	if errors.Is(err, fs.ErrNotExist) {
		if _, kept := os.Stat(public); kept == nil {
			return nil, nil, fmt.Errorf("audit: %s is missing but the log has been signed: restore it from the backup", private)
		}
		secret, verifier, err := note.GenerateKey(rand.Reader, origin)
		if err != nil {
			return nil, nil, fmt.Errorf("audit: make a key: %w", err)
		}
		if err := errors.Join(writeFile(public, []byte(verifier+"\n"), 0o644), writeFile(private, []byte(secret+"\n"), 0o600)); err != nil {
			return nil, nil, err
		}
		text = []byte(secret)
	} else if err != nil {
		return nil, nil, fmt.Errorf("audit: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, nil, fmt.Errorf("audit: %s is no signing key: restore it from the backup", private)
	}
	verifier, err := readVerifier(dir)
	return signer, verifier, err
}

func readVerifier(dir string) (note.Verifier, error) {
	path := filepath.Join(dir, "audit", "verifier")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("audit: %s is no public key: %w", path, err)
	}
	return v, nil
}

// writeFile replaces a file in one step, so that a crash leaves the old or the new content.
func writeFile(path string, content []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
