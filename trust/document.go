package trust

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// documentOrigin is the first line of every signature of a document and the name of its key.
const documentOrigin = "wuku/document"

// SignDocument signs a document (a bulletin, for example) with the deployment's key for documents, DIR/document.key, which the first call
// makes; its public half is DIR/document.pub. The signature is a signed note of three lines: origin, name, SHA-256.
func SignDocument(dir, name string, content []byte) ([]byte, error) {
	private, public := filepath.Join(dir, "document.key"), filepath.Join(dir, "document.pub")
	text, err := os.ReadFile(private)
	if errors.Is(err, fs.ErrNotExist) {
		if _, kept := os.Stat(public); kept == nil {
			return nil, fmt.Errorf("documents: %s is missing but documents have been signed: restore it from the backup", private)
		}
		secret, verifier, err := note.GenerateKey(rand.Reader, documentOrigin)
		if err != nil {
			return nil, fmt.Errorf("documents: make a key: %w", err)
		}
		if err := errors.Join(writeFile(public, []byte(verifier+"\n"), 0o644), writeFile(private, []byte(secret+"\n"), 0o600)); err != nil {
			return nil, err
		}
		text = []byte(secret)
	} else if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("documents: %s is no signing key: restore it from the backup", private)
	}
	signed, err := note.Sign(&note.Note{Text: documentText(name, content)}, signer)
	if err != nil {
		return nil, fmt.Errorf("documents: sign %s: %w", name, err)
	}
	return signed, nil
}

func documentText(name string, content []byte) string {
	sum := sha256.Sum256(content)
	return documentOrigin + "\n" + name + "\n" + hex.EncodeToString(sum[:]) + "\n"
}

// VerifyDocument checks that a signature is that of a document under a public key, as DIR/document.pub holds it. It needs no instance.
func VerifyDocument(public, name string, content, signed []byte) error {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return fmt.Errorf("documents: no public key: %w", err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return fmt.Errorf("documents: signature of %s: %w", name, err)
	}
	if n.Text != documentText(name, content) {
		return fmt.Errorf("documents: %s is not the document that was signed: its name or its content differs", name)
	}
	return nil
}
