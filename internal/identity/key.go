package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"danvan/internal/fault"
)

// KeyFile is the name, in the data directory, of the key that seals second factors and hides network addresses. It
// stands outside the database, so that a copy of the database alone gives neither.
const KeyFile = "identity.key"

// Key makes one key for each use from the one in the file.
type Key struct{ root []byte }

// NewKey makes a key of random bits that is kept nowhere.
func NewKey() Key {
	root := make([]byte, 32)
	_, _ = rand.Read(root) // never fails
	return Key{root}
}

// OpenKey reads the key of the data directory, and makes one at first use, readable by its owner alone.
func OpenKey(dir string) (Key, error) {
	path := filepath.Join(dir, KeyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(dir, path); err != nil {
			return Key{}, fault.Wrap(fmt.Errorf("make %s: %w", path, err), fault.Unavailable, "Không tạo được khóa đăng nhập (identity.key) trong thư mục dữ liệu. Hãy kiểm tra quyền ghi của thư mục.")
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return Key{}, fault.Wrap(fmt.Errorf("read %s: %w", path, err), fault.Unavailable, "Không đọc được khóa đăng nhập (identity.key). Hãy kiểm tra quyền đọc, hoặc khôi phục tệp từ bản sao lưu.")
	}
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(root) != 32 {
		return Key{}, fault.New(fault.Unavailable, "Tệp khóa đăng nhập (identity.key) bị hỏng. Hãy khôi phục từ bản sao lưu của thư mục dữ liệu.")
	}
	return Key{root}, nil
}

// makeKey writes a key whole or not at all; where another process was first, its key stays.
func makeKey(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, KeyFile+".*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(NewKey().root) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// part is the key for one use.
func (k Key) part(use string) []byte {
	out, err := hkdf.Expand(sha256.New, k.root, "danvan/identity/"+use, 32)
	if err != nil { // only for lengths that are not asked for
		panic(err)
	}
	return out
}

// hide is a keyed hash: the same text gives the same, and nobody without the key can try texts.
func (k Key) hide(use, text string) []byte {
	h := hmac.New(sha256.New, k.part(use))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Seal encrypts and authenticates for one use.
func (k Key) Seal(use string, plain []byte) []byte {
	return k.aead(use).Seal(nil, nil, plain, nil)
}

var errSeal = errors.New("sealed text does not open with this key")

// Unseal opens what Seal made for the same use.
func (k Key) Unseal(use string, sealed []byte) ([]byte, error) {
	plain, err := k.aead(use).Open(nil, nil, sealed, nil)
	if err != nil {
		return nil, errSeal
	}
	return plain, nil
}

func (k Key) aead(use string) cipher.AEAD {
	block, err := aes.NewCipher(k.part("seal/" + use))
	if err != nil { // a key of 32 bytes always fits
		panic(err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return a
}

// Seal and Unseal with the store's key, for what a browser carries in a cookie for a moment.
func (s *Store) Seal(use string, plain []byte) []byte { return s.key.Seal("cookie/"+use, plain) }

// Unseal opens what Seal made.
func (s *Store) Unseal(use string, sealed []byte) ([]byte, error) {
	return s.key.Unseal("cookie/"+use, sealed)
}
