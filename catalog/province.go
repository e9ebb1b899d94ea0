package catalog

import (
	"embed"
	"io/fs"
)

//go:embed all:province
var province embed.FS

// Province is the catalogue that ships with the program: the files of catalog/province. 省级目录
func Province() fs.FS {
	sub, err := fs.Sub(province, "province")
	if err != nil {
		return province // cannot be: the name is constant and valid
	}
	return sub
}
