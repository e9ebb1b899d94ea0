package access

import (
	"context"
	"crypto"
	"time"

	"wuku/serve/signed"
	"wuku/trust"
)

// IssueSigner lets who holds the private key of a public one (PEM) call as a principal (its ID is set here), by signing its calls. It ends as
// a key does.
func (b *Book) IssueSigner(ctx context.Context, by, p trust.Principal, expires time.Time, certificate, public string) (trust.Principal, error) {
	kept, err := signed.ParsePEM([]byte(public))
	if err != nil {
		return p, &Refused{BadPublicKey}
	}
	_, p.ID, _ = b.pepper.NewKey()
	return p, b.add(ctx, by, KeyIssued, p.ID, Key{Principal: p, Signer: kept, Expires: expires, Certificate: certificate})
}

// Signer returns for whom a public key signs, and the key itself; trust.ErrKey, or ErrStale. certificate is as in Authenticate.
func (b *Book) Signer(ctx context.Context, id, certificate string) (trust.Principal, crypto.PublicKey, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return trust.Principal{}, nil, err
	}
	k, there := f.Keys[id]
	if !there || k.Signer == "" || !f.usable(k, certificate, b.now()) {
		return trust.Principal{}, nil, trust.ErrKey
	}
	public, err := signed.ParseKept(k.Signer)
	if err != nil {
		return trust.Principal{}, nil, trust.ErrKey
	}
	return k.Principal, public, nil
}
