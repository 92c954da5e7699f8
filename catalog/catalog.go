// Package catalog carries the regulation as data into the program: the folders beside this file. How they are
// written is in docs/catalog.md; package danvan/internal/catalog reads them.
package catalog // import "danvan/catalog"

import "embed"

//go:generate go run ../internal/catalog/prepare .

// FS is the catalogue's folders: base, later editions, overlay, and in bundle the editions prepared from them,
// so that a program starts without reading YAML.
//
//go:embed *
var FS embed.FS
