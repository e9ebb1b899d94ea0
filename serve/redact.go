package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// cause is what the log may say of an error. The engine's messages quote what they could not read, which may be a person's number: of
// those only code and name are kept, of errors of a kind that nobody has thought of only the kind.
func cause(err error) string {
	var engine *clickhouse.Exception
	var network *net.OpError
	var file *fs.PathError
	switch {
	case errors.As(err, &engine):
		return fmt.Sprintf("engine: code %d (%s)", engine.Code, engine.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return "took too long"
	case errors.Is(err, context.Canceled):
		return "the caller has gone"
	case errors.As(err, &network):
		return "network: " + network.Error()
	case errors.As(err, &file):
		return "file: " + file.Error()
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}
