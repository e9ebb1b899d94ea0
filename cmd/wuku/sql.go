package main

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wuku/engine"
	"wuku/store"
)

func sqlCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   `sql "SELECT …"`,
		Short: "query the base libraries as the read-only user: base.person, base.organisation, base.certificate, base.credit, base.place",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error { return in.query(cmd, args[0], asJSON) })
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a row")
	return cmd
}

func (in *instance) query(cmd *cobra.Command, statement string, asJSON bool) error {
	o := store.Options{Address: []string{in.secrets.Native}, User: engine.UserReader, Password: in.secrets.ReaderPassword}
	if in.clickhouse != "" {
		var err error
		if o, err = clickhouseOf(in.clickhouse); err != nil {
			return err
		}
	}
	out := cmd.OutOrStdout()
	return store.ReadOnly(cmd.Context(), o, statement, func(columns []string) (func(row []any) error, func() error) {
		if asJSON {
			return jsonRows(out, columns)
		}
		return textRows(out, columns)
	})
}

func textRows(out io.Writer, columns []string) (func([]any) error, func() error) {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(columns, "\t"))
	return func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = strings.NewReplacer("\t", " ", "\n", " ").Replace(cellText(v))
		}
		_, err := fmt.Fprintln(w, strings.Join(cells, "\t"))
		return err
	}, w.Flush
}

func cellText(v any) string {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return "NULL"
		}
		r = r.Elem()
	}
	if !r.IsValid() {
		return "NULL"
	}
	return fmt.Sprint(r.Interface())
}

func jsonRows(out io.Writer, columns []string) (func([]any) error, func() error) {
	enc := jsontext.NewEncoder(out)
	return func(row []any) error {
		failed := []error{enc.WriteToken(jsontext.BeginObject)}
		for i, v := range row {
			failed = append(failed, enc.WriteToken(jsontext.String(columns[i])), writeValue(enc, v))
		}
		return errors.Join(append(failed, enc.WriteToken(jsontext.EndObject))...)
	}, func() error { return nil }
}

func writeValue(enc *jsontext.Encoder, v any) error {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return enc.WriteToken(jsontext.Null)
		}
		r = r.Elem()
	}
	if !r.IsValid() {
		return enc.WriteToken(jsontext.Null)
	}
	return json.MarshalEncode(enc, r.Interface())
}
