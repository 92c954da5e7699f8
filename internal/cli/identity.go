package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"

	"danvan/internal/fault"
	"danvan/internal/sealed"
	"danvan/internal/sending"
)

// IdentityCmd seals and opens denouncers' identities with files, on a desk where no script runs. It asks no database
// and no network: whoever uses it carries the files to the pages and back.
type IdentityCmd struct {
	Keygen  IdentityKeygenCmd  `cmd:"" help:"Tạo khóa trên máy này, cất vào tệp có cụm mật khẩu."`
	Check   IdentityCheckCmd   `cmd:"" help:"Trả lời câu thử của một khóa: chứng tỏ bản dự phòng mở được."`
	Seal    IdentitySealCmd    `cmd:"" help:"Niêm phong một danh tính thành phong bì."`
	Release IdentityReleaseCmd `cmd:"" help:"Người giữ khóa: bóc lớp ngoài của phong bì."`
	Open    IdentityOpenCmd    `cmd:"" help:"Cán bộ bảo mật: mở lớp trong và đọc."`
	Text    IdentityTextCmd    `cmd:"" help:"Cán bộ bảo mật: mở nội dung và tệp của tố cáo gửi qua cổng."`
	Rotate  IdentityRotateCmd  `cmd:"" help:"Niêm phong lại cho khóa hiện hành."`
}

// keyArg is the file of a private key.
type keyArg struct {
	Key string `help:"Tệp khóa của mình." required:"" type:"path" placeholder:"FILE"`
}

func (k keyArg) open(r *Run, in *bufio.Reader) (*age.X25519Identity, error) {
	text, err := readFile(k.Key)
	if err != nil {
		return nil, err
	}
	pass, err := passphrase(r, in, "Cụm mật khẩu của tệp khóa: ")
	if err != nil {
		return nil, err
	}
	return sealed.OpenKeyFile(string(text), pass)
}

// passphrase is typed unseen at a terminal, else it is the next line of the input. It is never an argument, which
// every user of the machine could read.
func passphrase(r *Run, in *bufio.Reader, ask string) (string, error) {
	if f, ok := r.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(r.Err, ask)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(r.Err)
		if err != nil {
			return "", fault.Wrap(err, fault.Invalid, "Không đọc được cụm mật khẩu từ bàn phím.")
		}
		return string(b), nil
	}
	line, err := in.ReadString('\n')
	if err != nil && (err != io.EOF || line == "") {
		return "", fault.Wrap(err, fault.Invalid, "Không đọc được cụm mật khẩu từ đầu vào chuẩn.")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// mostInput bounds what is read of a file: the largest is a list of records to be sealed anew.
const mostInput = 64 << 20

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "Không đọc được tệp "+path+".")
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostInput))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không đọc được tệp "+path+".")
	}
	return b, nil
}

// writeNew writes a file for its owner alone, and never over another.
func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.Wrap(err, fault.Invalid, "Đã có tệp "+path+". Hãy chọn tên khác để không ghi đè.")
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Không ghi được tệp "+path+".")
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// ageFile reads an age file, as text or as bytes.
func ageFile(path string) ([]byte, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(b, []byte("age-encryption.org/")) {
		return b, nil
	}
	return sealed.Unarmor(string(b))
}

// IdentityKeygenCmd makes a key.
type IdentityKeygenCmd struct {
	Out string `help:"Tệp khóa sẽ ghi." required:"" type:"path" placeholder:"FILE"`
}

func (c *IdentityKeygenCmd) Run(r *Run) error {
	in := bufio.NewReader(r.In)
	pass, err := passphrase(r, in, fmt.Sprintf("Cụm mật khẩu mới (ít nhất %d ký tự): ", sealed.ShortestPassphrase))
	if err != nil {
		return err
	}
	again, err := passphrase(r, in, "Gõ lại cụm mật khẩu: ")
	if err != nil {
		return err
	}
	if pass != again {
		return fault.New(fault.Invalid, "Hai lần gõ cụm mật khẩu không giống nhau.")
	}
	key, err := sealed.NewKey()
	if err != nil {
		return err
	}
	text, err := sealed.KeyFile(key, pass)
	if err != nil {
		return err
	}
	if err := writeNew(c.Out, []byte(text)); err != nil {
		return err
	}
	public := key.Recipient().String()
	fmt.Fprintf(r.Out, "%s\nDấu vân tay: %s\n", public, sealed.Fingerprint(public))
	fmt.Fprintln(r.Err, "Đăng ký dòng age1… ở trang Khóa của tôi. Chép tệp khóa sang một nơi cất thứ hai; mất tệp hoặc quên cụm mật khẩu thì không ai khôi phục được.")
	return nil
}

// IdentityCheckCmd answers the challenge of a key.
type IdentityCheckCmd struct {
	keyArg
	Challenge string `help:"Tệp câu thử tải từ trang khóa." required:"" type:"path" placeholder:"FILE"`
}

func (c *IdentityCheckCmd) Run(r *Run) error {
	challenge, err := ageFile(c.Challenge)
	if err != nil {
		return err
	}
	key, err := c.open(r, bufio.NewReader(r.In))
	if err != nil {
		return err
	}
	answer, err := sealed.Answer(challenge, key)
	if err != nil {
		return err
	}
	fmt.Fprintln(r.Out, answer)
	return nil
}

func readRing(path string) (sealed.Sealing, error) {
	var s sealed.Sealing
	b, err := readFile(path)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fault.Wrap(err, fault.Invalid, "Tệp "+path+" không phải tệp khóa công khai tải từ trang danh tính.")
	}
	return s, nil
}

func printRing(r *Run, s sealed.Sealing) {
	for _, k := range s.Officers {
		fmt.Fprintln(r.Err, "Lớp trong, cán bộ bảo mật:", sealed.Fingerprint(k))
	}
	for _, k := range s.Custodians {
		fmt.Fprintln(r.Err, "Lớp ngoài, người giữ khóa:", sealed.Fingerprint(k))
	}
}

// IdentitySealCmd seals an identity that it reads from the input, so that no file holds it in plain.
type IdentitySealCmd struct {
	To  string `help:"Tệp khóa công khai tải từ trang danh tính của vụ việc." required:"" type:"path" placeholder:"FILE"`
	Out string `help:"Tệp phong bì sẽ ghi." required:"" type:"path" placeholder:"FILE"`
}

func (c *IdentitySealCmd) Run(r *Run) error {
	s, err := readRing(c.To)
	if err != nil {
		return err
	}
	id, err := typedIdentity(r)
	if err != nil {
		return err
	}
	id.Code = s.Code
	record, err := sealed.Seal(id, s.Officers, s.Custodians)
	if err != nil {
		return err
	}
	if err := writeNew(c.Out, []byte(sealed.Armor(record))); err != nil {
		return err
	}
	printRing(r, s)
	fmt.Fprintln(r.Err, "Đã niêm phong cho vụ việc "+s.Code+". Hãy nộp tệp ở trang danh tính.")
	return nil
}

// typedIdentity asks line by line: what is left empty is not said. Nothing said at all means that it is on paper.
func typedIdentity(r *Run) (sealed.Identity, error) {
	id := sealed.Identity{Kind: sealed.Known}
	in := bufio.NewReader(io.LimitReader(r.In, sealed.InnerSize))
	any := false
	for _, line := range []struct {
		ask string
		to  *string
	}{
		{"Họ và tên", &id.Name}, {"Năm sinh", &id.Born}, {"Số định danh, căn cước", &id.Number}, {"Địa chỉ", &id.Address},
		{"Điện thoại", &id.Phone}, {"Cách liên hệ an toàn", &id.Contact}, {"Ghi chú", &id.Note},
	} {
		fmt.Fprint(r.Err, line.ask+": ")
		text, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return id, fault.Wrap(err, fault.Invalid, "Không đọc được danh tính từ đầu vào chuẩn.")
		}
		*line.to = strings.TrimSpace(text)
		any = any || *line.to != ""
	}
	fmt.Fprintln(r.Err)
	if !any {
		id.Kind = sealed.Paper
	}
	return id, nil
}

// IdentityReleaseCmd takes the outer layer off.
type IdentityReleaseCmd struct {
	keyArg
	In  string `help:"Tệp phong bì tải từ trang đề nghị." required:"" type:"path" placeholder:"FILE"`
	Out string `help:"Tệp lớp trong sẽ ghi." required:"" type:"path" placeholder:"FILE"`
}

func (c *IdentityReleaseCmd) Run(r *Run) error {
	record, err := ageFile(c.In)
	if err != nil {
		return err
	}
	key, err := c.open(r, bufio.NewReader(r.In))
	if err != nil {
		return err
	}
	inner, err := sealed.OpenOuter(record, key)
	if err != nil {
		return err
	}
	return writeNew(c.Out, []byte(sealed.Armor(inner)))
}

// IdentityOpenCmd opens the inner layer and prints who it is.
type IdentityOpenCmd struct {
	keyArg
	In   string `help:"Tệp lớp trong tải từ trang danh tính." required:"" type:"path" placeholder:"FILE"`
	Code string `help:"Mã vụ việc, để chắc phong bì đúng vụ." required:"" placeholder:"TC-XXXX-XXXX"`
}

func (c *IdentityOpenCmd) Run(r *Run) error {
	inner, err := ageFile(c.In)
	if err != nil {
		return err
	}
	key, err := c.open(r, bufio.NewReader(r.In))
	if err != nil {
		return err
	}
	id, err := sealed.OpenInner(inner, key, c.Code)
	if err != nil {
		return err
	}
	switch id.Kind {
	case sealed.Empty:
		fmt.Fprintln(r.Out, "Phong bì không có danh tính.")
	case sealed.Paper:
		fmt.Fprintln(r.Out, "Danh tính chỉ có trên giấy, trong hồ sơ niêm phong.")
	}
	for _, l := range [][2]string{{"Họ và tên", id.Name}, {"Năm sinh", id.Born}, {"Số định danh, căn cước", id.Number}, {"Địa chỉ", id.Address}, {"Điện thoại", id.Phone}, {"Cách liên hệ an toàn", id.Contact}, {"Ghi chú", id.Note}} {
		if l[1] != "" {
			fmt.Fprintf(r.Out, "%s: %s\n", l[0], l[1])
		}
	}
	return nil
}

// IdentityTextCmd opens what came over the portal for the confidential unit: the text is printed, a file is written
// beside it. It runs on the officer's device and asks no server.
type IdentityTextCmd struct {
	keyArg
	In  string `arg:"" help:"Tệp .age tải từ trang tố cáo gửi đến." type:"path" placeholder:"FILE"`
	Dir string `help:"Thư mục ghi tệp đã mở; mặc định là nơi đang đứng." type:"path" default:"." placeholder:"DIR"`
}

func (c *IdentityTextCmd) Run(r *Run) error {
	file, err := ageFile(c.In)
	if err != nil {
		return err
	}
	key, err := c.open(r, bufio.NewReader(r.In))
	if err != nil {
		return err
	}
	plain, err := sealed.OpenText(file, key)
	if err != nil {
		return err
	}
	var in sending.Inner
	if err := json.Unmarshal(plain, &in); err != nil || in.Number == "" {
		name, data := sending.OpenFile(plain)
		if name == "" {
			return fault.New(fault.Invalid, "Tệp mở được nhưng không phải nội dung gửi qua cổng.")
		}
		path := filepath.Join(c.Dir, filepath.Base(name))
		if err := writeNew(path, data); err != nil {
			return err
		}
		_, err := fmt.Fprintf(r.Out, "Đã ghi %s\n", path)
		return err
	}
	for _, l := range [][2]string{{"Số", in.Number}, {"Xã, phường", in.Place}, {"Ở đâu", in.Where}, {"Người, tổ chức vi phạm", in.Whom}, {"Việc vi phạm", in.Text}, {"Bằng chứng", in.Proof}, {"Tệp", strings.Join(in.Files, ", ")}} {
		if l[1] != "" {
			fmt.Fprintf(r.Out, "%s: %s\n", l[0], l[1])
		}
	}
	return nil
}

// IdentityRotateCmd closes records anew for the keys that serve now: a custodian the outer layer of many, an officer
// one that he was handed.
type IdentityRotateCmd struct {
	keyArg
	In  string `help:"Danh sách tải từ trang niêm phong lại (người giữ khóa), hoặc tệp lớp trong (cán bộ bảo mật)." required:"" type:"path" placeholder:"FILE"`
	To  string `help:"Cán bộ bảo mật: tệp khóa công khai tải từ trang danh tính." type:"path" placeholder:"FILE"`
	Out string `help:"Tệp kết quả sẽ ghi." required:"" type:"path" placeholder:"FILE"`
}

func (c *IdentityRotateCmd) Run(r *Run) error {
	if c.To != "" {
		return c.officer(r)
	}
	b, err := readFile(c.In)
	if err != nil {
		return err
	}
	var list sealed.Bundle
	if err := json.Unmarshal(b, &list); err != nil {
		return fault.Wrap(err, fault.Invalid, "Tệp "+c.In+" không phải danh sách tải từ trang niêm phong lại.")
	}
	key, err := c.open(r, bufio.NewReader(r.In))
	if err != nil {
		return err
	}
	done, failed, err := list.Close(key)
	if err != nil {
		return err
	}
	out, err := json.Marshal(done)
	if err != nil {
		return err
	}
	for _, code := range failed {
		fmt.Fprintln(r.Err, "Khóa này không mở được:", code)
	}
	fmt.Fprintf(r.Err, "Đã niêm phong lại %d hồ sơ.\n", len(done.Records))
	return writeNew(c.Out, out)
}

func (c *IdentityRotateCmd) officer(r *Run) error {
	s, err := readRing(c.To)
	if err != nil {
		return err
	}
	inner, err := ageFile(c.In)
	if err != nil {
		return err
	}
	key, err := c.open(r, bufio.NewReader(r.In))
	if err != nil {
		return err
	}
	id, err := sealed.OpenInner(inner, key, s.Code)
	if err != nil {
		return err
	}
	record, err := sealed.Seal(id, s.Officers, s.Custodians)
	if err != nil {
		return err
	}
	printRing(r, s)
	return writeNew(c.Out, []byte(sealed.Armor(record)))
}
