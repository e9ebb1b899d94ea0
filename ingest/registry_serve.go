package ingest

import (
	"encoding/json/v2"
	"net/http"
	"strconv"
)

// Schemas answers as a schema registry does, by schemas that never change: for the demo's messages, and tests.
type Schemas map[uint32]string

// ServeHTTP answers GET /schemas/ids/{id}.
func (s Schemas) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /schemas/ids/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseUint(r.PathValue("id"), 10, 32)
		text, known := s[uint32(id)]
		answer := map[string]any{"schema": text}
		w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
		if err != nil || !known {
			answer = map[string]any{"error_code": 40403, "message": "Schema not found"}
			w.WriteHeader(http.StatusNotFound)
		}
		_ = json.MarshalWrite(w, answer) // who asked and went away asks again
	})
	mux.ServeHTTP(w, r)
}
