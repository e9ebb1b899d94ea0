package access

import (
	"context"
	"time"

	"wuku/trust"
)

// IssueAccount lets who signs in at an identity provider call as a principal (its ID is set here). The account is kept as a keyed hash of
// issuer and subject: who it is stands in no event. It ends as a key does.
func (b *Book) IssueAccount(ctx context.Context, by, p trust.Principal, expires time.Time, issuer, subject, certificate string) (trust.Principal, error) {
	_, p.ID, _ = b.pepper.NewKey()
	k := Key{Principal: p, Account: b.account(issuer, subject), Expires: expires, Certificate: certificate}
	return p, b.add(ctx, by, KeyIssued, p.ID, k)
}

func (b *Book) account(issuer, subject string) string {
	return b.pepper.Seal("account", issuer, subject)
}

// Account returns for whom a subject of an identity provider acts, trust.ErrKey, or ErrStale. That the provider says so was checked.
func (b *Book) Account(ctx context.Context, issuer, subject, certificate string) (trust.Principal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return trust.Principal{}, err
	}
	for _, k := range f.Keys {
		if k.Account != "" && k.Account == b.account(issuer, subject) && f.usable(k, certificate, b.now()) {
			return k.Principal, nil
		}
	}
	return trust.Principal{}, trust.ErrKey
}

// Still returns for whom an account acts that has signed in before; trust.ErrKey when it has ended since.
func (b *Book) Still(ctx context.Context, id, certificate string) (trust.Principal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return trust.Principal{}, err
	}
	if k, there := f.Keys[id]; there && k.Account != "" && f.usable(k, certificate, b.now()) {
		return k.Principal, nil
	}
	return trust.Principal{}, trust.ErrKey
}

// usable reports whether a key or an account is good over a connection with this client certificate, "" for none: one that is bound to a
// certificate is good with no other, and a certificate to which one is bound carries none of another client.
func (f *Folded) usable(k Key, certificate string, now time.Time) bool {
	if k.Certificate != certificate && (k.Certificate != "" || f.bound(certificate, k.Client)) {
		return false
	}
	return !k.Ended(now)
}
