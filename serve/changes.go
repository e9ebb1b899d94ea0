package serve

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"wuku/serve/access"
)

type changesInput struct {
	Library string `path:"library" maxLength:"40" doc:"person, organisation, certificate, credit or place"`
	After   uint64 `query:"after" doc:"The number of the last event that you have; 0 from the beginning"`
	Limit   int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
	Purpose string `header:"Wuku-Purpose" maxLength:"100" doc:"What for"`
	Grant   string `header:"Wuku-Grant" maxLength:"100"`
	Case    string `header:"Wuku-Case" maxLength:"100"`
}

// ChangesPage is a page of the change feed. Numbers are dense: a gap means a lost page, never a lost event. 变更
type ChangesPage struct {
	Library string       `json:"library"`
	Events  []CloudEvent `json:"events" nullable:"false"`
	Next    uint64       `json:"next" doc:"Send it as after to read on"`
	Head    uint64       `json:"head" doc:"Number of the last event there is"`
}

// CloudEvent is an event in the JSON form of CloudEvents 1.0. It holds no value: look the entity up.
type CloudEvent struct {
	SpecVersion string      `json:"specversion"`
	ID          string      `json:"id" doc:"library/number: a repeat has the same"`
	Source      string      `json:"source"`
	Type        string      `json:"type" doc:"wuku.<library>.created, updated, removed, merged or split"`
	Subject     string      `json:"subject" doc:"The entity's id"`
	Time        string      `json:"time"`
	ContentType string      `json:"datacontenttype"`
	Data        ChangedData `json:"data"`
}

// ChangedData is what changed.
type ChangedData struct {
	Elements []string `json:"elements" nullable:"false"`
	Other    string   `json:"other,omitempty" doc:"merged: into which entity; split: from which"`
}

func (s *Server) changeRoutes() {
	register(s, operation{id: "changes", method: http.MethodGet, path: "/api/v1/changes/{library}", kind: access.Changes, tag: "base libraries",
		summary: "Changes of a library 变更", text: "CloudEvents in the order of their numbers, of finished cycles only."}, s.changes)
}

func (s *Server) changes(ctx context.Context, x *exchange, in *changesInput) (*ChangesPage, error) {
	if s.current().catalog.Library(in.Library) == nil {
		return nil, problem(x.lang, codeNotFound)
	}
	d, err := s.decide(x, access.Call{Operation: access.Changes, Library: in.Library, Grant: in.Grant, Purpose: in.Purpose, Case: in.Case})
	if err != nil {
		return nil, err
	}
	events, head, err := s.reads.Changes(ctx, d, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := &ChangesPage{Library: in.Library, Events: []CloudEvent{}, Next: in.After, Head: head}
	for _, e := range events {
		data := ChangedData{Elements: append([]string{}, e.Elements...)}
		if e.Other != uuid.Nil {
			data.Other = e.Other.String()
		}
		page.Events = append(page.Events, CloudEvent{SpecVersion: "1.0", ID: in.Library + "/" + strconv.FormatUint(e.Seq, 10),
			Source: "/api/v1/changes/" + in.Library, Type: "wuku." + in.Library + "." + e.Kind, Subject: e.Entity.String(),
			Time: e.At.UTC().Format(time.RFC3339Nano), ContentType: "application/json", Data: data})
		page.Next = e.Seq
	}
	x.leaf.Count = len(page.Events)
	return page, nil
}
