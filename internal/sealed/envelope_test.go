package sealed_test

import (
	"bytes"
	"strings"
	"testing"

	"filippo.io/age"

	"danvan/internal/fault"
	"danvan/internal/sealed"
)

func newKey(t testing.TB) *age.X25519Identity {
	t.Helper()
	k, err := sealed.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func to(keys ...*age.X25519Identity) (out []string) {
	for _, k := range keys {
		out = append(out, k.Recipient().String())
	}
	return out
}

var somebody = sealed.Identity{Code: "TC-AAAA-BBBB", Kind: sealed.Known, Name: "Hoàng Thị Thử", Address: "Thôn Nà Thử", Phone: "0900 000 001"}

func TestBothHalvesAreNeeded(t *testing.T) {
	officer, second, custodian, stranger := newKey(t), newKey(t), newKey(t), newKey(t)
	record, err := sealed.Seal(somebody, to(officer, second), to(custodian))
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]*age.X25519Identity{"officer": officer, "stranger": stranger} {
		if _, err := sealed.OpenOuter(record, key); fault.KindOf(err) != fault.Denied {
			t.Errorf("the outer layer before %s: %v", name, err)
		}
	}
	inner, err := sealed.OpenOuter(record, custodian)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.OpenInner(inner, custodian, ""); fault.KindOf(err) != fault.Denied {
		t.Errorf("the inner layer before the custodian: %v", err)
	}
	for _, key := range []*age.X25519Identity{officer, second} {
		id, err := sealed.OpenInner(inner, key, somebody.Code)
		if err != nil || id.Name != somebody.Name || id.Address != somebody.Address {
			t.Errorf("opened %+v, %v", id, err)
		}
	}
	if _, err := sealed.OpenInner(inner, officer, "TC-CCCC-DDDD"); err == nil {
		t.Error("the record of one case opens as that of another")
	}
	inner[len(inner)-1] ^= 1
	if _, err := sealed.OpenInner(inner, officer, ""); err == nil {
		t.Error("a changed byte is not seen")
	}
}

// TestRecordsLookAlike holds sizes to the byte, whatever is inside and however many hold keys.
func TestRecordsLookAlike(t *testing.T) {
	keys := []*age.X25519Identity{newKey(t), newKey(t), newKey(t)}
	long := somebody
	long.Note = strings.Repeat("ưỡ", 1000)
	for _, id := range []sealed.Identity{somebody, long, {Code: "TC-AAAA-BBBB", Kind: sealed.Paper}, {Code: "TC-AAAA-BBBB", Kind: sealed.Empty}} {
		for n := 1; n <= 3; n++ {
			record, err := sealed.Seal(id, to(keys[:n]...), to(keys[:4-n]...))
			if err != nil {
				t.Fatal(err)
			}
			if err := sealed.CheckRecord(record, 4-n); err != nil || len(record) != sealed.RecordSize {
				t.Errorf("%s for %d: %d bytes, %v", id.Kind, n, len(record), err)
			}
			inner, err := sealed.OpenOuter(record, keys[0])
			if err != nil || len(inner) != sealed.InnerSize || sealed.CheckInner(inner, n) != nil {
				t.Errorf("%s for %d: inner of %d bytes, %v", id.Kind, n, len(inner), err)
			}
		}
	}
	long.Note = strings.Repeat("x", sealed.InnerSize)
	if _, err := sealed.Seal(long, to(keys[0]), to(keys[1])); fault.KindOf(err) != fault.Invalid {
		t.Errorf("what does not fit is taken: %v", err)
	}
}

func TestShapeIsChecked(t *testing.T) {
	a, b := newKey(t), newKey(t)
	good, err := sealed.Seal(somebody, to(a), to(b))
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("Hoàng Thị Thử "), sealed.RecordSize)[:sealed.RecordSize]
	wrongHead := bytes.Replace(good, []byte("X25519"), []byte("X25518"), 1)
	for name, bad := range map[string][]byte{"nothing": nil, "plain text": text, "short": good[1:], "long": append(bytes.Clone(good), 0), "another recipient": wrongHead} {
		if sealed.CheckRecord(bad, 1) == nil {
			t.Errorf("%s passes for a record", name)
		}
	}
	if sealed.CheckRecord(good, 2) == nil {
		t.Error("a record for one custodian passes for one of two")
	}
	back, err := sealed.Unarmor(strings.ReplaceAll(sealed.Armor(good), "\n", "\r\n"))
	if err != nil || !bytes.Equal(back, good) {
		t.Errorf("through a form: %v", err)
	}
}

func TestKeyFile(t *testing.T) {
	key := newKey(t)
	if _, err := sealed.KeyFile(key, "ngắn"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a short passphrase is taken: %v", err)
	}
	file, err := sealed.KeyFile(key, "bốn từ không liên quan")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file, "AGE-SECRET") {
		t.Error("the file shows the key")
	}
	if _, err := sealed.OpenKeyFile(file, "bốn từ không liên qua"); fault.KindOf(err) != fault.Denied {
		t.Errorf("a wrong passphrase: %v", err)
	}
	back, err := sealed.OpenKeyFile(file, "bốn từ không liên quan")
	if err != nil || back.String() != key.String() {
		t.Errorf("read back: %v", err)
	}
	fixed, err := sealed.TestKey("giukhoa")
	if err != nil {
		t.Fatal(err)
	}
	again, err := sealed.TestKey("giukhoa")
	if err != nil || fixed.String() != again.String() {
		t.Error("the test key differs from itself")
	}
	if got := sealed.Fingerprint(key.Recipient().String()); len(got) != 39 {
		t.Errorf("fingerprint %q", got)
	}
}
