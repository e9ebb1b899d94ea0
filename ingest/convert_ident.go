package ingest

import (
	"bytes"

	"wuku/entity"
)

// normalise checks an identifier of a scheme and appends its normal form to dst.
func normalise(scheme string, dst, raw []byte) ([]byte, *entity.Fault) {
	if len(raw) > 64 || hasControl(raw) {
		return dst, &entity.Fault{Code: scheme + ".form", Message: "it has not the form of the scheme"}
	}
	return append(dst, bytes.ToUpper(raw)...), nil
}
