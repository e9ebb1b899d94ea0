package serve

import (
	"context"
	"net/http"
	"time"

	"wuku/serve/ogc"
	"wuku/space"
)

// Bounds of what anybody may ask without a key: how many such questions are before the engine at once, how long one may take, and how
// long its answer may take to be fetched.
const (
	openSlots  = 8
	openFor    = 10 * time.Second
	fetchedFor = time.Minute
)

// openReads are the places at the engine for those without a key.
type openReads chan struct{}

// enter waits for a place and returns the context within which the engine must answer. leave gives the place back.
func (o openReads) enter(ctx context.Context) (within context.Context, leave func(), err error) {
	within, cancel := context.WithTimeout(ctx, openFor)
	select {
	case o <- struct{}{}:
		return within, func() { <-o; cancel() }, nil
	case <-within.Done():
		cancel()
		return nil, nil, within.Err()
	}
}

// boundedSource is a source of open places whose questions to the engine take a place each, though not while an answer is fetched.
type boundedSource struct {
	ogc.Source
	open openReads
}

// Collections implements ogc.Source.
func (b boundedSource) Collections(ctx context.Context) ([]space.Collection, error) {
	ctx, leave, err := b.open.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return b.Source.Collections(ctx)
}

// Features implements ogc.Source.
func (b boundedSource) Features(ctx context.Context, c *space.Collection, q space.FeatureQuery) ([]space.Feature, uint64, error) {
	ctx, leave, err := b.open.enter(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	return b.Source.Features(ctx, c, q)
}

// Tile implements ogc.Source.
func (b boundedSource) Tile(ctx context.Context, c *space.Collection, z, x, y uint32) ([]byte, error) {
	ctx, leave, err := b.open.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return b.Source.Tile(ctx, c, z, x, y)
}

// bounded asks the engine at one of the places for open questions.
func bounded[T any](ctx context.Context, s *Server, x *exchange, ask func(context.Context) (T, error)) (answer T, err error) {
	ctx, leave, err := s.open.enter(ctx)
	if err != nil {
		return answer, problem(x.lang, codeRate)
	}
	defer leave()
	return ask(ctx)
}

// slowReaders ends the connection of a caller without a key who does not fetch the answer. Callers with a key may fetch a long export; a
// deadline stays with the connection, so theirs is taken away.
func slowReaders(w http.ResponseWriter, known bool) {
	until := time.Time{}
	if !known {
		until = time.Now().Add(fetchedFor)
	}
	_ = http.NewResponseController(w).SetWriteDeadline(until) // what has no connection, such as a test's recorder, has no slow reader
}
