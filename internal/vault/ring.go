package vault

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"danvan/internal/fault"
)

// KeyFile is the name, in the data directory, of the installation's key: one key a line in hex, the present one first,
// earlier ones after it while case keys may still be sealed by them.
const KeyFile = "vault.key"

// ring is the keys of the file. The file is read again when a key is asked for that is not known yet, so that a running
// server follows a rotation.
type ring struct {
	path string
	mu   sync.Mutex
	keys []master
}

// master is one key of the file with its fingerprint.
type master struct {
	name string
	raw  []byte
	aead cipher.AEAD
}

func (m master) wrap(id int64, raw []byte) []byte { return m.aead.Seal(nil, nil, raw, caseName(id)) }

func newMaster(raw []byte) (master, error) {
	a, err := aead(raw)
	sum := sha256.Sum256(append([]byte("danvan/vault/fingerprint/"), raw...))
	return master{name: hex.EncodeToString(sum[:8]), raw: raw, aead: a}, err
}

// openRing reads the file, and makes it where nothing is sealed yet.
func openRing(dir string, sealed bool) (*ring, error) {
	r := &ring{path: filepath.Join(dir, KeyFile)}
	_, err := os.Stat(r.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && sealed:
		return nil, fault.Wrap(err, fault.Denied, "Thiếu tệp khóa vault.key trong thư mục dữ liệu, trong khi cơ sở dữ liệu có nội dung đơn thư đã niêm phong. Hãy chép vault.key từ bản sao lưu khóa vào thư mục dữ liệu rồi khởi động lại; mất khóa này là mất nội dung.")
	case errors.Is(err, fs.ErrNotExist):
		m, err := newMaster(random())
		if err == nil {
			err = r.write([]master{m}, false)
		}
		if err != nil {
			return nil, fault.Wrap(fmt.Errorf("make %s: %w", r.path, err), fault.Unavailable, "Không tạo được khóa niêm phong đơn thư (vault.key) trong thư mục dữ liệu. Hãy kiểm tra quyền ghi của thư mục.")
		}
	}
	return r, r.load()
}

func (r *ring) load() error {
	text, err := os.ReadFile(r.path)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "Không đọc được khóa niêm phong đơn thư (vault.key). Hãy kiểm tra quyền đọc, hoặc chép lại tệp từ bản sao lưu khóa.")
	}
	var keys []master
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		raw, err := hex.DecodeString(line)
		if err != nil || len(raw) != 32 {
			return broken()
		}
		m, err := newMaster(raw)
		if err != nil {
			return err
		}
		keys = append(keys, m)
	}
	if len(keys) == 0 {
		return broken()
	}
	r.mu.Lock()
	r.keys = keys
	r.mu.Unlock()
	return nil
}

func broken() error {
	return fault.New(fault.Unavailable, "Tệp khóa vault.key bị hỏng. Hãy chép lại tệp từ bản sao lưu khóa, rồi khởi động lại.")
}

func (r *ring) current() master {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys[0]
}

func (r *ring) known(name string) (master, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.keys {
		if k.name == name {
			return k, true
		}
	}
	return master{}, false
}

func (r *ring) has(name string) bool { _, ok := r.known(name); return ok }

func (r *ring) find(name string) (master, error) {
	if k, ok := r.known(name); ok {
		return k, nil
	}
	if err := r.load(); err != nil {
		return master{}, err
	}
	if k, ok := r.known(name); ok {
		return k, nil
	}
	return master{}, fault.Wrap(fmt.Errorf("no key %s in %s", name, KeyFile), fault.Unavailable,
		"Không có khóa mở nội dung của hồ sơ này trong vault.key. Hãy báo người quản trị khôi phục tệp khóa từ bản sao lưu.")
}

// write puts the keys into the file, whole or not at all and durably. A file that is there already stays unless it is
// to be replaced: two processes may start at once.
func (r *ring) write(keys []master, replace bool) error {
	dir := filepath.Dir(r.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, KeyFile+".*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	for _, k := range keys {
		if err == nil {
			_, err = f.WriteString(hex.EncodeToString(k.raw) + "\n")
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if replace {
		err = os.Rename(f.Name(), r.path)
	} else if err = os.Link(f.Name(), r.path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
