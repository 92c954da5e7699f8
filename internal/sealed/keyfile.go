package sealed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"filippo.io/age"

	"danvan/internal/fault"
)

// ShortestPassphrase is how many characters a backup's passphrase has at least. Whoever steals the file can try
// passphrases for as long as he likes.
const ShortestPassphrase = 14

// workFactor is scrypt's, 2^17: about a second on a desk computer, and not too much for a phone.
const workFactor = 17

// NewKey makes a private key on this device.
func NewKey() (*age.X25519Identity, error) { return age.GenerateX25519Identity() }

// KeyFile writes a private key as its holder keeps it: an age file under a passphrase, as text. The browser writes
// the same.
func KeyFile(key *age.X25519Identity, passphrase string) (string, error) {
	if utf8.RuneCountInString(passphrase) < ShortestPassphrase {
		return "", fault.Newf(fault.Invalid, "Cụm mật khẩu phải dài ít nhất %d ký tự; nên dùng bốn, năm từ không liên quan.", ShortestPassphrase)
	}
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return "", fmt.Errorf("passphrase: %w", err)
	}
	r.SetWorkFactor(workFactor)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		return "", fmt.Errorf("encrypt key: %w", err)
	}
	if _, err := io.WriteString(w, "# public key: "+key.Recipient().String()+"\n"+key.String()+"\n"); err != nil {
		return "", fmt.Errorf("encrypt key: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("encrypt key: %w", err)
	}
	return Armor(b.Bytes()), nil
}

// OpenKeyFile reads a private key from its file.
func OpenKeyFile(text, passphrase string) (*age.X25519Identity, error) {
	file, err := Unarmor(text)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Đây không phải tệp khóa (BEGIN AGE ENCRYPTED FILE). Hãy chọn tệp khóa đã tải về khi tạo khóa.")
	}
	pass, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fault.Wrap(err, fault.Denied, "Hãy gõ cụm mật khẩu của tệp khóa.")
	}
	r, err := age.Decrypt(bytes.NewReader(file), pass)
	if err != nil {
		return nil, fault.Wrap(err, fault.Denied, "Cụm mật khẩu không đúng với tệp khóa này.")
	}
	found, err := age.ParseIdentities(r)
	if err != nil || len(found) != 1 {
		return nil, fault.New(fault.Invalid, "Tệp mở được nhưng bên trong không phải đúng một khóa age.")
	}
	key, ok := found[0].(*age.X25519Identity)
	if !ok {
		return nil, fault.New(fault.Invalid, "Khóa trong tệp không phải khóa age X25519.")
	}
	return key, nil
}

// Fingerprint is what two people compare by voice or on paper: the first half of the SHA-256 of the public key, in
// groups of four.
func Fingerprint(recipient string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(recipient)))
	text := strings.ToUpper(hex.EncodeToString(sum[:16]))
	var groups []string
	for ; text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, " ")
}

// testPrefix marks a key that is known to everybody: of the demo, never of an office.
const testPrefix = "danvan TEST key, never for real identities: "

// TestKey is a fixed key for a demo or a test, the same for the same name.
func TestKey(name string) (*age.X25519Identity, error) {
	secret := sha256.Sum256([]byte(testPrefix + name))
	return age.ParseX25519Identity(secretText(secret[:]))
}
