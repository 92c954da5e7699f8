package sealed

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"danvan/internal/fault"
)

// Sizes in bytes: of a whole record, and of the inner file that is left when a custodian has opened it. They hold for
// every record ever made, so that a size says nothing.
const (
	RecordSize = 16 << 10
	InnerSize  = 8 << 10
)

// MostKeys bounds how many custodians or officers one record is sealed to.
const MostKeys = 8

// What an age file with X25519 recipients adds to its content: for the file, and for each recipient.
const (
	fileOverhead = 22 + 48 + 16 + 16 // first line, MAC line, nonce, tag of the only chunk
	keyOverhead  = 54 + 44           // the two lines of a stanza
)

// What a record says about the identity.
const (
	Known = "identity" // it is in the record
	Paper = "paper"    // it is on paper only
	Empty = "none"     // nobody has put anything in
)

// Identity is who denounced, as it stands in a record. The code binds it to its case.
type Identity struct {
	V       int    `json:"v"`
	Code    string `json:"code"`
	Kind    string `json:"kind"` // Known, Paper, Empty
	Name    string `json:"name,omitempty"`
	Born    string `json:"born,omitempty"`
	Number  string `json:"number,omitempty"` // of the identity card
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Contact string `json:"contact,omitempty"` // how to reach him safely
	Note    string `json:"note,omitempty"`
}

// Seal makes a record: the identity, padded, for the officers, and that, padded, for the custodians. Recipients are
// written age1...
func Seal(id Identity, officers, custodians []string) ([]byte, error) {
	id.V = 1
	text, err := json.Marshal(id)
	if err != nil {
		return nil, fmt.Errorf("seal identity: %w", err)
	}
	inner, err := encrypt(text, ' ', InnerSize, officers)
	if err != nil {
		return nil, err
	}
	return Close(inner, custodians)
}

// Close puts the outer layer around an inner file.
func Close(inner []byte, custodians []string) ([]byte, error) {
	if err := checkFile(inner, InnerSize, 0); err != nil {
		return nil, err
	}
	return encrypt(inner, 0, RecordSize, custodians)
}

// encrypt pads content so that the age file has exactly size bytes.
func encrypt(content []byte, pad byte, size int, to []string) ([]byte, error) {
	room := size - fileOverhead - keyOverhead*len(to)
	switch {
	case len(to) == 0 || len(to) > MostKeys:
		return nil, fault.Newf(fault.Invalid, "Phải niêm phong cho từ 1 đến %d khóa ở mỗi nửa.", MostKeys)
	case len(content) > room:
		return nil, fault.Newf(fault.Invalid, "Nội dung dài hơn mức phong bì chứa được (%d byte). Hãy rút ngắn phần ghi chú.", room)
	}
	var recipients []age.Recipient
	for _, text := range to {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
		if err != nil {
			return nil, badRecipient(err)
		}
		recipients = append(recipients, r)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	padded := append(bytes.Clone(content), bytes.Repeat([]byte{pad}, room-len(content))...)
	if _, err := w.Write(padded); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if out.Len() != size {
		return nil, fmt.Errorf("age file of %d bytes where %d were meant", out.Len(), size)
	}
	return out.Bytes(), nil
}

// SealText closes a text or file for officers alone: what somebody sends to the confidential unit. It is padded to a
// multiple of step bytes, so that the size says little. Recipients are written age1...
func SealText(content []byte, step int, officers []string) ([]byte, error) {
	if len(officers) == 0 || len(officers) > MostKeys {
		return nil, fault.Newf(fault.Invalid, "Phải niêm phong cho từ 1 đến %d khóa của cán bộ bảo mật.", MostKeys)
	}
	var recipients []age.Recipient
	for _, text := range officers {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
		if err != nil {
			return nil, badRecipient(err)
		}
		recipients = append(recipients, r)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal text: %w", err)
	}
	framed := binary.BigEndian.AppendUint64(nil, uint64(len(content)))
	framed = append(framed, content...)
	framed = append(framed, make([]byte, (step-len(framed)%step)%step)...)
	if _, err := w.Write(framed); err != nil {
		return nil, fmt.Errorf("seal text: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal text: %w", err)
	}
	return out.Bytes(), nil
}

// OpenText reads what SealText closed.
func OpenText(file []byte, key age.Identity) ([]byte, error) {
	plain, err := decrypt(file, key)
	if err != nil {
		return nil, err
	}
	if len(plain) < 8 || binary.BigEndian.Uint64(plain) > uint64(len(plain)-8) {
		return nil, fault.New(fault.Invalid, "Tệp mở được nhưng bên trong không phải nội dung do danvan niêm phong.")
	}
	return plain[8 : 8+binary.BigEndian.Uint64(plain)], nil
}

// OpenOuter takes the custodian's layer off a record and gives the inner file.
func OpenOuter(record []byte, key age.Identity) ([]byte, error) {
	plain, err := decrypt(record, key)
	if err != nil {
		return nil, err
	}
	if len(plain) < InnerSize {
		return nil, fault.New(fault.Invalid, "Phong bì mở được nhưng bên trong không phải một phong bì của danvan.")
	}
	return plain[:InnerSize], nil
}

// OpenInner takes the officer's layer off an inner file and reads who it is. The code must be the case's own.
func OpenInner(inner []byte, key age.Identity, code string) (Identity, error) {
	plain, err := decrypt(inner, key)
	if err != nil {
		return Identity{}, err
	}
	var id Identity
	if err := json.Unmarshal(plain, &id); err != nil {
		return Identity{}, fault.Wrap(err, fault.Invalid, "Phong bì mở được nhưng nội dung không đọc được.")
	}
	if code != "" && id.Code != code {
		return Identity{}, fault.New(fault.Invalid, "Phong bì này của vụ việc "+id.Code+", không phải "+code+". Hãy báo ngay cho người kiểm toán sổ.")
	}
	return id, nil
}

func decrypt(file []byte, key age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(file), key)
	if none := new(age.NoIdentityMatchError); errors.As(err, &none) {
		return nil, fault.Wrap(err, fault.Denied, "Khóa này không mở được phong bì: phong bì được niêm phong cho khóa khác.")
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Phong bì hỏng hoặc không phải tệp age.")
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Phong bì hỏng: nội dung đã bị thay đổi.")
	}
	return plain, nil
}

// CheckRecord and CheckInner look at the shape of what a device sent: its size and that it is an age file for so many
// X25519 recipients. More cannot be seen without a key.
func CheckRecord(b []byte, custodians int) error { return checkFile(b, RecordSize, custodians) }
func CheckInner(b []byte, officers int) error    { return checkFile(b, InnerSize, officers) }

var badShape = fault.New(fault.Invalid, "Đây không phải phong bì đúng khuôn của danvan. Hãy niêm phong lại bằng trang này hoặc bằng lệnh danvan identity.")

func checkFile(b []byte, size, keys int) error {
	if len(b) != size {
		return badShape
	}
	head, _, ok := bytes.Cut(b, []byte("\n--- "))
	if !ok || len(head) > fileOverhead+keyOverhead*MostKeys {
		return badShape
	}
	lines := strings.Split(string(head), "\n")
	n := (len(lines) - 1) / 2
	if lines[0] != "age-encryption.org/v1" || len(lines) != 1+2*n || n == 0 || n > MostKeys || keys != 0 && n != keys {
		return badShape
	}
	for i := range n {
		if at := 1 + 2*i; !strings.HasPrefix(lines[at], "-> X25519 ") || len(lines[at]) != 53 || len(lines[at+1]) != 43 {
			return badShape
		}
	}
	return nil
}

// Armor writes an age file as text, to be put into a form; Unarmor reads it.
func Armor(file []byte) string {
	var b strings.Builder
	w := armor.NewWriter(&b)
	_, err := w.Write(file)
	if cerr := w.Close(); err != nil || cerr != nil { // a strings.Builder does not fail
		return ""
	}
	return b.String()
}

// Unarmor reads the text of an age file.
func Unarmor(text string) ([]byte, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")
	b, err := io.ReadAll(io.LimitReader(armor.NewReader(strings.NewReader(text)), 4*RecordSize))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Đây không phải văn bản của một phong bì (BEGIN AGE ENCRYPTED FILE). Hãy dán nguyên cả tệp.")
	}
	return b, nil
}

func badRecipient(err error) error {
	return fault.Wrap(err, fault.Invalid, "Khóa công khai phải là khóa age X25519, viết age1… đủ 62 ký tự.")
}
