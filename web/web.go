// Package web is what browsers load: the console's frame in console/ and its source in src/, the frame of the API documents in docs/, and
// in dist/ what build.mjs makes of pinned packages: the bundled console, the map, the viewer of the documents. console/, docs/ and dist/
// are embedded; no page loads anything from elsewhere.
package web

import (
	"embed"
	"io/fs"
)

//go:embed console docs all:dist
var files embed.FS

// Console is the console: index.html and what it loads.
func Console() fs.FS { return both{sub("console"), sub("dist/app")} }

// Docs is the page of the API documents with its viewer.
func Docs() fs.FS { return both{sub("docs"), sub("dist")} }

func sub(dir string) fs.FS {
	s, err := fs.Sub(files, dir)
	if err != nil {
		return files // cannot be: the names are constant and valid
	}
	return s
}

// both looks in one tree, then in the other.
type both struct{ first, second fs.FS }

// Open opens a file of the first tree, or of the second.
func (b both) Open(name string) (fs.File, error) {
	if f, err := b.first.Open(name); err == nil {
		return f, nil
	}
	return b.second.Open(name)
}
