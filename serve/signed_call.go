package serve

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"wuku/serve/signed"
	"wuku/trust"
)

// When a signed call must have been made: clocks differ, and calls take a while.
const (
	signedAgo   = 5 * time.Minute
	signedAhead = time.Minute
)

// signedCall says for whom a signature of a request stands, and puts the content that it covers in the place of the one that came. Each
// step costs more than the one before, and only a good signature's nonce is remembered.
func (s *Server) signedCall(r *http.Request) (trust.Principal, error) {
	nobody := trust.Principal{}
	if r.Header.Get("Authorization") != "" {
		return nobody, &signed.Fault{Location: "Authorization", Code: signed.Several}
	}
	sig, err := signed.Read(r)
	if err != nil {
		return nobody, err
	}
	now := s.cfg.Now()
	switch {
	case sig.Created.Before(now.Add(-signedAgo)), sig.Created.After(now.Add(signedAhead)):
		return nobody, &signed.Fault{Location: "Signature-Input.created", Code: signed.Created}
	case !sig.Expires.IsZero() && !now.Before(sig.Expires):
		return nobody, &signed.Fault{Location: "Signature-Input.expires", Code: signed.Expired}
	}
	caller, key, err := s.cfg.Access.Signer(r.Context(), sig.KeyID, certificateOf(r))
	if errors.Is(err, trust.ErrKey) {
		return nobody, &signed.Fault{Location: "Signature", Code: signed.Wrong} // as if the key were another
	}
	if err != nil {
		return nobody, err
	}
	if err := sig.Verify(key); err != nil {
		return nobody, err
	}
	if sig.Digested() || r.ContentLength != 0 {
		if err := digested(r); err != nil {
			return nobody, err
		}
	}
	first, err := s.nonces.First(r.Context(), sig.KeyID, sig.Nonce, now, now.Add(signedAgo+signedAhead))
	if err == nil && !first {
		err = &signed.Fault{Location: "Signature-Input.nonce", Code: signed.Replayed}
	}
	return caller, err
}

// digested reads a request's content, holds it against its digest, and gives it back to be read.
func digested(r *http.Request) error {
	content, err := io.ReadAll(io.LimitReader(r.Body, maxFile+1))
	if err != nil {
		return &signed.Fault{Location: "Content-Digest", Code: signed.Malformed} // it did not come whole
	}
	if len(content) <= maxFile { // a longer one is too large for every operation
		if err := signed.Content(r, content); err != nil {
			return err
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(content))
	return nil
}
