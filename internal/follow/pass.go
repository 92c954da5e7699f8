package follow

import (
	"crypto/hmac"
	"encoding/base64"
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

// Pass opens a letter for a while. What no office has taken in yet has no acts, and no pass.
func (d *Desk) Pass(f Found) string {
	text := strconv.FormatInt(f.Entry, 10) + " " + f.Number + " " + strconv.FormatInt(d.now().Add(passTime).Unix(), 10)
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + base64.RawURLEncoding.EncodeToString(d.sign(text))
}

func (d *Desk) sign(text string) []byte { return d.Dossiers.Vault.Mark("follow/pass", text)[:18] }

// Opened is the letter that a pass opens.
func (d *Desk) Opened(pass string) (Found, error) {
	left, right, _ := strings.Cut(pass, ".")
	text, err := base64.RawURLEncoding.DecodeString(left)
	if err != nil {
		return Found{}, errPass
	}
	sum, err := base64.RawURLEncoding.DecodeString(right)
	if err != nil || !hmac.Equal(sum, d.sign(string(text))) {
		return Found{}, errPass
	}
	parts := strings.Split(string(text), " ")
	if len(parts) != 3 {
		return Found{}, errPass
	}
	entry, err := strconv.ParseInt(parts[0], 10, 64)
	until, wrong := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || wrong != nil || entry == 0 || d.now().Unix() > until {
		return Found{}, errPass
	}
	return Found{Entry: entry, Number: parts[1]}, nil
}
