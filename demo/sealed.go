package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"danvan/internal/sealed"
)

// testHolders are the accounts of the demo whose keys everybody can make anew: TEST keys, never for real identities.
var testHolders = []string{"giukhoa", "baomat", "giukhoa.tt", "baomat.tt"}

// KeyFileOf is the name, in the data directory, of the TEST key of an account. Its passphrase is Password.
func KeyFileOf(login string) string { return "TEST-khoa-" + login + ".age.txt" }

// KeyFiles are the names of the TEST key files, for people.
func KeyFiles() string {
	var out []string
	for _, login := range testHolders {
		out = append(out, KeyFileOf(login))
	}
	return strings.Join(out, ", ")
}

// WriteTestKeys writes the key files that are missing into the data directory, as their holders would have them.
func WriteTestKeys(dir string) error {
	for _, login := range testHolders {
		path := filepath.Join(dir, KeyFileOf(login))
		if _, err := os.Stat(path); err == nil {
			continue
		}
		key, err := sealed.TestKey(login)
		if err != nil {
			return err
		}
		text, err := sealed.KeyFile(key, Password)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("write test key of %s: %w", login, err)
		}
	}
	return nil
}
