package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// shBlock is a block of shell commands in a document.
var shBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestDocumentedCommands wants every `wuku` command that README and docs show to exist, with its flags and as many arguments as it
// takes. Nothing is run.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, file := range append(files, "../../README.md", "../../README.zh.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range shBlock.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.Lines(block[1]) {
				words := commandIn(t, line)
				if words == nil {
					continue
				}
				shown++
				if err := parses(words); err != nil {
					t.Errorf("%s: %q: %v", filepath.Base(file), strings.TrimSpace(line), err)
				}
			}
		}
	}
	if shown == 0 {
		t.Error("no command found: this test looks in the wrong place")
	}
}

// parses goes as far as cobra does before it runs a command.
func parses(words []string) error {
	cmd, rest, err := root().Find(words)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if !cmd.Runnable() {
		return cobra.NoArgs(cmd, cmd.Flags().Args())
	}
	if err := cmd.ValidateRequiredFlags(); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// commandIn returns the words behind `wuku` or `bin/wuku` at a line's beginning or behind a pipe, or nil.
func commandIn(t *testing.T, line string) []string {
	t.Helper()
	words := split(line)
	for i, w := range words {
		if (w == "wuku" || w == "bin/wuku") && (i == 0 || words[i-1] == "|") {
			return words[i+1:]
		}
	}
	if strings.Contains(line, "wuku ") {
		t.Errorf("%q names wuku where this test does not see a command", strings.TrimSpace(line))
	}
	return nil
}

// split cuts a line into words as a shell does for what the documents use: quotes, no escapes, no expansion.
func split(line string) []string {
	var words []string
	var word strings.Builder
	open, quote := false, rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			open, quote = true, r
		case r == ' ' || r == '\n' || r == '\t':
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		case r == '#' && !open:
			return words
		default:
			open = true
			word.WriteRune(r)
		}
	}
	if open {
		words = append(words, word.String())
	}
	return words
}
