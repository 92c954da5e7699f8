package follow

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"danvan/internal/fault"
)

// A pass stands in the forms of a sender's page in place of his code, which is typed once and then nowhere any more. It
// opens one letter for half an hour and says nothing to who reads it. There is no cookie and nothing on the device.

// passTime is how long a pass opens.
const passTime = 30 * time.Minute

// errPass is said of a pass that is over, or was never one.
var errPass = fault.New(fault.Denied, "Trang đã để quá 30 phút nên tự khép lại. Hãy gõ lại số và mã riêng; phần đã gửi vẫn còn.")

// Pass opens a letter for a while. key tells the letter of an entry from a sending that no office has taken in.
func (d *Desk) Pass(f Found) string {
	subject := strconv.FormatInt(f.Entry, 10)
	if f.Entry == 0 && f.Sending != nil {
		subject = f.Sending.Number
	}
	text := subject + " " + strconv.FormatInt(d.now().Add(passTime).Unix(), 10)
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + base64.RawURLEncoding.EncodeToString(d.sign(text))
}

func (d *Desk) sign(text string) []byte { return d.Dossiers.Vault.Mark("follow/pass", text)[:18] }

// Opened is the letter that a pass opens; a pass of a sending that no office took in opens none.
func (d *Desk) Opened(pass string) (entry int64, err error) {
	left, right, _ := strings.Cut(pass, ".")
	text, err := base64.RawURLEncoding.DecodeString(left)
	if err != nil {
		return 0, errPass
	}
	sum, err := base64.RawURLEncoding.DecodeString(right)
	if err != nil || !hmac.Equal(sum, d.sign(string(text))) {
		return 0, errPass
	}
	var subject string
	var until int64
	if _, err := fmt.Sscanf(string(text), "%s %d", &subject, &until); err != nil || d.now().Unix() > until {
		return 0, errPass
	}
	entry, err = strconv.ParseInt(subject, 10, 64)
	if err != nil || entry == 0 {
		return 0, errPass
	}
	return entry, nil
}
