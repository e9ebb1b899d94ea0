package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
)

// settable are the flags that a configuration file and the environment may set: what an instance is, not what one call wants.
var settable = []string{"data", "kafka", "clickhouse", "catalog", "key-file", "registry", "verbose", "log", "http", "metrics", "library",
	"kafka-user", "kafka-password-file", "kafka-sasl", "kafka-tls", "kafka-ca", "kafka-cert", "kafka-key",
	"tls-cert", "tls-key", "client-ca", "issuer", "trust"}

// variable is the environment's name of a flag.
func variable(flag string) string {
	return "WUKU_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configure gives a command's flags their values from the environment and from the configuration file: a flag in the arguments wins
// over the environment, that over the file, that over the default.
func configure(cmd *cobra.Command, _ []string) error {
	file, named := os.Getenv("WUKU_CONFIG"), true
	if f := cmd.Flags().Lookup("config"); f != nil && f.Changed {
		file = f.Value.String()
	}
	if file == "" {
		file, named = "/etc/wuku/wuku.yaml", false
	}
	values, err := readConfig(file)
	if errors.Is(err, fs.ErrNotExist) && !named || errors.Is(err, fs.ErrPermission) && !named {
		err = nil // nobody asked for it
	}
	if err != nil {
		return err
	}
	for _, name := range settable {
		if v, ok := os.LookupEnv(variable(name)); ok {
			values[name] = []string{v}
		}
	}
	for _, name := range settable {
		f := cmd.Flags().Lookup(name)
		list, ok := values[name]
		if f == nil || f.Changed || !ok {
			continue
		}
		if _, several := f.Value.(many); name == "library" && !several {
			continue // there it says what one call looks at
		}
		if err := setFlag(f.Value, list); err != nil {
			return fmt.Errorf("%s in %s or in %s: %w", name, file, variable(name), err)
		}
	}
	return nil
}

// many is a flag that takes a list.
type many interface{ Replace([]string) error }

func setFlag(value interface{ Set(string) error }, list []string) error {
	if many, ok := value.(many); ok {
		var all []string
		for _, v := range list {
			all = append(all, strings.Split(v, ",")...)
		}
		return many.Replace(all)
	}
	if len(list) != 1 {
		return errors.New("want one value, not a list")
	}
	return value.Set(list[0])
}

// withPassword is an address with a password in it, on a line that is no comment.
var withPassword = regexp.MustCompile(`(?m)^[^#\n]*://[^/@\s:]+:[^/@\s]+@`)

// readConfig reads a YAML file of flags without their dashes, for example "http: 0.0.0.0:8080".
func readConfig(file string) (map[string][]string, error) {
	values := map[string][]string{}
	text, err := os.ReadFile(file)
	if err != nil {
		return values, fmt.Errorf("configuration: %w", err)
	}
	if st, err := os.Stat(file); err == nil && st.Mode().Perm()&0o004 != 0 && withPassword.Match(text) {
		return values, fmt.Errorf("configuration: %s holds a password and everybody may read it: chmod 640 %s", file, file)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return values, fmt.Errorf("configuration: %s: %w", file, err)
	}
	for name, v := range raw {
		if !slices.Contains(settable, name) {
			return values, fmt.Errorf("configuration: %s: %q is no setting; want some of %s", file, name, strings.Join(settable, ", "))
		}
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				values[name] = append(values[name], fmt.Sprint(one))
			}
		case map[string]any, nil:
			return values, fmt.Errorf("configuration: %s: %s: want a value or a list of values", file, name)
		default:
			values[name] = []string{fmt.Sprint(v)}
		}
	}
	return values, nil
}
