// Command prepare writes the prepared editions of the catalogue's folder, as `danvan catalog bundle` does, without building the
// whole program: a change of the catalogue is tried in seconds.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"danvan/internal/catalog"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "prepare FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string) error {
	files, err := catalog.Prepare(os.DirFS(dir))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "bundle"), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
