package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// KeyFile is the name, in the data folder, of the key that signs checkpoints.
const KeyFile = "audit.key"

// metaVerifier is where the database keeps the public half.
const metaVerifier = "audit_verifier"

// Key signs checkpoints (Ed25519).
type Key struct {
	signer   note.Signer
	verifier string
}

// Verifier is the public half, to be given to whoever will check.
func (k *Key) Verifier() string { return k.verifier }

// OpenKey reads the signing key from the data folder. At first use it makes
// one, readable by its owner alone, and writes the public half into the
// database. A database that knows another key is refused: signing with a new
// one silently would look just like a forgery.
func OpenKey(ctx context.Context, d *db.DB, dir string) (*Key, error) {
	known, err := db.Meta(ctx, d.Read(), metaVerifier)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, KeyFile)
	if known == "" {
		if err := makeKey(path); err != nil {
			return nil, fault.Wrap(fmt.Errorf("make %s: %w", path, err), fault.Unavailable,
				"Không tạo được khóa ký nhật ký trong thư mục dữ liệu. Hãy kiểm tra quyền ghi của thư mục.")
		}
	}
	key, err := readKey(path)
	if err != nil {
		return nil, fault.Wrap(fmt.Errorf("read %s: %w", path, err), fault.Unavailable,
			"Không đọc được khóa ký nhật ký (audit.key). Hãy khôi phục tệp này từ bản sao lưu của thư mục dữ liệu.")
	}
	if known == "" {
		known, err = introduce(ctx, d, key)
		if err != nil {
			return nil, err
		}
	}
	if known != key.verifier {
		return nil, fault.Wrap(errors.New("signing key is not the one the database knows"), fault.Denied,
			"Khóa ký nhật ký (audit.key) không phải của cơ sở dữ liệu này. Hãy khôi phục đúng tệp từ bản sao lưu.")
	}
	return key, nil
}

// introduce tells the database the public half, unless it has learnt another
// in the meantime.
func introduce(ctx context.Context, d *db.DB, key *Key) (known string, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`,
			metaVerifier, key.verifier)
		if err == nil {
			known, err = db.Meta(ctx, tx, metaVerifier)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("save public key of log: %w", err)
	}
	return known, nil
}

// makeKey writes a new key unless there is one. It is complete on the disk
// before it has its name.
func makeKey(path string) error {
	name := make([]byte, 4)
	rand.Read(name)
	secret, _, err := note.GenerateKey(rand.Reader, "danvan-"+hex.EncodeToString(name))
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), KeyFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(secret + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readKey(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	secret := string(bytes.TrimSpace(text))
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, errors.New("not a signing key") // the cause could quote the key
	}
	verifier, err := public(signer.Name(), secret)
	if err != nil {
		return nil, err
	}
	return &Key{signer: signer, verifier: verifier}, nil
}

// public computes the public half from the secret one, which reads
// PRIVATE+KEY+name+hash+base64(algorithm's byte, seed).
func public(name, secret string) (string, error) {
	fields := strings.SplitN(secret, "+", 5)
	if len(fields) != 5 {
		return "", errors.New("not a signing key")
	}
	seed, err := base64.StdEncoding.DecodeString(fields[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("not a signing key")
	}
	pub := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(name, pub)
}
